import { expect, test } from 'vitest';
import { EntraNetwork } from '../../src/identity/network.ts';
import { createStandInTls } from '../helpers/stand-ins/hosts.ts';
import { beforeCall, failure } from './identity-world.ts';
import { json, startScriptedAuthority } from './scripted-authority.ts';

// Guard of promise 23: `requireHost` (src/identity/network.ts), before MSAL's calls leave.

const tls = createStandInTls();

test('promise 23: a call for another host, port or scheme does not leave', async () => {
  await using stranger = await startScriptedAuthority(tls);
  await using server = await startScriptedAuthority(tls);
  const { host } = server.authority;
  const { port } = new URL(host);
  const elsewhere = [
    `${stranger.authority.host}/token`,
    `https://127.0.0.1:${port}@${new URL(stranger.authority.host).host}/token`,
    `https://localhost:${port}/token`,
    `http://127.0.0.1:${port}/token`,
    `${host}.evil.example/token`,
    'not an address',
    '',
  ];
  for (const url of elsewhere) {
    const network = new EntraNetwork(server.authority, beforeCall);
    expect((await failure(network.sendPostRequestAsync(url, { body: 'client_secret=canary' }))).code).toBe('unexpected');
    expect((await failure(network.sendGetRequestAsync(url))).code).toBe('unexpected');
    expect(network.failure?.code).toBe('unexpected');
  }
  expect(stranger.calls).toEqual([]);
  expect(server.calls).toEqual([]);
});

test('a call to the authority brings its answer, with the headers that come once', async () => {
  await using server = await startScriptedAuthority(tls);
  const seen: string[] = [];
  server.answer = (path, form) => {
    seen.push(`${path} ${form.toString()}`);
    return { ...json({ a: 1 }, 400), headers: { 'x-ms-request-id': 'an id' } };
  };
  const network = new EntraNetwork(server.authority, beforeCall);
  const answer = await network.sendPostRequestAsync<{ a: number }>(`${server.authority.host}/t/token?x=1`, { body: 'b=2', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  expect(answer).toMatchObject({ status: 400, body: { a: 1 }, headers: { 'x-ms-request-id': 'an id' } });
  expect((await network.sendGetRequestAsync(`${server.authority.host}/keys`)).status).toBe(400);
  expect(seen).toEqual(['/t/token?x=1 b=2', '/keys ']);
  expect(network.failure).toBeNull();
});
