import { afterAll, describe, expect, test } from 'vitest';
import type { ActivationState } from '../../src/pim/activation-status.ts';
import { findActivation } from '../../src/store/activations.ts';
import { alex, megan } from '../bot/stand-in.ts';
import { everyState, openDesk, type Clicker, type Desk } from '../bot/approvals/one-request.ts';

// What each button does for whoever may press it, in every state, on a card of the present version and on an old one. Guards:
// `findDecidable` with `onlyApprovalsSince` (src/bot/approvals/decide-approval.ts, src/bot/approvals/count-approval.ts), `beginApproved`
// (src/bot/approvals/begin-approved.ts), `findOpenForm` (src/bot/activations/activation-form.ts), the states in `withdrawActivation`,
// `deactivateShown`, `repeatActivation` and `markNudged`, and `moveActivation` (src/store/activations.ts) below them all.

const desk = await openDesk();
afterAll(() => desk[Symbol.asyncDispose]());

interface Button {
  readonly by: Clicker;
  readonly verb: string;
  readonly more?: object;
  /** From which state to which, and what PIM was asked to do; nothing happens in any other state. */
  readonly does: Partial<Readonly<Record<ActivationState, readonly [ActivationState, ...(readonly string[])]>>>;
}

const buttons: readonly Button[] = [
  { by: alex, verb: 'activation.submit', more: { minutes: '60', justification: 'as it was' }, does: { draft: ['held'] } },
  { by: alex, verb: 'activation.validate', more: { minutes: '60', justification: 'as it was' }, does: {} },
  { by: alex, verb: 'activation.begin', does: { approved: ['active', 'Alex Wilber activate'] } },
  { by: alex, verb: 'activation.check', does: {} },
  {
    by: alex, verb: 'activation.withdraw',
    does: {
      held: ['withdrawn'], approved: ['withdrawn'], awaitingStepUp: ['withdrawn'], pending: ['withdrawn', 'Alex Wilber cancel'], scheduled: ['withdrawn', 'Alex Wilber cancel'],
    },
  },
  { by: alex, verb: 'activation.nudge', does: { held: ['held'], pending: ['pending'] } },
  { by: alex, verb: 'activation.deactivate', does: { active: ['deactivated', 'Alex Wilber deactivate'] } },
  { by: alex, verb: 'activation.repeat', does: {} },
  { by: alex, verb: 'activation.refresh', does: {} },
  { by: megan, verb: 'approval.open', does: {} },
  { by: megan, verb: 'approval.refresh', does: {} },
  { by: megan, verb: 'approval.approve', more: { reason: 'fine' }, does: { held: ['approved'], pending: ['active', 'Megan Bowen approve'] } },
  { by: megan, verb: 'approval.deny', more: { reason: 'no' }, does: { held: ['denied'], pending: ['denied', 'Megan Bowen deny'] } },
  { by: megan, verb: 'approval.offer', does: {} },
  { by: megan, verb: 'approval.sendOffer', more: { minutes: '30', reason: 'half of it' }, does: { held: ['denied'], pending: ['denied', 'Megan Bowen deny'] } },
];

/** The request itself, PIM and the audit log. The list of jobs is left out: whoever looks at a card may have it refreshed. */
async function left(requestId: string): Promise<object> {
  return { activation: await findActivation(desk.parts.store.db, requestId), effects: [...desk.effects], audit: (await desk.audit(requestId)).length };
}

async function press({ by, verb, more }: Button, requestId: string, version: number): Promise<{ readonly text: string; readonly effects: readonly string[]; readonly state: ActivationState | undefined }> {
  const before = desk.effects.length;
  const { status, text } = await desk.clicks(by, verb, { requestId, version, ...more });
  expect(status).toBe(200);
  return { text, effects: desk.effects.slice(before), state: (await findActivation(desk.parts.store.db, requestId))?.state };
}

