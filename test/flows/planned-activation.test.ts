import { DateTime, Interval } from 'luxon';
import { expect, test } from 'vitest';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import { createWorld, type World } from '../helpers/world.ts';

const timeZone = 'Asia/Tokyo';
const tenantWithAll = (): Promise<World> => createWorld({ roleKinds: ['azure', 'entra', 'group'] });

/** Tomorrow at nine, where the people of these stories are. */
function tomorrowAtNine(world: World): DateTime<true> {
  const at = DateTime.fromJSDate(world.now(), { zone: timeZone }).plus({ days: 1 }).startOf('day').set({ hour: 9 });
  if (!at.isValid) throw new Error('there is no such time');
  return at;
}

function until(world: World, at: DateTime): string {
  return `PT${Math.ceil(Interval.fromDateTimes(DateTime.fromJSDate(world.now()), at).length('minutes'))}M`;
}

/** Some minutes after that time. */
async function advanceTo(world: World, at: DateTime, minutes: number): Promise<void> {
  await world.advance(until(world, at.plus({ minutes })));
}

async function plan(alex: FakePerson, command: string, filled: Record<string, string> = {}): Promise<ShownCard> {
  await alex.types(command);
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { justification: 'planned maintenance', ...filled });
  return alex.waitForCard((card) => card.activityId === form.activityId && !card.verbs.includes('activation.submit'));
}

test.each([
  ['activate Reader on Production for 30 min from tomorrow 9:00', 'en-GB', 'Planned: begins tomorrow 09:00 (GMT+9), ends tomorrow 09:30 (GMT+9)'],
  ['アクティブ化 明日の9:00から Production の Reader を 30分', 'ja-JP', '予定: 明日 09:00'],
])('"%s" is planned, begins by itself and ends by itself', async (command, locale, headline) => {
  await using world = await createWorld();
  const alex = await world.person('Alex', { locale, timeZone });
  const start = tomorrowAtNine(world);
  await alex.types(command);
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  expect(JSON.stringify(form.json)).toContain(`"value":"${start.toFormat('yyyy-MM-dd')}"`);
  expect(JSON.stringify(form.json)).toContain('"value":"09:00"');
  await alex.clicks(form, 'activation.submit', { justification: 'planned maintenance' });
  const planned = await alex.waitForCard(headline);
  expect(planned.verbs).toEqual(['activation.withdraw']);
  const [request] = await world.pim.requests();
  expect(request?.properties.status).toBe('Granted');
  expect(Date.parse(request?.properties.scheduleInfo?.startDateTime ?? '')).toBe(start.toMillis());
  expect(await world.pim.activated()).toEqual([]);

  await advanceTo(world, start, 1);
  await alex.waitForCard((card) => card.activityId === planned.activityId && card.verbs.includes('activation.deactivate'), 20_000);
  expect(await world.pim.activated()).toHaveLength(1);
  await advanceTo(world, start, 31);
  await alex.waitForCard((card) => card.activityId === planned.activityId && !card.verbs.includes('activation.deactivate'), 20_000);
  expect(await world.pim.activated()).toEqual([]);
});

test.each(['activate Reports Reader for 1h from tomorrow 9:00', 'activate member of Ops leads for 1h starting tomorrow at 9am'])(
  '"%s" is planned, can be cancelled until it begins, and begins otherwise', async (command) => {
    await using world = await tenantWithAll();
    const alex = await world.person('Alex', { timeZone });
    const kind = command.includes('member') ? 'group' : 'entra';
    const start = tomorrowAtNine(world);
    const first = await plan(alex, command);
    expect(first.text).toContain('Planned: begins tomorrow 09:00');
    await alex.clicks(first, 'activation.withdraw');
    await alex.waitForCard((card) => card.activityId === first.activityId && card.has('Withdrawn'));

    const second = await plan(alex, command);
    expect(second.activityId).not.toBe(first.activityId);
    await advanceTo(world, start, 1);
    await alex.waitForCard((card) => card.activityId === second.activityId && card.verbs.includes('activation.deactivate'), 20_000);
    expect(await world.pim.held(kind, alex.account.aadObjectId)).toHaveLength(1);
    await alex.waitForText('Active until today 10:00');
  },
);

test('what was cancelled does not begin', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex', { timeZone });
  const start = tomorrowAtNine(world);
  const planned = await plan(alex, 'activate Reader on Production for 30 min from tomorrow 9:00');
  await alex.clicks(planned, 'activation.withdraw');
  await alex.waitForCard((card) => card.activityId === planned.activityId && card.has('Withdrawn'));
  await advanceTo(world, start, 1);
  expect((await world.pim.requests()).map(({ properties }) => properties.status)).toEqual(['Canceled']);
  expect(await world.pim.activated()).toEqual([]);
});

