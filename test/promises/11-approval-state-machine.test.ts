import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sendOffer } from '../../src/bot/approvals/counter-offer.ts';
import { isFinal, type ActivationState } from '../../src/pim/activation-status.ts';
import { findActivation, moveActivation, type Activation } from '../../src/store/activations.ts';
import { listApprovalsGiven } from '../../src/store/approvals-given.ts';
import { RetryLater } from '../../src/store/job-queue.ts';
import { expireRequest } from '../../src/jobs/expire-request.ts';
import { alex, megan, turnOf } from '../bot/stand-in.ts';
import { diego, lee, memberOf, nestor, openDesk, type Desk } from '../bot/approvals/one-request.ts';

// Whatever several people do with a request that takes two approvals, in whatever order and at once, while approvers come and
// go. Guards: `readCurrentApprovers` and `approvalProgress` (src/bot/approvals/current-approvers.ts), `countApproval` and `denyHeld`
// (src/bot/approvals/count-approval.ts), `isStillApproved` (src/bot/approvals/begin-approved.ts), `moveActivation` (src/store/activations.ts),
// `addApproval` (src/store/approvals-given.ts), `expireRequest` (src/jobs/expire-request.ts).

const people = [megan, diego, nestor, lee];
const approvalsRequired = 2;

type Person = (typeof people)[number];
/** `shown`: how many versions the card is behind. */
type Deed =
  | { readonly what: 'approve' | 'deny' | 'sendOffer'; readonly by: Person; readonly behind: number }
  | { readonly what: 'begin' | 'withdraw' | 'nudge' }
  | { readonly what: 'approveOwn' }
  | { readonly what: 'expire' };
type Step =
  | { readonly at: 'once'; readonly deeds: readonly Deed[] }
  | { readonly at: 'leaves' | 'joins'; readonly who: Person }
  | { readonly at: 'hours'; readonly hours: number };

const person = fc.constantFrom(...people);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('approve' as const), by: person, behind: fc.constantFrom(0, 0, 0, 1, 2) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('deny' as const, 'sendOffer' as const), by: person, behind: fc.constantFrom(0, 0, 1) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constantFrom('begin' as const, 'begin' as const, 'withdraw' as const, 'nudge' as const) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('approveOwn' as const, 'expire' as const) }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ at: fc.constant('once' as const), deeds: fc.array(deed, { minLength: 1, maxLength: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ at: fc.constantFrom('leaves' as const, 'joins' as const), who: person }) },
  { weight: 1, arbitrary: fc.record({ at: fc.constant('hours' as const), hours: fc.constantFrom(1, 7, 17) }) },
);

/** What has been seen of one request so far. */
interface Story {
  readonly desk: Desk;
  readonly requestId: string;
  readonly effectsBefore: number;
  /** Who has ever approved while being an approver. */
  readonly couldCount: Set<string>;
  readonly seen: Activation[];
}

async function present({ desk, requestId }: Story): Promise<Activation> {
  const activation = await findActivation(desk.parts.store.db, requestId);
  if (activation === null) throw new Error('the request is gone');
  return activation;
}

async function act(story: Story, done: Deed, version: number): Promise<void> {
  const { desk, requestId } = story;
  switch (done.what) {
    case 'approve':
    case 'deny':
    case 'sendOffer': {
      if (done.what === 'approve' && desk.approvers.has(done.by.id)) story.couldCount.add(done.by.id);
      await desk.clicks(done.by, `approval.${done.what}`, { requestId, version: Math.max(1, version - done.behind), minutes: '30', reason: 'because' });
      return;
    }
    case 'approveOwn':
      await desk.clicks(alex, 'approval.approve', { requestId, version, reason: 'mine' });
      return;
    case 'expire':
      await expireRequest(desk.parts, requestId).catch((error: unknown) => { if (!(error instanceof RetryLater)) throw error; });
      return;
    case 'begin':
    case 'withdraw':
    case 'nudge':
      await desk.clicks(alex, `activation.${done.what}`, { requestId, version });
  }
}