describe.each(buttons)('promises 11 and 12: $verb', (button) => {
  test.each(everyState)('on a request that is %s does what the state allows, once', async (state) => {
    const { requestId, version } = await desk.request(state);
    const [expected = state, ...atPim] = button.does[state] ?? [];
    const first = await press(button, requestId, version);
    expect({ state: first.state, effects: first.effects }).toEqual({ state: expected, effects: atPim });
    expect(first.text).not.toMatch(/Something went wrong here/u);

    // The same card once more: what is over stays as it is, and so does what was done.
    const afterOne = await left(requestId);
    await press(button, requestId, version);
    expect(await left(requestId)).toEqual(afterOne);
  });
});

const decisive = buttons.filter(({ verb }) => /^approval\.(approve|deny|sendOffer|offer)$|^activation\.(begin|submit|validate)$/u.test(verb));

/** The states in which a card of the present version would have an effect. */
const cases = decisive.flatMap((button) => Object.keys(button.does).map((state) => ({ button, verb: button.verb, state: everyState.find((one) => one === state) ?? 'draft' })));

describe.each(cases)('promise 12: $verb on a request that is $state', ({ button, state }) => {
  test.each([
    ['an earlier version', (version: number) => version - 1],
    ['a version that does not exist yet', (version: number) => version + 1],
  ])('has no effect from a card of %s', async (_, shown) => {
    const { requestId, version } = await desk.request(state);
    const before = await left(requestId);
    await press(button, requestId, shown(version));
    expect(await left(requestId)).toEqual(before);
  });
});

interface Ending {
  readonly after: string;
  readonly from: ActivationState;
  readonly to: ActivationState;
  readonly ends: (desk: Desk, requestId: string, version: number) => Promise<unknown>;
}

const endings: readonly Ending[] = [
  { after: 'an approval here', from: 'held', to: 'approved', ends: (on, requestId, version) => on.clicks(megan, 'approval.approve', { requestId, version, reason: 'fine' }) },
  { after: 'a denial here', from: 'held', to: 'denied', ends: (on, requestId, version) => on.clicks(megan, 'approval.deny', { requestId, version, reason: 'no' }) },
  { after: 'an offer', from: 'held', to: 'denied', ends: (on, requestId, version) => on.clicks(megan, 'approval.sendOffer', { requestId, version, minutes: '30', reason: 'less' }) },
  { after: 'a denial at PIM', from: 'pending', to: 'denied', ends: (on, requestId, version) => on.clicks(megan, 'approval.deny', { requestId, version, reason: 'no' }) },
  { after: 'a withdrawal', from: 'held', to: 'withdrawn', ends: (on, requestId) => on.clicks(alex, 'activation.withdraw', { requestId }) },
  { after: 'its use', from: 'approved', to: 'active', ends: (on, requestId, version) => on.clicks(alex, 'activation.begin', { requestId, version }) },
];

describe.each(endings)('promise 12: after $after', ({ from, to, ends }) => {
  test('no button of any earlier card has an effect', async () => {
    const { requestId, version } = await desk.request(from);
    await ends(desk, requestId, version);
    const ended = await findActivation(desk.parts.store.db, requestId);
    expect(ended?.state).toBe(to);
    const before = await left(requestId);
    const old = buttons.filter(({ verb }) => !(to === 'approved' && verb === 'activation.withdraw') && !(to === 'active' && verb === 'activation.deactivate'));
    for (const button of old) for (let shown = 1; shown <= version; shown++) await press(button, requestId, shown);
    expect(await left(requestId)).toEqual(before);
  });
});

test('promise 12: an approval whose time is over begins nothing, before and after it is put away', async () => {
  const { requestId, version } = await desk.request('approved');
  desk.wait(8 * 60);
  const before = await left(requestId);
  const { text } = await desk.clicks(alex, 'activation.begin', { requestId, version });
  expect(text).not.toMatch(/Something went wrong/u);
  expect(await left(requestId)).toEqual(before);
});
