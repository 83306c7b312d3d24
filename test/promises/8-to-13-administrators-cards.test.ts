import { afterAll, describe, expect, test } from 'vitest';
import { BotAdapter } from '../../src/bot/door/adapter.ts';
import { DevAuthentication } from '../../src/bot/door/dev-adapter.ts';
import { createTurnHandler } from '../../src/bot/on-turn.ts';
import type { BotParts } from '../../src/bot/parts.ts';
import type { AssignmentChangeState } from '../../src/pim/assignment-change.ts';
import { listAudit } from '../../src/store/audit-log.ts';
import { saveInquiry } from '../../src/store/assignment-inquiries.ts';
import { saveDigest } from '../../src/store/digests.ts';
import { findAssignmentChange, moveAssignmentChange, saveAssignmentChange } from '../../src/store/assignment-changes.ts';
import { findSettingsChange, moveSettingsChange, saveSettingsChange, type RoleOutcome, type SettingsChangeState } from '../../src/store/settings-changes.ts';
import { clickOf, grady, lee, nestor, otherTenantId, secret, type ClickAnswer, type Clicker } from '../bot/approvals/one-request.ts';
import { alexAsPrincipal, assignmentsAtPim, requestFor } from '../bot/assignments/assignments-at-pim.ts';
import { ofAnybody, ofAssignments, ofInquiries, ofSettings, type Click } from '../bot/every-button.ts';
import { contributor, createStandIn, now, production, reader, whole } from '../bot/stand-in.ts';
import { policy } from '../cards/every-settings-card.ts';

// The cards of administrators, in every state: sent by everybody who must not, and by the administrator whose they are. Guards: `ownChange`
// (src/bot/settings/confirm-settings.ts, src/bot/assignments/confirm-assignment.ts), `ownInquiry` (src/bot/assignments/inquiry.ts),
// `moveSettingsChange` and `moveAssignmentChange` (src/store), `answerOf` (src/bot/answer.ts), `createTurnHandler` (src/bot/on-turn.ts).

const wrongActors: readonly (Clicker & { readonly who: string; readonly reads: string; readonly status: number })[] = [
  { who: 'a colleague with a copy of the card', ...lee, reads: 'This card belongs to somebody else', status: 200 },
  { who: 'a guest', ...grady, reads: 'For members only', status: 200 },
  { who: 'the administrator\'s object id of another tenant', ...nestor, tenantId: otherTenantId, reads: 'null', status: 403 },
];

const effects: string[] = [];
const pim = assignmentsAtPim();
const standIn = await createStandIn({
  others: {
    assignments: { ...pim, assign: async (id, draft) => { effects.push('assign'); return pim.assign(id, draft); }, unassign: async (id, draft) => { effects.push('unassign'); return pim.unassign(id, draft); } },
    settings: {
      read: async (role, scope) => policy({ role, scope }),
      write: async () => { effects.push('write'); return 'written'; },
      list: async () => whole(),
      findApprovers: async () => [],
    },
    listEligible: async () => whole(),
    listActive: async () => whole(),
    listPending: async () => whole(),
    listWaitingForMyDecision: async () => whole(),
    deactivate: async () => { effects.push('deactivate'); return Promise.reject(new Error('nothing is deactivated here')); },
  },
  more: { isMember: async (id) => id !== grady.id },
});
afterAll(() => standIn[Symbol.asyncDispose]());
const { parts } = standIn;
const { db } = parts.store;

async function clicks(who: Clicker, verb: string, data: object, more: Partial<BotParts> = {}): Promise<ClickAnswer> {
  const { status, body } = await new BotAdapter(new DevAuthentication(), parts.log).receive('', clickOf(who, verb, data), createTurnHandler({ ...parts, ...more }));
  return { status, text: JSON.stringify(body ?? null) };
}

/** All that a click could change. */
async function traces(requestId: string): Promise<object> {
  const counted = async (table: 'assignment_changes' | 'settings_changes' | 'assignment_inquiries' | 'activations' | 'digests'): Promise<number> =>
    Number((await db.selectFrom(table).select(db.fn.countAll().as('count')).executeTakeFirstOrThrow()).count);
  return {
    assignment: await findAssignmentChange(db, requestId), settings: await findSettingsChange(db, requestId), effects: [...effects], jobs: [...standIn.jobs],
    audit: (await Array.fromAsync(listAudit(db))).length,
    rows: [await counted('assignment_changes'), await counted('settings_changes'), await counted('assignment_inquiries'), await counted('activations'), await counted('digests')],
  };
}

const later = (minutes: number): Partial<BotParts> => ({ clock: { now: () => new Date(now.getTime() + minutes * 60_000) } });

