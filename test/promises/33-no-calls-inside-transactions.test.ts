import { describe, expect, test, vi } from 'vitest';
import { channelAuthentication } from '../../src/bot/door/channel-authentication.ts';
import type * as OnTurn from '../../src/bot/on-turn.ts';
import type { BotParts } from '../../src/bot/parts.ts';
import { readAttachedFile } from '../../src/bot/settings/attached-file.ts';
import { saveFile } from '../../src/bot/settings/save-file.ts';
import { createTokenService } from '../../src/bot/sign-in/token-service.ts';
import { helpCard } from '../../src/cards/help.ts';
import { systemClock } from '../../src/clock.ts';
import { appCredential } from '../../src/identity/app-credential.ts';
import { createOnBehalfOf } from '../../src/identity/on-behalf-of.ts';
import { createLog } from '../../src/log.ts';
import { findConversation } from '../../src/store/conversation-references.ts';
import { refuseCallsInside } from '../../src/store/database.ts';
import { alex as alexOfEntra } from '../emulator/people.ts';
import { createWorld, type World } from '../helpers/world.ts';
import { armScope, createIdentityWorld } from '../identity/identity-world.ts';

// Guards: `refuseCallsInside` (src/store/transaction-guard.ts), asked by `beforeCallPolicy` (src/pim/http/azure-pipeline.ts),
// `outsideTransactions` (src/bot/door/single-try.ts), `EntraNetwork` (src/identity/network.ts), `boundedCall`
// (src/identity/bounded-calls.ts), `readAttachedFile` and `saveFile` (src/bot/settings); for queries past an open
// transaction, `refuseInside` (src/store/transaction-guard.ts).

/** The parts of the app that started last: nothing hands them out. */
const running = vi.hoisted((): { parts: unknown } => ({ parts: null }));
vi.mock('../../src/bot/on-turn.ts', async (importOriginal) => {
  const original = await importOriginal<typeof OnTurn>();
  return { ...original, createTurnHandler: (parts: BotParts) => {
    running.parts = parts;
    return original.createTurnHandler(parts);
  } };
});

function partsOfTheApp(): BotParts {
  const isParts = (parts: unknown): parts is BotParts => typeof parts === 'object' && parts !== null && 'messenger' in parts;
  if (!isParts(running.parts)) throw new Error('no app was started');
  return running.parts;
}

test('promise 33: while PIM takes twenty seconds for one person\'s activation, another person is answered', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  const megan = await world.person('Megan');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await world.fault({ method: 'PUT', path: 'roleAssignmentScheduleRequests' }, { delay: 20_000 });
  const click = alex.clicks(form, 'activation.submit', { minutes: '30' });
  await expect.poll(async () => (await world.pim.requests()).length).toBe(1);
  await megan.types('roles');
  expect(megan.lastCard().text).toContain('Contributor');
  // Alex's request is still on its way: Megan did not wait for it.
  expect((await world.auditOf()).map(({ phase }) => phase)).toEqual(['attempt']);
  await click;
});

/** The message with which a call ends; empty where it comes to its end. */
async function failureOf(call: () => Promise<unknown>): Promise<string> {
  return call().then(() => '', (error: unknown) => (error instanceof Error ? error.message : String(error)));
}

const refusal = 'no call to Microsoft is made inside a database transaction';

/** The call is refused inside a transaction, and made outside. */
async function expectRefusedInside({ transaction }: Pick<World['store'], 'transaction'>, call: () => Promise<unknown>): Promise<void> {
  await transaction(async () => { expect(await failureOf(call), String(call)).toContain(refusal); });
  expect(await failureOf(call)).not.toContain(refusal);
}

const azure = { definitionId: '/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7', name: 'Reader' };
const card = helpCard({ locale: 'en', timeZone: 'UTC' });

