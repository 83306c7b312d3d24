import { afterAll, describe, expect, test } from 'vitest';
import type { ActivationState } from '../../src/pim/activation-status.ts';
import type { AuditRow } from '../../src/store/audit-log.ts';
import { alex, megan } from '../bot/stand-in.ts';
import { approvers, requesters, type Click } from '../bot/every-button.ts';
import { adele, everyState, grady, lee, nestor, openDesk, otherTenantId, secret, type Clicker, type Desk } from '../bot/approvals/one-request.ts';

// Every action about a request, sent by everybody who must not send it, in every state: through the bot's own door.
// Guards: `ownActivation` (src/bot/activations/follow-activation.ts) and `findOpenForm` (src/bot/activations/activation-form.ts) for
// what is the requester's; `refuseOwnRequest` in `findDecidable`, `wasAsked` and `openKept` (src/bot/approvals/decide-approval.ts, open-approval.ts), `refuseStranger`
// (src/bot/approvals/decide-here.ts), `mayRead` (src/bot/approvals/decision.ts) and `readEscalated` (src/bot/approvals/current-approvers.ts) for what is an approver's; `answerOf`
// (src/bot/answer.ts) against guests and `createTurnHandler` (src/bot/on-turn.ts) against other tenants.

/** What the person reads, by the sentence of its notice. `theCard`: the request itself. */
const read = {
  noSuchRequest: 'Request not found', notYourCard: 'This card belongs to somebody else', outOfDate: 'This card is out of date', notYourDecision: 'Not yours to decide',
  ownRequest: 'This is your own request', membersOnly: 'For members only', noLongerApprover: 'no longer an approver', nothing: 'null', theCard: secret,
  theOfferForm: 'An offer in place of a request',
} as const;

/** What the audit log has of it: `refused` without PIM, or after PIM was asked. */
type Audited = 'nothing' | 'refusedHere' | 'refusedByPim';

/** What an approval takes. */
interface Asks {
  readonly approvalsRequired: number;
  readonly approverJustificationRequired: boolean;
}

interface Outcome {
  readonly reads: keyof typeof read;
  readonly audited: Audited;
}

interface WrongActor extends Clicker {
  readonly who: string;
  /** On buttons that are the requester's, or the approvers'. */
  readonly on: readonly Click[];
  readonly outcome: (click: Click, state: ActivationState, asks: Asks) => Outcome;
}

const said = (reads: keyof typeof read, audited: Audited = 'nothing'): Outcome => ({ reads, audited });
const isForm = ({ verb }: Click): boolean => verb === 'activation.submit' || verb === 'activation.validate';
const notTheirs = (click: Click, state: ActivationState): Outcome => said(state === 'draft' && !isForm(click) ? 'noSuchRequest' : 'notYourCard');
const isNarrowing = ({ verb, more }: Click): boolean => verb === 'approval.sendOffer' && more !== undefined && 'minutes' in more && more.minutes === '30';
const hasReason = ({ more }: Click): boolean => more !== undefined && 'reason' in more && more.reason !== ' ';
/** A decision that could count, were it somebody else's. */
const decides = (click: Click, { approverJustificationRequired }: Asks): boolean =>
  isNarrowing(click) || ((click.verb === 'approval.approve' || click.verb === 'approval.deny') && (hasReason(click) || !approverJustificationRequired));
const isCounted = ({ verb }: Click, { approvalsRequired }: Asks): boolean => verb === 'approval.approve' && approvalsRequired > 1;

const isRefresh = ({ verb }: Click): boolean => verb === 'approval.refresh';

function ofRequester({ verb }: Click, state: ActivationState): Outcome {
  if (verb === 'approval.refresh') return said('notYourDecision');
  if (state === 'draft') return said('noSuchRequest');
  return verb === 'approval.open' ? said('notYourDecision') : said('ownRequest', 'refusedHere');
}

function ofStranger(click: Click, state: ActivationState, asks: Asks): Outcome {
  if (isRefresh(click)) return said('notYourDecision');
  if (state === 'draft') return said('noSuchRequest');
  if (!decides(click, asks)) return said('notYourDecision');
  if (state === 'held' || (state === 'pending' && isCounted(click, asks))) return said('notYourDecision', 'refusedHere');
  return said('notYourDecision', state === 'pending' ? 'refusedByPim' : 'nothing');
}