interface Kept {
  readonly requestId: string;
  readonly version: number;
}

const assignmentStates: readonly AssignmentChangeState[] = ['draft', 'submitting', 'waiting', 'scheduled', 'assigned', 'removed', 'ended', 'failed', 'cancelled'];

async function assignmentIn(state: AssignmentChangeState): Promise<Kept> {
  const requestId = crypto.randomUUID();
  const wish = { side: 'eligible', principal: alexAsPrincipal, role: reader, scope: production, expiration: { type: 'noExpiration' }, start: null, justification: secret, ticket: null } as const;
  const draft = await saveAssignmentChange(db, { ...wish, requestId, person: nestor, action: 'assign', assumed: [], undoes: null, createdAt: now });
  if (state === 'draft') return draft;
  // What was sent has arrived.
  if (state === 'submitting' || state === 'waiting') pim.requests.set(requestId, requestFor(requestId, wish, 'Provisioned'));
  return await moveAssignmentChange(db, requestId, { from: 'draft' }, { state, submittedAt: now }) ?? draft;
}

const settingsStates = ['draft', 'writing', 'left open', 'done', 'unanswered', 'cancelled'] as const;
type SettingsState = (typeof settingsStates)[number];

const stored: Readonly<Record<Exclude<SettingsState, 'draft'>, readonly [SettingsChangeState, RoleOutcome['result'] | null]>> = {
  'writing': ['writing', null], 'left open': ['writing', null], 'done': ['done', 'written'], 'unanswered': ['done', 'unknown'], 'cancelled': ['cancelled', null],
};

async function settingsIn(state: SettingsState): Promise<Kept> {
  const role = { policy: policy({ role: contributor, scope: production }), change: { elevationDuration: 'PT1H' }, given: { minElevationDuration: secret }, roundedFrom: null, outcome: null };
  const draft = await saveSettingsChange(db, { requestId: crypto.randomUUID(), person: nestor, roles: [role], approvers: [], unchanged: 0, createdAt: now });
  if (state === 'draft') return draft;
  const [to, result] = stored[state];
  return await moveSettingsChange(db, draft, { state: to, submittedAt: now, roles: [{ ...role, outcome: result === null ? null : { result, problem: null } }] }) ?? draft;
}

async function expectNothing(actor: (typeof wrongActors)[number], click: Click, { requestId, version }: Kept): Promise<void> {
  for (const shown of new Set([version, 1])) {
    const before = await traces(requestId);
    const { status, text } = await clicks(actor, click.verb, { requestId, inquiryId: requestId, version: shown, ...click.more }, later(20));
    const what = `${click.verb} version ${shown} of ${version}`;
    expect(status, what).toBe(actor.status);
    expect(text, what).toContain(actor.reads);
    expect(text, what).not.toMatch(new RegExp(`${secret}|Contributor|Reader|Production|Alex`, 'u'));
    expect(await traces(requestId), what).toEqual(before);
  }
}

describe.each(wrongActors)('promises 12 and 13: $who has no effect', (actor) => {
  test.each(assignmentStates)('on an assignment that is %s', async (state) => {
    const change = await assignmentIn(state);
    for (const click of ofAssignments) await expectNothing(actor, click, change);
  });

  test.each(settingsStates)('on a change of settings that is %s', async (state) => {
    const change = await settingsIn(state);
    for (const click of ofSettings) await expectNothing(actor, click, change);
  });

  test.each(ofInquiries)('on what somebody has asked for: $verb', async (click) => {
    const requestId = await inquiryFor(click);
    await expectNothing(actor, click, { requestId, version: 1 });
  });
});

/** As the command leaves it that this button belongs to. */
async function inquiryFor({ verb }: Click): Promise<string> {
  const chosen = { role: reader, scope: production, principal: alexAsPrincipal };
  const where = { role: 'Reader', scope: 'Production', ofGroup: false };
  const command = verb === 'settings.propose' ? { name: 'settings', ...where } : verb === 'settings.export' ? { name: 'settingsExport', scope: 'Production' } : { name: 'whoHas', ...where };
  const question = verb === 'inquiry.choose' ? { of: 'role', candidates: [reader, contributor] } : null;
  const inquiryId = crypto.randomUUID();
  await saveInquiry(db, { inquiryId, personId: nestor.id, inquiry: { command, chosen, question } }, now);
  return inquiryId;
}

test.each([...ofAssignments, ...ofSettings, ...ofInquiries])('promise 12: $verb on what nobody keeps any more tells so, and has no effect', async ({ verb, more }) => {
  const gone = crypto.randomUUID();
  const before = await traces(gone);
  const { status, text } = await clicks(nestor, verb, { requestId: gone, inquiryId: gone, version: 1, ...more });
  expect([status, text]).toEqual([200, expect.stringContaining('This card is out of date')]);
  expect(await traces(gone)).toEqual(before);
});

