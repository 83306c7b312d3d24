import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { leastDelegated, leastOfTheBot } from './least-permissions.ts';

// That these permissions are enough is shown by story.test.ts, whose people and whose bot have no others.

it.each(['SECURITY.md', 'docs/tenant-set-up.md'])('promise 4: %s asks for every permission that is needed', (file) => {
  const text = readFileSync(file, 'utf8');
  const missing = [...leastDelegated, ...leastOfTheBot].filter((permission) => !text.includes(`\`${permission}\``));
  expect(missing).toEqual([]);
});

it('promise 4: the bot itself is given nothing that writes', () => {
  expect(leastOfTheBot.filter((permission) => !/\.Read\./.test(permission))).toEqual([]);
});