test('promise 15: Cancel on a card that has not noticed the beginning says that the role is held', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex', { timeZone });
  const start = tomorrowAtNine(world);
  const planned = await plan(alex, 'activate Reader on Production for 30 min from tomorrow 9:00');
  await world.advanceWithoutJobs(until(world, start.plus({ minutes: 1 })));
  await alex.clicks(planned, 'activation.withdraw');
  expect(alex.card(planned.activityId).text).toContain('You already hold this role');
  expect(await world.pim.activated()).toHaveLength(1);
});

test('an approver sees the planned window, and what they approve begins then', async () => {
  await using world = await createWorld();
  const megan = await world.person('Megan', { timeZone });
  const alex = await world.person('Alex', { timeZone });
  const start = tomorrowAtNine(world);
  const status = await plan(alex, 'activate Contributor on rg-app for 2h from tomorrow 9:00');
  expect(status.text).toContain('tomorrow 09:00 (GMT+9) to tomorrow 11:00 (GMT+9)');
  const request = await megan.waitForCard((card) => card.verbs.includes('approval.approve'));
  expect(request.text).toContain('tomorrow 09:00 (GMT+9) to tomorrow 11:00 (GMT+9)');
  expect(request.text).not.toContain('if approved now');
  await megan.clicks(request, 'approval.approve', { reason: 'fits the plan' });
  const planned = await alex.waitForCard((card) => card.activityId === status.activityId && card.has('Planned: begins tomorrow 09:00'));
  expect(planned.text).toContain('Megan Bowen');
  expect(await world.pim.activated()).toEqual([]);
  await advanceTo(world, start, 1);
  await alex.waitForCard((card) => card.activityId === status.activityId && card.verbs.includes('activation.deactivate'), 20_000);
});

// Guard: `markStartMissed` (src/store/activations.ts).
test('promise 12: a start that passes before anybody has decided is told to both, and the card that says otherwise decides nothing', async () => {
  await using world = await createWorld();
  const megan = await world.person('Megan', { timeZone });
  const alex = await world.person('Alex', { timeZone });
  const at = DateTime.fromJSDate(world.now(), { zone: timeZone }).plus({ hours: 2 }).startOf('minute');
  const status = await plan(alex, `activate Contributor on rg-app for 2h from ${at.toFormat('yyyy-MM-dd HH:mm')}`);
  const request = await megan.waitForCard((card) => card.verbs.includes('approval.approve'));
  await advanceTo(world, at, 30);
  await megan.waitForCard((card) => card.activityId === request.activityId && card.has('That time has passed'), 30_000);
  await alex.waitForCard((card) => card.activityId === status.activityId && card.has('That time has passed'), 30_000);

  await megan.clicks(request, 'approval.approve', { reason: 'from an old card' });
  expect(await world.pim.activated()).toEqual([]);
  const present = megan.card(request.activityId);
  expect(present.text).toContain('if approved now');
  await megan.clicks(present, 'approval.approve', { reason: 'late, but yes' });
  const active = await alex.waitForCard((card) => card.activityId === status.activityId && card.verbs.includes('activation.deactivate'));
  expect(active.text).toContain('Planned start');
  expect(active.text).toContain(`Active until`);
  expect(active.text).toContain(at.plus({ hours: 2, minutes: 30 }).toFormat('HH'));
});

test('a start that is no time, or over, comes back with the reason, and nothing is sent', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex', { timeZone });
  await alex.types('activate Reader on Production from 2020-01-01 9:00');
  const form = await alex.waitForCard((card) => card.has('The start has passed'));
  const tries: readonly [Record<string, string>, string][] = [
    [{ startDate: '2020-01-01', startTime: '09:00' }, 'The start has passed'],
    [{ startDate: tomorrowAtNine(world).toFormat('yyyy-MM-dd'), startTime: '' }, 'Choose a time'],
    [{ startDate: 'someday', startTime: '09:00' }, 'could not be read'],
    [{ startDate: '9999-01-01', startTime: '09:00' }, 'too far ahead'],
  ];
  for (const [fields, words] of tries) {
    await alex.clicks(alex.card(form.activityId), 'activation.submit', { minutes: '30', ...fields });
    expect(alex.card(form.activityId).text).toContain(words);
  }
  expect(await world.pim.requests()).toEqual([]);
  await alex.clicks(alex.card(form.activityId), 'activation.submit', { minutes: '30', startDate: '', startTime: '' });
  await alex.waitForCard('Deactivate');
});

test('an ambiguous role does not lose the start on the way to the form', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex', { timeZone });
  await alex.types('activate Contributor for 90 min from tomorrow 9:00 because of a release');
  const choice = await alex.waitForCard((card) => card.verbs.includes('activation.choose'));
  await alex.clicks(choice, 'activation.choose', { eligibleId: /"value":"([^"]+)"/u.exec(JSON.stringify(choice.json))?.[1] ?? '' });
  const form = JSON.stringify(alex.card(choice.activityId).json);
  for (const value of [tomorrowAtNine(world).toFormat('yyyy-MM-dd'), '09:00', '90', 'a release']) expect(form).toContain(value);
});
