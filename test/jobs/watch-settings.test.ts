import { afterAll, beforeEach, expect, test } from 'vitest';
import type { BotParts } from '../../src/bot/parts.ts';
import { confirmSettings, recheckSettings } from '../../src/bot/settings/confirm-settings.ts';
import { recordSettingsAttempt } from '../../src/bot/settings/write-settings.ts';
import { watchSettings } from '../../src/jobs/watch-settings.ts';
import { PimError } from '../../src/pim/errors.ts';
import type { Role, Scope } from '../../src/pim/model.ts';
import type { PimSettings } from '../../src/pim/settings/pim-settings.ts';
import type { RolePolicy } from '../../src/pim/settings/role-policy.ts';
import { findSettingsChange, saveSettingsChange, type SettingsChange } from '../../src/store/settings-changes.ts';
import { contributor, createStandIn, megan, now, production, reader, seen, turnOf } from '../bot/stand-in.ts';
import { policy } from '../cards/every-settings-card.ts';

// What a stop of the bot has left open, or PIM has not answered, is settled without anybody's click. Guards: `recordSettingsAttempt`, `readBack`
// and `isAtIt` (src/bot/settings/write-settings.ts), `watchSettings` (src/jobs/watch-settings.ts).

const admin = turnOf(megan);
const unavailable = new PimError('unavailable', 'nobody answers');
const atPim = new Map<string, string>();
const asked: string[] = [];
let writing: (role: RolePolicy) => Promise<'written'> = () => Promise.reject(unavailable);

function present(role: Role, scope: Scope): RolePolicy {
  return policy({ role, scope }, { elevationDuration: atPim.get(role.name) ?? 'PT8H' });
}

const settings: PimSettings = {
  read: async (role, scope) => {
    asked.push(`Megan reads ${role.name}`);
    return present(role, scope);
  },
  write: async (of) => {
    asked.push(`Megan writes ${of.role.name}`);
    return writing(of);
  },
  list: () => Promise.reject(unavailable),
  findApprovers: async () => [],
};
const standIn = await createStandIn({
  others: { settings },
  reader: {
    readPolicy: async (role, scope) => {
      asked.push(`the bot reads ${role.name}`);
      return present(role, scope);
    },
  },
});
afterAll(() => standIn[Symbol.asyncDispose]());
const { parts } = standIn;
beforeEach(() => {
  atPim.clear();
  asked.length = standIn.jobs.length = 0;
  writing = () => Promise.reject(unavailable);
});

const minutesLater = (minutes: number, more: Partial<BotParts> = {}): BotParts => ({ ...parts, clock: { now: () => new Date(now.getTime() + minutes * 60_000) }, ...more });
const withoutToken = { ...parts.signIn, pimOf: () => Promise.reject(new PimError('signInRequired', 'no token')) };

async function draft(...roles: readonly Role[]): Promise<SettingsChange> {
  return saveSettingsChange(parts.store.db, {
    requestId: crypto.randomUUID(), person: megan, approvers: [], unchanged: 0, createdAt: now,
    roles: roles.map((role) => ({ policy: policy({ role, scope: production }, { elevationDuration: 'PT8H' }), change: { elevationDuration: 'PT1H' }, given: {}, roundedFrom: null, outcome: null })),
  });
}

/** As the bot leaves it that stops right after the attempt is on record. */
async function left(...roles: readonly Role[]): Promise<SettingsChange> {
  const begun = await recordSettingsAttempt(parts, await draft(...roles));
  if (begun === null) throw new Error('it was not begun');
  return begun;
}

const find = async ({ requestId }: SettingsChange): Promise<readonly (string | undefined)[]> => {
  const change = await findSettingsChange(parts.store.db, requestId);
  return [change?.state, ...change?.roles.map(({ outcome }) => outcome?.result) ?? []];
};
const outcomes = async ({ requestId }: SettingsChange): Promise<readonly unknown[]> =>
  (await standIn.audit()).filter((row) => row.requestId === requestId && row.phase === 'outcome').map(({ details, actor }) => [actor.name, details['role'], details['result']]);

test('an attempt is committed with the job that looks after it', async () => {
  await left(contributor);
  expect(standIn.jobs).toEqual(['watch-settings']);
});