/** What they have been shown they may go on reading, where PIM keeps the request: nothing else. */
function ofFormerApprover(click: Click, state: ActivationState, asks: Asks): Outcome {
  if (isRefresh(click)) return said(state === 'draft' || state === 'held' ? 'notYourDecision' : 'theCard');
  if (state === 'draft') return said('noSuchRequest');
  if (state === 'held') return decides(click, asks) ? said('noLongerApprover', 'refusedHere') : said('notYourDecision');
  if (state !== 'pending') return said('theCard');
  if (decides(click, asks)) return said('noLongerApprover', isCounted(click, asks) ? 'refusedHere' : 'refusedByPim');
  return said(click.verb === 'approval.offer' || click.verb === 'approval.sendOffer' ? 'theOfferForm' : 'theCard');
}

const wrongActors: readonly WrongActor[] = [
  { who: 'the requester', ...alex, on: approvers, outcome: ofRequester },
  { who: 'a colleague with a copy of an approver\'s card', ...lee, on: approvers, outcome: ofStranger },
  { who: 'a former approver', ...nestor, on: approvers, outcome: ofFormerApprover },
  { who: 'a former approver of the second line', ...adele, on: approvers, outcome: ofFormerApprover },
  { who: 'a guest in the approvers\' group', ...grady, on: approvers, outcome: () => said('membersOnly') },
  { who: 'an approver\'s object id of another tenant', ...megan, tenantId: otherTenantId, on: approvers, outcome: () => said('nothing') },
  { who: 'a colleague with a copy of the requester\'s card', ...lee, on: requesters, outcome: notTheirs },
  { who: 'an approver', ...megan, on: requesters, outcome: notTheirs },
  { who: 'a former approver', ...nestor, on: requesters, outcome: notTheirs },
  { who: 'a guest', ...grady, on: requesters, outcome: () => said('membersOnly') },
  { who: 'the requester\'s object id of another tenant', ...alex, tenantId: otherTenantId, on: requesters, outcome: () => said('nothing') },
];

function auditedAs(rows: readonly AuditRow[], actorId: string): string {
  const theirs = rows.filter(({ actor }) => actor.id === actorId).map(({ phase, details }) => [phase, details['result']].join(' ').trim());
  const known: Readonly<Record<string, Audited>> = { '': 'nothing', 'outcome refused': 'refusedHere', 'attempt,outcome refused': 'refusedByPim' };
  return known[theirs.join()] ?? theirs.join();
}

/** Actions on a request, whatever a card shows of it. */
const withoutVersion = /^(approval\.(open|refresh)|activation\.(refresh|check|withdraw|nudge|deactivate|repeat))$/u;
/** As the request is, and as its form was. */
const versionsOf = ({ verb }: Click, present: number): readonly number[] => (withoutVersion.test(verb) || present === 1 ? [present] : [present, 1]);

interface Meeting {
  readonly desk: Desk;
  readonly actor: WrongActor;
  readonly state: ActivationState;
  readonly asks: Asks;
}

async function expectNothing({ desk, actor, state, asks }: Meeting, click: Click): Promise<void> {
  const { requestId, version } = await desk.request(state);
  for (const shown of versionsOf(click, version)) {
    const [before, auditBefore] = [await desk.traces(requestId), await desk.audit(requestId)];
    const { status, text } = await desk.clicks(actor, click.verb, { requestId, version: shown, ...click.more });
    const [after, audit] = [await desk.traces(requestId), (await desk.audit(requestId)).slice(auditBefore.length)];
    const what = `${click.verb} ${JSON.stringify(click.more ?? {})} version ${shown} of ${version}`;
    expect(after, what).toEqual(before);
    const expected = actor.outcome(click, state, asks);
    const hasTheCard = actor.outcome({ verb: 'approval.open' }, state, asks).reads === 'theCard';
    expect(status, what).toBe(expected.reads === 'nothing' ? 403 : 200);
    if (shown === version) {
      expect(text, what).toContain(read[expected.reads]);
      expect(auditedAs(audit, actor.id), what).toBe(expected.audited);
    }
    if (!hasTheCard) expect(text, what).not.toMatch(new RegExp(`${secret}|Reader|Production`, 'u'));
  }
}

describe.each([
  ['one approval', { approvalsRequired: 1, approverJustificationRequired: false }],
  ['two approvals, each with a reason', { approvalsRequired: 2, approverJustificationRequired: true }],
] as const)('promises 8, 9, 12 and 13: of a request that takes %s', async (_, asks) => {
  const desk = await openDesk({ ...asks, escalates: true });
  afterAll(() => desk[Symbol.asyncDispose]());

  describe.each(wrongActors)('$who has no effect', (actor) => {
    test.each(everyState)('on one that is %s', async (state) => {
      for (const click of actor.on) await expectNothing({ desk, actor, state, asks }, click);
    });
  });
});