/** Of those whom the request's approvals name, how many are approvers at this moment. */
async function currentlyGiven({ desk, requestId }: Story): Promise<number> {
  const given = await listApprovalsGiven(desk.parts.store.db, requestId);
  return given.filter(({ by }) => desk.approvers.has(by.id)).length;
}

function effectsOf({ desk, effectsBefore }: Story): readonly string[] {
  return desk.effects.slice(effectsBefore);
}

/** Beyond these, the state only tells what came of an outcome. */
const undecided: ReadonlySet<ActivationState> = new Set(['held', 'pending']);
const granted: ReadonlySet<ActivationState> = new Set(['approved', 'submitting', 'active']);

function checkDecision(last: Activation, now: Activation): void {
  if (last.decision !== null && last.state !== 'approved') expect(now.decision).toEqual(last.decision);
  if (last.state === 'denied' || last.decision?.result === 'deny') expect(granted.has(now.state)).toBe(false);
}

async function check(story: Story, last: Activation, effectsUntilNow: readonly string[]): Promise<void> {
  const { desk, requestId, couldCount } = story;
  const now = await present(story);
  const given = await listApprovalsGiven(desk.parts.store.db, requestId);
  const effects = effectsOf(story);

  expect(new Set(given.map(({ by }) => by.id)).size).toBe(given.length);
  for (const { by } of given) expect(couldCount).toContain(by.id);

  if (undecided.has(last.state) && granted.has(now.state)) expect(await currentlyGiven(story)).toBeGreaterThanOrEqual(approvalsRequired);
  if (isFinal(last.state)) expect({ ...now, nudgedAt: null }).toEqual({ ...last, nudgedAt: null });
  checkDecision(last, now);

  const decided = effects.filter((effect) => / (approve|deny)$/u.test(effect));
  expect(decided.length).toBeLessThanOrEqual(1);
  expect(effects.filter((effect) => effect.endsWith('activate')).length).toBeLessThanOrEqual(1);
  // What is sent to PIM for the requester has its approvals at that moment.
  const isNew = effects.length > effectsUntilNow.length;
  if (isNew && effects.some((effect) => / (approve|activate)$/u.test(effect) && !effectsUntilNow.includes(effect))) {
    expect(await currentlyGiven(story)).toBeGreaterThanOrEqual(approvalsRequired);
  }
  const outcomes = (await desk.audit(requestId)).filter(({ phase, details }) => phase === 'outcome' && ['approved', 'denied'].includes(String(details['result'])));
  expect(outcomes.length).toBeLessThanOrEqual(1);
}

async function tell(desk: Desk, from: 'held' | 'pending', steps: readonly Step[]): Promise<Story> {
  desk.approvers.clear();
  for (const [id, member] of [memberOf(megan), memberOf(diego)]) desk.approvers.set(id, member);
  const { requestId } = await desk.request(from);
  const story: Story = { desk, requestId, effectsBefore: desk.effects.length, couldCount: new Set(), seen: [] };
  for (const next of steps) {
    const [last, effects] = [await present(story), effectsOf(story)];
    story.seen.push(last);
    if (next.at === 'once') await Promise.all(next.deeds.map((one) => act(story, one, last.version)));
    else if (next.at === 'hours') desk.wait(next.hours * 60);
    else if (next.at === 'leaves') desk.approvers.delete(next.who.id);
    else desk.approvers.set(...memberOf(next.who));
    await check(story, last, effects);
  }
  story.seen.push(await present(story));
  return story;
}

test.each(['held', 'pending'] as const)('promise 11: whatever people do with a request that is %s, it has one outcome, and only with its approvals', async (from) => {
  await using desk = await openDesk({ approvalsRequired });
  const reached = new Set<ActivationState>();
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 9 }), async (steps) => {
    const { seen } = await tell(desk, from, steps);
    for (const { state } of seen) reached.add(state);
  }), { numRuns: 120 });
  // Otherwise the property would say nothing.
  const expected = from === 'held' ? ['approved', 'active', 'denied', 'withdrawn'] : ['active', 'denied', 'withdrawn'];
  expect([...reached]).toEqual(expect.arrayContaining(expected));
}, 180_000);

