import { expect, test } from 'vitest';
import { allowedServiceUrl } from '../../../src/bot/door/service-url.ts';

// Guard of promises 1 and 23: `allowedServiceUrl` (src/bot/door/service-url.ts).

const hosts = new Set(['smba.example', 'smba.example:8443', 'smba.example:44300']);

test.each([
  ['https://smba.example/emea/', 'https://smba.example/emea'],
  ['https://SMBA.Example/Emea/t_1.2~3-x', 'https://smba.example/Emea/t_1.2~3-x'],
  ['https://smba.example', 'https://smba.example'],
  ['HTTPS://smba.example/', 'https://smba.example'],
  ['https://smba.example:8443/a/b', 'https://smba.example:8443/a/b'],
  ['https://smba.example:44300', 'https://smba.example:44300'],
])('%s is where Teams wants its answers', (text, address) => {
  expect(allowedServiceUrl(text, hosts)).toEqual({ host: new URL(address).host, address });
});

test.each([
  'http://smba.example/', 'https://another.example/', 'https://smba.example.another.example/', 'https://smba.example:443/',
  'https://smba.example:123456/', 'https://smba.example:/', 'https://user@smba.example/', 'https://smba.example/?a', 'https://smba.example/#a',
  'https://smba.example/%2e', 'https://smba.example//a', 'https://smba.example/a//', 'https://smba.example\\a', 'https://smba.example/a b',
  'see https://smba.example/', 'https://smba.example/\n', 'https:///emea', '', null, undefined, 7, ['https://smba.example/'],
])('promise 23: %j is not', (text) => {
  expect(allowedServiceUrl(text, hosts)).toBeNull();
});
