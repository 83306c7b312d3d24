import { expect, test } from 'vitest';
import { ChannelKeys } from '../../../src/bot/door/channel-keys.ts';
import { createLog } from '../../../src/log.ts';
import { allowedServiceUrl } from '../../../src/bot/door/service-url.ts';
import { createFakeKey, startFakeChannel, type ChannelFault, type FakeChannel } from '../../helpers/fake-channel.ts';

const minuteMs = 60_000;
const old = await createFakeKey('old');
const fresh = await createFakeKey('fresh');

/** Keys as the door has them, and a clock that the test moves. */
function keysOf({ channel, caPem }: FakeChannel, timeoutMs = 1_000): { keys: ChannelKeys; wait: (minutes: number) => void } {
  let ms = Date.now();
  const keys = new ChannelKeys({ metadataUrl: channel.metadataUrl, caPem, timeoutMs, clock: { now: () => new Date(ms) }, log: createLog('silent') });
  return { keys, wait: (minutes) => { ms += minutes * minuteMs; } };
}

test('nothing is fetched before a key is asked for, and then both documents once', async () => {
  await using channel = await startFakeChannel(old);
  const { keys } = keysOf(channel);
  expect(channel.asked).toEqual([]);
  const found = await Promise.all(Array.from({ length: 50 }, () => keys.find('old')));
  expect(found.every((key) => typeof key === 'object' && key.endorsements.has('msteams'))).toBe(true);
  expect(channel.asked).toEqual(['/v1/.well-known/openidconfiguration', '/v1/.well-known/keys']);
});

test('an unknown key id asks again at most once in five minutes, and then a new key is found', async () => {
  await using channel = await startFakeChannel(old);
  const { keys, wait } = keysOf(channel);
  await keys.find('old');
  channel.publish(old, fresh);
  for (let n = 0; n < 100; n += 1) expect(await keys.find(`random-${n}`)).toBe('unknown');
  expect(channel.asked).toHaveLength(2);
  wait(4.9);
  expect(await keys.find('fresh')).toBe('unknown');
  wait(0.2);
  expect(await keys.find('fresh')).toMatchObject({ key: expect.anything() });
  expect(await keys.find('random')).toBe('unknown');
  expect(channel.asked).toHaveLength(4);
});

test('after a day the keys are fetched again, and a key that is no longer published is gone', async () => {
  await using channel = await startFakeChannel(old);
  const { keys, wait } = keysOf(channel);
  await keys.find('old');
  channel.publish(fresh);
  wait(23 * 60 + 59);
  expect(await keys.find('old')).toBeTypeOf('object');
  wait(1);
  expect(await keys.find('old')).toBe('unknown');
  expect(await keys.find('fresh')).toBeTypeOf('object');
  expect(channel.asked).toHaveLength(4);
});

const faults: ChannelFault[] = ['down', 'silent', 'huge', 'redirects', 'notJson', 'otherOrigin', 'noKeys'];

test.each(faults)('an address that is %s leaves the keys known so far in force, and is asked again only after five minutes', async (fault) => {
  await using channel = await startFakeChannel(old);
  const { keys, wait } = keysOf(channel, 300);
  await keys.find('old');
  channel.fault = fault;
  wait(24 * 60);
  const before = channel.asked.length;
  expect(await keys.find('old')).toBeTypeOf('object');
  const asked = channel.asked.length;
  expect(asked).toBeGreaterThan(before);
  wait(4);
  expect(await keys.find('old')).toBeTypeOf('object');
  expect(channel.asked).toHaveLength(asked);
  channel.fault = 'none';
  channel.publish(fresh);
  wait(2);
  expect(await keys.find('fresh')).toBeTypeOf('object');
});

test.each(faults)('an address that is %s from the start gives no key, and is asked again after ten seconds', async (fault) => {
  await using channel = await startFakeChannel(old);
  channel.fault = fault;
  const { keys, wait } = keysOf(channel, 300);
  expect(await keys.find('old')).toBe('unavailable');
  channel.fault = 'none';
  wait(0.1);
  expect(await keys.find('old')).toBe('unavailable');
  wait(0.1);
  expect(await keys.find('old')).toBeTypeOf('object');
});