test('what was left open is read back some minutes later, by the administrator, and nothing is written again', async () => {
  const change = await left(contributor, reader);
  atPim.set('Contributor', 'PT1H');
  await watchSettings(minutesLater(11), change.requestId, 0);
  expect(await find(change)).toEqual(['done', 'written', 'notWritten']);
  expect(asked).toEqual(['Megan reads Contributor', 'Megan reads Reader']);
  expect(await outcomes(change)).toEqual([['Megan Bowen', 'Contributor', 'written'], ['Megan Bowen', 'Reader', 'notWritten']]);
  expect(standIn.jobs).toEqual(['watch-settings']);

  // The same job once more, and the click that comes too late, add nothing.
  await watchSettings(minutesLater(12), change.requestId, 0);
  await recheckSettings(minutesLater(12), admin, change.requestId);
  expect(await outcomes(change)).toHaveLength(2);
  expect(asked).toHaveLength(2);
});

test('the bot reads it where the administrator\'s token is gone, or may not', async () => {
  const change = await left(contributor);
  await watchSettings(minutesLater(11, { signIn: withoutToken }), change.requestId, 0);
  expect(asked).toEqual(['the bot reads Contributor']);
  expect(await find(change)).toEqual(['done', 'notWritten']);
});

test('two watches at once record one outcome', async () => {
  const change = await left(contributor);
  await Promise.all([1, 2, 3, 4].map(() => watchSettings(minutesLater(11), change.requestId, 0)));
  expect(await outcomes(change)).toHaveLength(1);
});

test('while PIM is out of reach nothing is concluded, and what can be read is', async () => {
  const change = await left(contributor, reader);
  const isDown = new Set(['Contributor']);
  const reading = async (role: Role, scope: Scope): Promise<RolePolicy> => (isDown.has(role.name) ? Promise.reject(unavailable) : present(role, scope));
  const down = { signIn: withoutToken, pimReader: { ...parts.pimReader, readPolicy: reading } };
  await watchSettings(minutesLater(11, down), change.requestId, 3);
  expect(await find(change)).toEqual(['writing', undefined, 'notWritten']);
  expect(standIn.jobs).toEqual(['watch-settings', 'watch-settings']);
  isDown.clear();
  await watchSettings(minutesLater(30, down), change.requestId, 4);
  expect(await find(change)).toEqual(['done', 'notWritten', 'notWritten']);
});

test('a write in flight is not called undone, however many roles were written before it', async () => {
  const change = await left(contributor, reader);
  await watchSettings(minutesLater(9), change.requestId, 0);
  await recheckSettings(minutesLater(9), admin, change.requestId);
  expect(await find(change)).toEqual(['writing', undefined, undefined]);
  expect(asked).toEqual([]);
});

test('each role that is written gives the next one its time', async () => {
  const change = await draft(contributor, reader);
  const time = { minutes: 0 };
  const running = { ...parts, clock: { now: () => new Date(now.getTime() + time.minutes * 60_000) } };
  const seenWhile: unknown[] = [];
  writing = async ({ role }) => {
    time.minutes += 8;
    await watchSettings(running, change.requestId, 0);
    await recheckSettings(running, admin, change.requestId);
    seenWhile.push(...await find(change));
    atPim.set(role.name, 'PT1H');
    return 'written';
  };
  // Sixteen minutes in all.
  const card = await confirmSettings(running, admin, { verb: 'settings.confirm', requestId: change.requestId, version: 1 });
  expect(seenWhile).toEqual(['writing', undefined, undefined, 'writing', 'written', undefined]);
  expect(seen(card).words).toContain('PIM has confirmed it.');
  expect(await outcomes(change)).toEqual([['Megan Bowen', 'Contributor', 'written'], ['Megan Bowen', 'Reader', 'written']]);
});

test('an answer of PIM that got lost is found out, too', async () => {
  const change = await draft(contributor);
  writing = ({ role }) => {
    atPim.set(role.name, 'PT1H');
    return Promise.reject(new PimError('outcomeUnknown', 'no answer'));
  };
  await confirmSettings(parts, admin, { verb: 'settings.confirm', requestId: change.requestId, version: 1 });
  expect(await find(change)).toEqual(['done', 'unknown']);
  await watchSettings(minutesLater(11), change.requestId, 0);
  expect(await find(change)).toEqual(['done', 'written']);
});

test.each(['draft', 'nobody\'s'])('a change that is %s is left alone', async (which) => {
  const change = await draft(contributor);
  await watchSettings(minutesLater(60), which === 'draft' ? change.requestId : crypto.randomUUID(), 0);
  expect(await find(change)).toEqual(['draft', undefined]);
  expect([asked, standIn.jobs]).toEqual([[], []]);
});