const nobodys = crypto.randomUUID();
await saveDigest(db, { personId: nestor.id, time: '08:00', timeZone: 'UTC' }, now);

describe.each(ofAnybody)('promise 13: $verb from a copied card', ({ verb, more }) => {
  test.each(wrongActors)('of $who has no effect for whoever had it first', async (actor) => {
    const before = await traces(nobodys);
    const { status, text } = await clicks(actor, verb, { ...more });
    expect(status).toBe(actor.status);
    if (actor.id !== lee.id) expect(text).toContain(actor.reads);
    expect(text).not.toMatch(/Something went wrong|Alex/u);
    expect(await traces(nobodys)).toEqual(before);
  });
});

interface Button {
  readonly verb: string;
  /** From which state to which, and what PIM was asked to do; nothing happens in any other state. */
  readonly does: Readonly<Partial<Record<string, readonly [string, ...(readonly string[])]>>>;
  /** In which states a new card is made, with a draft of its own. */
  readonly renews?: readonly string[];
}

const assignmentButtons: readonly Button[] = [
  { verb: 'assignment.confirm', does: { draft: ['assigned', 'assign'] } },
  { verb: 'assignment.cancel', does: { draft: ['cancelled'] } },
  { verb: 'assignment.check', does: { submitting: ['assigned'], waiting: ['assigned'] } },
  { verb: 'assignment.undo', does: {}, renews: ['scheduled', 'assigned'] },
  { verb: 'assignment.repeat', does: {}, renews: ['failed', 'cancelled'] },
];

const settingsButtons: readonly Button[] = [
  { verb: 'settings.confirm', does: { draft: ['done: written', 'write'] } },
  { verb: 'settings.cancel', does: { draft: ['cancelled'] } },
  { verb: 'settings.recheck', does: { 'left open': ['done: notWritten'], 'unanswered': ['done: notWritten'] } },
];

const stateOf = async (requestId: string): Promise<string | undefined> => {
  const settings = await findSettingsChange(db, requestId);
  return settings === null ? (await findAssignmentChange(db, requestId))?.state : [settings.state, ...settings.roles.flatMap(({ outcome }) => outcome?.result ?? [])].join(': ');
};
const drafts = async (): Promise<number> => Number((await db.selectFrom('assignment_changes').select(db.fn.countAll().as('count')).executeTakeFirstOrThrow()).count);

async function press({ verb }: Button, { requestId }: Kept, version: number, minutes = 0): Promise<object> {
  const [before, rows] = [effects.length, await drafts()];
  const { status, text } = await clicks(nestor, verb, { requestId, version, justification: 'as agreed' }, later(minutes));
  expect([status, text]).toEqual([200, expect.not.stringMatching(/Something went wrong/u)]);
  return { state: await stateOf(requestId), effects: effects.slice(before), renewed: await drafts() - rows };
}

async function expectOnce(button: Button, change: Kept, state: string, minutes: number): Promise<void> {
  const present = await stateOf(change.requestId);
  const [to = present, ...atPim] = button.does[state] ?? [];
  const renewed = button.renews?.includes(state) === true ? 1 : 0;
  if (button.verb.endsWith('.confirm')) {
    for (const wrong of [change.version - 1, change.version + 1]) expect(await press(button, change, wrong, minutes)).toEqual({ state: present, effects: [], renewed: 0 });
  }
  expect(await press(button, change, change.version, minutes)).toEqual({ state: to, effects: atPim, renewed });
  // The same card once more: what is over stays as it is.
  expect(await press(button, change, change.version, minutes)).toEqual({ state: to, effects: [], renewed });
}

describe.each(assignmentButtons)('promise 12: the administrator\'s $verb', (button) => {
  test.each(assignmentStates)('on an assignment that is %s does what the state allows, once', async (state) => {
    await expectOnce(button, await assignmentIn(state), state, 1);
  });
});

describe.each(settingsButtons)('promise 12: the administrator\'s $verb', (button) => {
  test.each(settingsStates)('on a change of settings that is %s does what the state allows, once', async (state) => {
    await expectOnce(button, await settingsIn(state), state, state === 'left open' ? 11 : 1);
  });
});

test('promises 8 to 13: the administrator\'s own buttons are all in these tables', () => {
  expect([...assignmentButtons, ...settingsButtons].map(({ verb }) => verb)).toEqual([...ofAssignments, ...ofSettings].map(({ verb }) => verb));
});