test('promise 11: of three who approve at once two are counted, and who approves twice counts once', async () => {
  await using desk = await openDesk({ approvalsRequired });
  for (const [id, member] of [memberOf(megan), memberOf(diego), memberOf(lee)]) desk.approvers.set(id, member);
  const { requestId, version } = await desk.request('held');
  const { db } = desk.parts.store;
  for (let again = 0; again < 2; again++) {
    await desk.clicks(megan, 'approval.approve', { requestId, version, reason: 'fine' });
    expect([(await findActivation(db, requestId))?.version, (await listApprovalsGiven(db, requestId)).length]).toEqual([version + 1, 1]);
  }

  const next = await desk.request('held');
  await Promise.all([megan, diego, lee].map((by) => desk.clicks(by, 'approval.approve', { requestId: next.requestId, version: next.version, reason: 'fine' })));
  expect(await findActivation(db, next.requestId)).toMatchObject({ state: 'approved', version: next.version + 3 });
  expect(await listApprovalsGiven(db, next.requestId)).toHaveLength(2);
});

test('promise 9: an approval counts for nobody who has left since, until another approver has given theirs', async () => {
  await using desk = await openDesk({ approvalsRequired });
  const approves = (by: Person): Step => ({ at: 'once', deeds: [{ what: 'approve', by, behind: 0 }] });
  const story = await tell(desk, 'held', [approves(megan), { at: 'leaves', who: megan }, approves(diego), { at: 'joins', who: lee }]);
  expect((await present(story)).state).toBe('held');
  await act(story, { what: 'approve', by: lee, behind: 0 }, (await present(story)).version);
  expect((await present(story)).state).toBe('approved');
});

test('promise 9: what was approved by somebody who has left since is not begun', async () => {
  await using desk = await openDesk({ approvalsRequired });
  const story = await tell(desk, 'held', [
    { at: 'once', deeds: [{ what: 'approve', by: megan, behind: 0 }] }, { at: 'once', deeds: [{ what: 'approve', by: diego, behind: 0 }] }, { at: 'leaves', who: megan },
    { at: 'once', deeds: [{ what: 'begin' }] },
  ]);
  expect((await present(story)).state).toBe('approved');
  expect(effectsOf(story)).toEqual([]);
});

test('promise 11: a request that is held ends after a day, also where an approval is counted at that moment', async () => {
  await using desk = await openDesk({ approvalsRequired });
  const story = await tell(desk, 'held', [{ at: 'hours', hours: 24 }, { at: 'once', deeds: [{ what: 'approve', by: megan, behind: 0 }, { what: 'expire' }, { what: 'approve', by: diego, behind: 0 }] }]);
  expect((await present(story)).state).toMatch(/^(timedOut|approved)$/u);
});

// Guard: `tell-requester` in `recordDecision` (src/bot/approvals/decide-at-pim.ts).
test('promise 11: an offer reaches the requester also where the effect of its denial was read before the decision was on record', async () => {
  await using desk = await openDesk();
  const { requestId, version } = await desk.request('pending');
  const { parts } = desk;
  const signIn: typeof parts.signIn = {
    ...parts.signIn,
    pimOf: async (personId) => ({
      ...await parts.signIn.pimOf(personId),
      decide: async () => { await moveActivation(parts.store.db, requestId, { from: ['pending'] }, { state: 'denied' }); },
    }),
  };
  await sendOffer({ ...parts, signIn }, turnOf(megan), { verb: 'approval.sendOffer', requestId, version, minutes: 30, reason: 'less' });
  expect(await findActivation(parts.store.db, requestId)).toMatchObject({ state: 'denied', offer: { minutes: 30 }, decision: { by: { id: megan.id } } });
  expect(desk.jobs.filter((name) => name === 'tell-requester')).toHaveLength(1);
});
