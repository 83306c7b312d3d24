import { activationStatusCard } from '../../src/cards/activation-status.ts';
import type { AskedApprover, ShownActivation } from '../../src/cards/shown.ts';
import type { Locale } from '../../src/cards/texts.ts';
import type { CardSample } from './every-card.ts';
import { consentUrl, directory, later, lee, megan, member, now, opsLeads, readers, shown, stepUpUrl, userAdministrator } from './samples.ts';

const decided = { decidedByName: megan.name, start: later(-2), end: later(118) };
const asked: readonly AskedApprover[] = [
  { name: megan.name, outcome: 'sent' },
  { name: lee.name, outcome: 'notInstalled' },
  { name: 'Pradeep Gupta', outcome: 'queued' },
];
const unreached: readonly AskedApprover[] = [
  { name: lee.name, outcome: 'notInstalled' },
  { name: 'Pradeep Gupta', outcome: 'blocked' },
  { name: megan.name, outcome: 'failed' },
];

export function statusCards(locale: Locale): readonly CardSample[] {
  const states: Readonly<Record<string, Partial<ShownActivation>>> = {
    draft: { state: 'draft', submittedAt: null },
    'awaiting-step-up': { state: 'awaitingStepUp', submittedAt: null },
    'awaiting-step-up-no-link': { state: 'awaitingStepUp', submittedAt: null },
    submitting: { state: 'submitting' },
    pending: { state: 'pending' },
    'pending-unreached': { state: 'pending' },
    'pending-many-asked': { state: 'pending' },
    'pending-planned': { state: 'pending', plannedStart: later(60 * 19), start: later(60 * 19) },
    'pending-planned-passed': { state: 'pending', plannedStart: later(-30), start: later(-30), submittedAt: later(-200) },
    'scheduled-no-end': { state: 'scheduled', minutes: null, plannedStart: later(60 * 19), start: later(60 * 19) },
    'active-later-than-planned': { state: 'active', ...decided, plannedStart: later(-30), submittedAt: later(-200) },
    scheduled: { state: 'scheduled', ...decided, plannedStart: later(60 * 19), start: later(60 * 19), end: later(60 * 21) },
    active: { state: 'active', ...decided, decisionReason: locale === 'ja' ? '作業計画を確認しました。' : 'Fits the change plan.' },
    'active-group': { state: 'active', ...decided, role: member, scope: opsLeads },
    'awaiting-step-up-entra': { state: 'awaitingStepUp', submittedAt: null, role: userAdministrator, scope: directory },
    'active-no-end': { state: 'active', minutes: null, ticket: null, start: later(-2) },
    denied: {
      state: 'denied',
      decidedByName: megan.name,
      decisionReason: locale === 'ja' ? '本日は変更凍結期間です。明日お願いします。' : 'Change freeze today. Please ask again tomorrow.',
    },
    'denied-unknown': { state: 'denied' },
    'timed-out': { state: 'timedOut' },
    withdrawn: { state: 'withdrawn' },
    failed: {
      state: 'failed',
      problem: { code: 'policyRefused', rules: ['ExpirationRule', 'TicketingRule'], azureRequestId: '7c2f6d0e-5b1a-4f0e-9d53-0a1b2c3d4e5f' },
    },
    'failed-step-up': { state: 'failed', problem: { code: 'stepUpRequired', rules: [], azureRequestId: null } },
    'failed-locked': { state: 'failed', problem: { code: 'resourceLocked', rules: [], azureRequestId: null } },
    'failed-held': { state: 'failed', problem: { code: 'alreadyActive', rules: [], azureRequestId: null } },
    'failed-requested': { state: 'failed', problem: { code: 'alreadyRequested', rules: [], azureRequestId: null } },
    'failed-no-consent': { state: 'failed', problem: { code: 'consentRequired', rules: [], azureRequestId: null } },
    'failed-unknown': { state: 'failed', eligibleId: null },
    expired: { state: 'expired', ...decided, submittedAt: later(-130), start: later(-125), end: later(-5) },
    deactivated: { state: 'deactivated', ...decided, submittedAt: later(-70), start: later(-65), end: later(-5) },
  };
  return Object.entries(states).map(([state, more]) => ({
    name: `activation-status-${state}`,
    card: activationStatusCard(readers[locale], { now, activation: shown(locale, more), asked: askedIn(state), stepUpUrl: state === 'awaiting-step-up' ? stepUpUrl : null, consentUrl }),
  }));
}

function askedIn(state: string): readonly AskedApprover[] {
  if (state === 'pending-unreached') return unreached;
  if (state !== 'pending-many-asked') return asked;
  return Array.from({ length: 30 }, (_, index) => ({ name: `Approver ${index + 1}`, outcome: 'sent' }));
}