test('an address whose certificate is of another authority, or plain http, gives no key', async () => {
  await using channel = await startFakeChannel(old);
  const options = { clock: { now: () => new Date() }, log: createLog('silent') };
  expect(await new ChannelKeys({ ...options, metadataUrl: channel.channel.metadataUrl }).find('old')).toBe('unavailable');
  const plain = channel.channel.metadataUrl.replace('https:', 'http:');
  expect(await new ChannelKeys({ ...options, metadataUrl: plain, caPem: channel.caPem }).find('old')).toBe('unavailable');
  expect(channel.asked).toEqual([]);
});

test('entries that are no RSA signing keys of 2048 bits are passed over', async () => {
  await using channel = await startFakeChannel(old);
  channel.publish(
    { ...fresh, published: { ...fresh.published, kid: 'for-encryption', use: 'enc' } },
    { ...fresh, published: { kty: 'oct', kid: 'symmetric', k: 'c2VjcmV0' } },
    { ...fresh, published: { kty: 'RSA', kid: 'broken' } },
    { ...fresh, published: { kty: 'RSA', kid: 'weak', n: 'q'.repeat(171), e: 'AQAB' } },
    old,
  );
  const { keys } = keysOf(channel);
  expect(await keys.find('old')).toBeTypeOf('object');
  for (const kid of ['for-encryption', 'symmetric', 'broken', 'weak']) expect(await keys.find(kid)).toBe('unknown');
});

const hosts = new Set(['smba.trafficmanager.net', '127.0.0.1:8443']);

test.each([
  ['https://smba.trafficmanager.net/emea/5b9e5b0e-9a3a-4f6e-8a51-8a7d3c2b1f22/', 'https://smba.trafficmanager.net/emea/5b9e5b0e-9a3a-4f6e-8a51-8a7d3c2b1f22'],
  ['https://SMBA.TrafficManager.net/Teams', 'https://smba.trafficmanager.net/Teams'],
  ['https://smba.trafficmanager.net', 'https://smba.trafficmanager.net'],
  ['https://127.0.0.1:8443/', 'https://127.0.0.1:8443'],
])('the service URL %s is allowed', (text, address) => {
  expect(allowedServiceUrl(text, hosts)?.address).toBe(address);
});

test.each([
  'http://smba.trafficmanager.net/teams/', 'HTTP://smba.trafficmanager.net/', 'ftp://smba.trafficmanager.net/', '//smba.trafficmanager.net/',
  'https://smba.trafficmanager.net.evil.example/', 'https://evil-smba.trafficmanager.net/', 'https://evil.example/smba.trafficmanager.net',
  'https://smba.trafficmanager.net@evil.example/', 'https://user:pass@smba.trafficmanager.net/', 'https://evil.example#@smba.trafficmanager.net/',
  'https://evil.example\\@smba.trafficmanager.net/', 'https://smba.trafficmanager.net\\.evil.example/', 'https:\\\\smba.trafficmanager.net/',
  'https://smba.trafficmanager.net:443/', 'https://smba.trafficmanager.net:8443/', 'https://127.0.0.1/', 'https://127.0.0.1:84430/', 'https://2130706433:8443/',
  'https://smba.trafficmanager.net./', 'https://smba.trafficmanager.net/?x=1', 'https://smba.trafficmanager.net/#x', 'https://smba.trafficmanager.net//evil.example/',
  'https://smba.trafficmanager.net/%2e%2e/', ' https://smba.trafficmanager.net/', 'https://smba.trafficmanager.net/\n', 'https://smba.tr\tafficmanager.net/',
  'https://ſmba.trafficmanager.net/', 'https://smba。trafficmanager.net/', 'https://[::1]/', 'https://', '', undefined, null, 42, {}, ['https://smba.trafficmanager.net/'],
])('the service URL %j is refused', (text) => {
  expect(allowedServiceUrl(text, hosts)).toBeNull();
});