describe('promise 33: inside a database transaction no call is made', () => {
  test('to PIM and Graph, as the bot and as a person, and to Teams', async () => {
    await using world = await createWorld({ roleKinds: ['azure', 'entra', 'group'] });
    await world.person('Alex');
    const parts = partsOfTheApp();
    const alex = world.seed.people.find(({ name }) => name.startsWith('Alex')) ?? { id: '' };
    const scope = world.seed.scopes?.find(({ id }) => id.startsWith('/subscriptions/'));
    const conversation = await findConversation(world.store.db, alex.id);
    if (scope === undefined || conversation === null) throw new Error('the world lacks something');
    const production = { id: scope.id, name: 'Production', type: 'subscription' } as const;
    const pim = await parts.signIn.pimOf(alex.id);
    const sent = await parts.messenger.sendCard(conversation, card);
    if (sent.outcome !== 'sent') throw new Error('Teams took no card');
    const calls: readonly (() => Promise<unknown>)[] = [
      () => parts.pimReader.readRoleSettings(azure, production),
      () => parts.pimReader.readMember(alex.id),
      () => pim.assignments.findRoles(production, 'Reader'),
      () => pim.assignments.findPrincipals('Megan'),
      () => parts.messenger.sendCard(conversation, card),
      () => parts.messenger.sendText(conversation, 'Hello'),
      () => parts.messenger.updateCard(conversation, sent.activityId, card),
    ];
    for (const call of calls) await expectRefusedInside(world.store, call);
  });

  test('to the token service', async () => {
    await using world = await createWorld();
    const credential = { getToken: () => Promise.resolve({ token: 'a.b.c', expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const registration = { appId: '11111111-1111-4111-8111-111111111111', tenantId: world.seed.tenantId, credential };
    // Nobody listens at the one, and the other is the host of the stand-in.
    const door = { serviceHosts: ['127.0.0.1'], tokenServiceUrl: 'http://127.0.0.1:9', clock: systemClock, log: createLog('silent') };
    const authentication = channelAuthentication(registration, door);
    const tokenService = createTokenService(authentication, { appId: registration.appId, connectionName: 'pim' });
    await expectRefusedInside(world.store, () => tokenService.find('29:alex'));
    await expectRefusedInside(world.store, () => tokenService.exchange('29:alex', 'a.b.c'));
    await expectRefusedInside(world.store, () => tokenService.signOut('29:alex'));
  });

  test('to Entra ID, for the bot, for a person and for a managed identity', async () => {
    await using world = await createWorld();
    await using entra = await createIdentityWorld();
    const person = await entra.person(alexOfEntra);
    const bot = { ...entra.bot, beforeCall: refuseCallsInside };
    await expectRefusedInside(world.store, () => appCredential(bot).getToken(armScope));
    await expectRefusedInside(world.store, () => createOnBehalfOf(bot, { clock: systemClock }).credentialFor(person).getToken(armScope));
    vi.stubEnv('IDENTITY_ENDPOINT', 'http://127.0.0.1:9/msi/token');
    vi.stubEnv('IDENTITY_HEADER', 'header');
    const identity = { ...bot, proof: { kind: 'managedIdentity', clientId: '55555555-5555-4555-8555-555555555555' } } as const;
    await expectRefusedInside(world.store, () => appCredential(identity).getToken(armScope));
    await expectRefusedInside(world.store, () => createOnBehalfOf(identity, { clock: systemClock }).credentialFor(person).getToken(armScope));
    vi.unstubAllEnvs();
  });

  test('to where Teams keeps people\'s files', async () => {
    await using world = await createWorld();
    const address = 'https://contoso-my.sharepoint.com/personal/nestor_contoso_com/_layouts/15/download.aspx?UniqueId=1e1b&tempauth=x';
    const answer = { statusCode: 201, destroy: () => undefined, async *[Symbol.asyncIterator]() { yield Buffer.from('{}'); } };
    const asked: string[] = [];
    const ask = async (url: string): Promise<typeof answer> => {
      asked.push(url);
      return answer;
    };
    await expectRefusedInside(world.store, () => readAttachedFile({ name: 'roles.json', downloadUrl: address }, ask));
    await expectRefusedInside(world.store, () => saveFile(address, '{}', ask));
    expect(asked).toEqual([address, address]);
  });
});
