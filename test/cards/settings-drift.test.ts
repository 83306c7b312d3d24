import { expect, it } from 'vitest';
import { settingsDriftCard } from '../../src/cards/settings-drift.ts';
import { wordsOf } from './card-parts.ts';
import { directory, megan } from './samples.ts';

// Guard: `driftInWords` (src/cards/settings-drift.ts).

it.each<['en' | 'ja', string, string]>([
  ['en', 'PIM names no approvers. Of a directory role, whoever manages directory roles decides then.', 'PIM also lets these decide'],
  ['ja', 'PIM では承認者が指定されていません。', 'PIM では次の人も決定できます'],
])('in %s, a role that names no approvers is not told as one that names others', (locale, none, others) => {
  const words = (approvers: readonly { id: string; name: string; kind: 'user' }[]): string =>
    wordsOf(settingsDriftCard({ locale, timeZone: 'UTC' }, [{ role: 'User Administrator', scope: directory, why: null, drift: [{ field: 'approverIds', others: approvers }] }]));
  expect(words([])).toContain(none);
  expect(words([])).not.toContain(others);
  expect(words([{ ...megan, kind: 'user' }])).toContain(`${others}: ${megan.name}`);
});
