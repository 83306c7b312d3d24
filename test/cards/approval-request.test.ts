import { describe, expect, it } from 'vitest';
import type { AdaptiveCard } from '../../src/cards/adaptive-card.ts';
import { approvalRequestCard } from '../../src/cards/approval-request.ts';
import type { ApprovalRequest } from '../../src/cards/approval-request.ts';
import type { ShownActivation } from '../../src/cards/shown.ts';
import type { ActivationState } from '../../src/pim/activation-status.ts';
import { inputsOf, opensOf, partsOfType, verbsOf, wordsOf } from './card-parts.ts';
import { guid, later, now, readers, shown, stepUpUrl } from './samples.ts';

function show(activation: Partial<ShownActivation>, more: Partial<ApprovalRequest> = {}): AdaptiveCard {
  return approvalRequestCard(readers.en, { now, activation: shown('en', activation), approverJustificationRequired: false, ...more });
}

const closed: readonly ActivationState[] = ['scheduled', 'active', 'expired', 'deactivated', 'denied', 'timedOut', 'withdrawn', 'failed'];

describe('the approval card', () => {
  it('says who, what, where, how long, until when, why and for which ticket', () => {
    const words = wordsOf(show({}));
    for (const part of ['Alex Wilber', 'Contributor', 'Resource group rg-app', '2 h, until today 16:05 (GMT) if approved now', 'release 4.2', 'INC-4711 (ServiceNow)']) {
      expect(words).toContain(part);
    }
  });

  it('names the scope exactly: two resource groups can have one name', () => {
    expect(wordsOf(show({}))).toContain(`/subscriptions/${guid(900)}/resourceGroups/rg-app`);
  });

  it('counts from a later start', () => {
    expect(wordsOf(show({ start: later(19 * 60) }))).toContain('2 h, until tomorrow 11:05 (GMT) if approved now');
  });

  it('says for when it is planned, and once that has passed, that the time runs from now', () => {
    const planned = wordsOf(show({ plannedStart: later(19 * 60), start: later(19 * 60) }));
    expect(planned).toContain('Duration\n2 h\nPlanned\ntomorrow 09:05 (GMT) to tomorrow 11:05 (GMT)');
    expect(planned).not.toMatch(/if approved now|Starts/u);
    const late = wordsOf(show({ plannedStart: later(-30), start: later(-30) }));
    expect(late).toContain('2 h, until today 16:05 (GMT) if approved now');
    expect(late).toContain('today 13:35 (GMT). That time has passed: it can only begin later.');
    expect(wordsOf(show({ state: 'scheduled', plannedStart: later(60), start: later(60), end: later(180) }))).toMatch(/Starts\ntoday 15:05 \(GMT\)\nEnds\ntoday 17:05/u);
  });

  it('its buttons carry the request’s id and version and nothing else', () => {
    const [approve, deny] = partsOfType(show({}), 'Action.Execute');
    expect(approve).toMatchObject({ verb: 'approval.approve', data: { requestId: guid(401), version: 3 }, style: 'positive' });
    expect(deny).toMatchObject({ verb: 'approval.deny', data: { requestId: guid(401), version: 3 }, style: 'destructive' });
  });

  it('asks for a reason where the role asks approvers for one', () => {
    expect(inputsOf(show({}))).toMatchObject([{ id: 'reason', isRequired: false }]);
    expect(inputsOf(show({}, { approverJustificationRequired: true }))).toMatchObject([{ id: 'reason', isRequired: true }]);
  });

  // Guard (promise 12's part of the card): `actions` in src/cards/approval-request.ts.
  it.each(closed)('promise 12 (the card’s part): once it is %s there is nothing left to click', (state) => {
    const card = show({ state, start: now, end: later(60) });
    expect(verbsOf(card)).toEqual([]);
    expect(inputsOf(card)).toEqual([]);
  });

  it('a decision that wants a stronger sign-in says so above the request; deciding stays possible', () => {
    const card = show({}, { stepUpUrl });
    expect(opensOf(card)).toEqual([stepUpUrl]);
    expect(wordsOf(card)).toMatch(/^Confirm that it is you\n[^\n]*Nothing has been decided yet[^\n]*one hour[^\n]*\nContinue in the browser\n/u);
    expect(verbsOf(card)).toEqual(['approval.approve', 'approval.deny', 'approval.offer']);
    expect(inputsOf(card)).toHaveLength(1);
  });

  it.each([...closed, 'submitting' as const])('once it is %s nobody is sent to sign in for it', (state) => {
    expect(opensOf(show({ state, start: now, end: later(60) }, { stepUpUrl }))).toEqual([]);
  });

  it('while a decision is checked nobody is sent to sign in for it', () => {
    expect(opensOf(show({}, { stepUpUrl, checking: true }))).toEqual([]);
  });

  // Guard: `backgroundFacts` in src/cards/request-background.ts.
  it('tells who else can decide and by when, in the approver\'s own time zone', () => {
    const words = wordsOf(show({}, { background: { background: null, othersAsked: ['Lee Gu', 'Diego Siciliani'] } }));
    expect(words).toContain('Decide by\ntomorrow 14:01 (GMT)');
    expect(words).toContain('Also asked\nLee Gu, Diego Siciliani');
    expect(words).not.toMatch(/Holds|As of/u);
    expect(wordsOf(approvalRequestCard(readers.ja, { now, activation: shown('ja'), approverJustificationRequired: false, background: { background: null, othersAsked: [] } }))).toContain('明日 23:01 (JST)');
  });

  it('tells what the requester has done with the role before, and held at a time that it names, in at most five lines and what is missing', () => {
    const scope = { id: '/subscriptions/1', name: 'Production', type: 'subscription' } as const;
    const held = Array.from({ length: 5 }, (_, index) => ({ role: { definitionId: `r${index}`, name: `Role ${index}` }, scope }));
    const background = {
      readAt: later(-245).toISOString(),
      earlier: [{ scope, askedAt: later(-60 * 24).toISOString(), minutes: 90, outcome: 'expired' as const }],
      held, heldBeside: 3, gaps: [{ kind: 'entra' as const, why: 'unavailable' as const }],
    };
    const words = wordsOf(show({}, { background: { background, othersAsked: null } }));
    expect(words).toContain('Last times\nSun 22 Nov 14:05, 1 h 30 min, Subscription Production: ended on time');
    expect(words).toContain('Role 4 · Subscription Production\nand 3 more\nEntra roles could not be read\nAs of\ntoday 10:00');
    expect(wordsOf(approvalRequestCard(readers.ja, { now, activation: shown('ja'), approverJustificationRequired: false, background: { background, othersAsked: null } }))).toContain('確認時刻\n本日 19:00');
  });

  it('once it is decided, what was for the decision is gone', () => {
    expect(wordsOf(show({ state: 'denied' }, { background: { background: null, othersAsked: ['Lee Gu'] } }))).not.toContain('Lee Gu');
  });

  it('shows by whom, when and why it was decided', () => {
    const words = wordsOf(show({ state: 'active', decidedByName: 'Megan Bowen', decidedAt: later(-2), decisionReason: 'Fits' }));
    for (const part of ['Approved', 'Megan Bowen\n approved the request', 'Decided\ntoday 14:03 (GMT)', 'Reason\nFits']) expect(words).toContain(part);
    expect(wordsOf(show({ state: 'denied', decidedByName: 'Megan Bowen' }))).toContain('Megan Bowen\n denied the request');
  });

  // Guard: `approvalStage` in src/cards/approval-words.ts.
  it('promise 15 (the card’s part): a decision that PIM has not confirmed is neither shown as made nor offered again', () => {
    for (const card of [show({}, { checking: true }), show({ state: 'submitting' })]) {
      expect(wordsOf(card)).toContain('PIM has not confirmed');
      expect(verbsOf(card)).toEqual(['approval.open']);
      expect(partsOfType(card, 'Container').map(({ style }) => style)).not.toContain('good');
    }
  });

  it('a decision that PIM has confirmed is shown, even if a check was under way', () => {
    expect(wordsOf(show({ state: 'denied' }, { checking: true }))).toContain('The request was denied.');
  });
});
