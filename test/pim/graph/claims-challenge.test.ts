import type { TokenCredential } from '@azure/core-auth';
import { describe, expect, it } from 'vitest';
import { createEntraRoles } from '../../../src/pim/graph/entra-roles.ts';
import { PimError } from '../../../src/pim/errors.ts';
import { failureOf } from '../pim-world.ts';
import { refusal, startGraph } from './graph-stand-in.ts';
import type { GraphReply } from './graph-stand-in.ts';
import { alex, draftFor, entra, now, requestAnswer, requestId } from './samples.ts';

// Graph asks for more than a token has with 401 and a challenge: Conditional Access, continuous access evaluation.

const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const challenge: GraphReply = {
  status: 401, body: refusal('InvalidAuthenticationToken', ''),
  headers: { 'www-authenticate': `Bearer realm="", error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"` },
};
const sent = `POST ${entra.paths.requests}`;

describe('a claims challenge of Graph', () => {
  it('is passed to the credential, and the request is sent once more with what it gives', async () => {
    const asked: (string | undefined)[] = [];
    const credential: TokenCredential = {
      getToken: (_, options) => {
        asked.push(options?.claims);
        return Promise.resolve({ token: options?.claims === undefined ? 'plain' : 'strong', expiresOnTimestamp: now.getTime() });
      },
    };
    await using graph = await startGraph({ [sent]: () => (asked.includes(claims) ? { status: 201, body: requestAnswer(entra) } : challenge) });
    const pim = createEntraRoles({ personId: alex, client: graph.client({ credential }), clock: { now: () => now } });
    expect(await pim.activate(requestId, draftFor(entra))).toMatchObject({ pimStatus: 'Provisioned' });
    expect(graph.wire.seen.map(({ authorization }) => authorization)).toEqual(['Bearer plain', 'Bearer strong']);
  });

  it('that the credential cannot meet is told with its claims, and nothing was done', async () => {
    const credential: TokenCredential = {
      getToken: (_, options) => (options?.claims === undefined
        ? Promise.resolve({ token: 'plain', expiresOnTimestamp: now.getTime() })
        : Promise.reject(new PimError('stepUpRequired', 'not on behalf of the person', { claims: options.claims }))),
    };
    await using graph = await startGraph({ [sent]: challenge });
    const failure = await failureOf(createEntraRoles({ personId: alex, client: graph.client({ credential }), clock: { now: () => now } }).activate(requestId, draftFor(entra)));
    expect(failure).toMatchObject({ code: 'stepUpRequired', effect: 'none', details: { claims } });
    expect(graph.calls).toHaveLength(1);
  });
});
