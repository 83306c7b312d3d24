import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { postJson } from '../../src/dev/emulator-tokens.ts';
import type { World } from '../helpers/world.ts';

interface PortalCall {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  /** From the root, with its `api-version`; Graph's begin with its version. */
  readonly path: string;
  readonly body?: object;
}

/** What a person does in the Azure portal while the bot knows nothing of it. @throws {Error} when it is refused */
export async function inThePortal({ emulator }: Pick<World, 'emulator'>, personId: string, { method, path, body }: PortalCall): Promise<unknown> {
  const token = await postJson(emulator, '/emulator/token', { user: personId, audience: path.startsWith('/v1.0/') ? 'https://graph.microsoft.com' : 'https://management.azure.com' });
  const bearer = typeof token === 'object' && token !== null && 'access_token' in token ? String(token.access_token) : '';
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  https.request(new URL(path, emulator.origin), { method, ca: emulator.caPem, headers }, resolve).on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  const response = await promise;
  const answer = await text(response);
  if (response.statusCode === undefined || response.statusCode >= 300) throw new Error(`${method} ${path} was answered ${response.statusCode}: ${answer}`);
  return answer === '' ? null : JSON.parse(answer) as unknown;
}

/** Where requests of a scope are, by name. */
export function requestPath(scope: string, name: string, action = ''): string {
  return `${scope}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests/${name}${action}?api-version=2020-10-01`;
}
