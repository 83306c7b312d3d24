import { activationFormCard } from '../../src/cards/activation-form.ts';
import { activationStatusCard } from '../../src/cards/activation-status.ts';
import { approvalRequestCard } from '../../src/cards/approval-request.ts';
import { offerCard, withOffer } from '../../src/cards/offer.ts';
import { withOutdatedApproval } from '../../src/cards/refusal.ts';
import { withReminder } from '../../src/cards/reminder.ts';
import type { ShownActivation } from '../../src/cards/shown.ts';
import type { Locale } from '../../src/cards/texts.ts';
import type { CardSample } from './every-card.ts';
import { app, contributor, guid, later, lee, megan, now, opsLeads, plainSettings, production, readers, shown, strictSettings, why } from './samples.ts';

const approvers = [{ id: guid(77), kind: 'unknown' as const, name: guid(77) }];
const ticketLists = [[{ system: 'ServiceNow', pattern: 'INC\\d+', link: null }]];

/** What our own settings add: approvals that we keep, several of them, offers, and reminders. */
export function ownApprovalCards(locale: Locale): readonly CardSample[] {
  const reader = readers[locale];
  const told = [{ name: megan.name, outcome: 'sent' as const }, { name: lee.name, outcome: 'notInstalled' as const }];
  const status = (name: string, more: Partial<ShownActivation>): CardSample => ({
    name: `activation-status-${name}`, card: activationStatusCard(reader, { now, activation: shown(locale, more), asked: told }),
  });
  const request = (name: string, more: Partial<ShownActivation>, approvedByReader = false): CardSample => ({
    name: `approval-request-${name}`,
    card: approvalRequestCard(reader, { now, activation: shown(locale, more), approverJustificationRequired: false, approvedByReader, ticketUrl: 'https://contoso.example/tickets/INC-4711' }),
  });
  const waiting = shown(locale, { submittedAt: later(-240) });
  const gatheredThen = { othersAsked: [lee.name], background: { readAt: later(-239).toISOString(), earlier: [], held: [{ role: contributor, scope: production }], heldBeside: 0, gaps: [] } };
  const form = {
    requestId: guid(401), version: 1, role: contributor, scope: app, storedScope: app, entered: { minutes: 60, justification: why[locale] },
    reasons: [], eligibleUntil: null, where: null, isBelow: false,
  };
  const own = { pimUnread: false, heldBy: 'bot' as const, requirements: [{ approvers, count: 2, escalateTo: [] }], ticketLists };
  const bySeveral = { by: [megan.name], given: 1, needed: 2 };
  return [
    { name: 'activation-form-approval-by-us', card: activationFormCard(reader, { ...form, settings: { ...strictSettings, approvers }, own }) },
    { name: 'activation-form-ticket-refused', card: activationFormCard(reader, {
      ...form, settings: { ...plainSettings, ticketRequired: true }, own: { ...own, heldBy: null, requirements: [] },
      reasons: [{ code: 'ticketNotAccepted' }, { code: 'ticketNotAccepted', ticketForms: 'ServiceNow: INC\\d+' }],
    }) },
    { name: 'activation-form-offered', card: withOffer(reader, activationFormCard(reader, { ...form, settings: plainSettings }), { by: megan.name, reason: why[locale] }) },
    status('held', { state: 'held', mayNudge: true }),
    status('held-one-of-two', { state: 'held', approvals: bySeveral }),
    status('approved', { state: 'approved', decidedByName: megan.name, approvedUntil: later(470) }),
    { name: 'activation-status-approval-outdated', card: withOutdatedApproval(reader, activationStatusCard(reader, { now, activation: shown(locale, { state: 'approved', decidedByName: megan.name, approvedUntil: later(470) }), asked: told }), [{ code: 'durationTooLong', maximumMinutes: 60 }]) },
    status('approved-refused', { state: 'approved', decidedByName: megan.name, approvedUntil: later(470), problem: { code: 'throttled', rules: [], azureRequestId: null } }),
    status('held-too-few', { state: 'held', approvals: { by: [], given: 0, needed: 2, possible: 1 } }),
    status('end-unread', { state: 'timedOut', isEndUnread: true }),
    { name: 'activation-status-left-approvers', card: activationStatusCard(reader, { now, activation: shown(locale, { state: 'held' }), asked: [{ name: megan.name, outcome: 'notApprover' }, { name: lee.name, outcome: 'sent' }] }) },
    status('step-up-missed', { state: 'failed', problem: { code: 'stepUpMissed', rules: [], azureRequestId: null } }),
    status('approved-step-up-missed', { state: 'approved', decidedByName: megan.name, approvedUntil: later(420), problem: { code: 'stepUpMissed', rules: [], azureRequestId: null } }),
    status('approval-not-used', { state: 'timedOut', decidedByName: megan.name }),
    request('held', { state: 'held' }),
    request('held-one-of-two', { state: 'held', approvals: bySeveral }, true),
    request('last-not-sent', { approvals: { by: [megan.name, lee.name], given: 2, needed: 2 } }, true),
    request('several-none-yet', { approvals: { by: [], given: 0, needed: 2 } }),
    request('approved-here', { state: 'approved', decidedByName: megan.name, decidedAt: later(-2) }),
    request('not-used', { state: 'timedOut', decidedByName: megan.name, decidedAt: later(-490), submittedAt: later(-510) }),
    request('end-unread', { state: 'timedOut', isEndUnread: true }),
    { name: 'approval-request-reminder', card: withReminder(reader, approvalRequestCard(reader, { now, activation: waiting, approverJustificationRequired: false, background: gatheredThen }), { now, activation: waiting }) },
    { name: 'offer', card: offerCard(reader, { activation: shown(locale, { scope: production }), mayNarrow: true }) },
    { name: 'offer-group', card: offerCard(reader, { activation: shown(locale, { scope: opsLeads }), mayNarrow: false }) },
    ...(['notNarrower', 'scopeNotBelow', 'reasonMissing'] as const).map((refused) => ({
      name: `offer-${refused.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`,
      card: offerCard(reader, { activation: shown(locale, { scope: production }), mayNarrow: true, entered: { minutes: 60, scopeId: 'rg-other', reason: '' }, refused }),
    })),
  ];
}
