import { expect, test } from 'vitest';
import { isSameOrigin } from '../../src/web/same-origin.ts';

// Guard of promise 32: `isSameOrigin` (src/web/same-origin.ts).

const ours = 'https://bot.example';

test.each([
  ['same-origin', ours, true],
  ['same-origin', 'null', true],
  ['same-origin', undefined, true],
  ['same-origin', 'https://another.example', false],
  ['same-site', ours, false],
  ['cross-site', ours, false],
  ['none', undefined, false],
  [undefined, ours, true],
  [undefined, 'null', false],
  [undefined, undefined, false],
  [undefined, 'https://another.example', false],
])('promise 32: a form sent with Sec-Fetch-Site %s and Origin %s: %s', (site, origin, expected) => {
  expect(isSameOrigin({ ...(site === undefined ? {} : { 'sec-fetch-site': site }), ...(origin === undefined ? {} : { origin }) }, ours)).toBe(expected);
});
