import { approvalRequestCard } from '../../src/cards/approval-request.ts';
import { approvalsCard } from '../../src/cards/approvals.ts';
import { withProblem, withReasonMissing } from '../../src/cards/refusal.ts';
import type { ShownBackground } from '../../src/cards/request-background.ts';
import type { ShownActivation } from '../../src/cards/shown.ts';
import type { Locale } from '../../src/cards/texts.ts';
import type { EarlierActivation } from '../../src/pim/request-background.ts';
import type { CardSample } from './every-card.ts';
import {
  alex, app, contributor, directory, later, lee, megan, member, now, opsLeads, owner, reader as readerRole, readers, request, shown, stepUpUrl, unreadEntra, userAdministrator,
} from './samples.ts';

function earlier(days: number, outcome: EarlierActivation['outcome'], more: Partial<EarlierActivation> = {}): EarlierActivation {
  return { scope: app, askedAt: later(-60 * 24 * days).toISOString(), minutes: 120, outcome, ...more };
}

const nothingKnown = { readAt: later(-1).toISOString(), earlier: [], held: [], heldBeside: 0, gaps: [] };

/** What an approver may be told of the requester: the usual, much, little, and what could not be read. */
const backgrounds: readonly { readonly name: string; readonly background: ShownBackground }[] = [
  {
    name: 'some',
    background: {
      othersAsked: [lee.name],
      background: {
        ...nothingKnown,
        earlier: [earlier(1, 'active', { scope: opsLeads }), earlier(6, 'expired'), earlier(20, 'denied', { minutes: null })],
        held: [{ role: readerRole, scope: app }, { role: member, scope: opsLeads }],
      },
    },
  },
  {
    name: 'much',
    background: {
      othersAsked: Array.from({ length: 9 }, (_, index) => `${lee.name} ${index + 1}`),
      background: {
        readAt: later(-60 * 20).toISOString(),
        earlier: [earlier(1, 'scheduled'), earlier(2, 'timedOut'), earlier(3, 'withdrawn')],
        held: [contributor, owner, readerRole, userAdministrator, member].map((role) => ({ role, scope: role === userAdministrator ? directory : role === member ? opsLeads : app })),
        heldBeside: 12,
        gaps: [{ kind: 'azure', why: 'tooManyScopes' }],
      },
    },
  },
  { name: 'nothing', background: { othersAsked: [], background: nothingKnown } },
  {
    name: 'unread',
    background: {
      othersAsked: [lee.name],
      background: {
        ...nothingKnown,
        earlier: [earlier(1, 'failed'), earlier(2, 'deactivated')],
        gaps: [{ kind: 'azure', why: 'tooManyScopes' }, { kind: 'azure', why: 'notPermitted' }, { kind: 'entra', why: 'unavailable' }],
      },
    },
  },
];

export function approvalCards(locale: Locale): readonly CardSample[] {
  const reader = readers[locale];
  const reason = locale === 'ja' ? '作業計画を確認しました。' : 'Fits the change plan.';
  const decided = { decidedByName: megan.name, decidedAt: later(-2), decisionReason: reason, start: later(-2), end: later(118) };
  const states: Readonly<Record<string, Partial<ShownActivation>>> = {
    pending: { state: 'pending' },
    'pending-planned-passed': { state: 'pending', plannedStart: later(-30), start: later(-30) },
    'pending-scheduled': { state: 'pending', plannedStart: later(60 * 19), start: later(60 * 19), ticket: null },
    'pending-no-duration': { state: 'pending', minutes: null, justification: '' },
    submitting: { state: 'submitting' },
    approved: { state: 'active', ...decided },
    'approved-scheduled': { state: 'scheduled', ...decided, plannedStart: later(60 * 19), start: later(60 * 19), end: later(60 * 21) },
    'approved-elsewhere': { state: 'active', start: later(-2), end: later(118) },
    'approved-ended': { state: 'expired', ...decided, submittedAt: later(-130), decidedAt: later(-125), start: later(-125), end: later(-5) },
    denied: { state: 'denied', ...decided, start: null, end: null },
    'denied-elsewhere': { state: 'denied' },
    'timed-out': { state: 'timedOut' },
    withdrawn: { state: 'withdrawn' },
    failed: { state: 'failed', problem: { code: 'unexpected', rules: [], azureRequestId: null } },
  };
  const waiting = [request(501, alex, contributor, locale), request(502, lee, owner, locale), request(503, alex, readerRole, locale)];
  const ofAllKinds = [
    { ...request(504, alex, userAdministrator, locale), scope: directory },
    { ...request(505, lee, member, locale), scope: opsLeads },
    { ...request(506, lee, owner, locale), scope: app },
  ];
  return [
    ...Object.entries(states).map(([state, more]) => ({
      name: `approval-request-${state}`,
      card: approvalRequestCard(reader, { now, activation: shown(locale, more), approverJustificationRequired: state === 'pending' }),
    })),
    {
      name: 'approval-request-checking',
      card: approvalRequestCard(reader, { now, activation: shown(locale), approverJustificationRequired: true, checking: true }),
    },
    ...backgrounds.map(({ name, background }) => ({
      name: `approval-request-background-${name}`,
      card: approvalRequestCard(reader, { now, activation: shown(locale), approverJustificationRequired: true, background }),
    })),
    {
      name: 'approval-request-reason-missing',
      card: withReasonMissing(reader, approvalRequestCard(reader, { now, activation: shown(locale), approverJustificationRequired: true })),
    },
    {
      name: 'approval-request-refused',
      card: withProblem(reader, approvalRequestCard(reader, { now, activation: shown(locale), approverJustificationRequired: false }), {
        code: 'notPermitted', rules: [], azureRequestId: '7c6f0000-0000-4000-8000-000000000001',
      }),
    },
    {
      name: 'approval-request-step-up',
      card: approvalRequestCard(reader, { now, activation: shown(locale), approverJustificationRequired: true, stepUpUrl }),
    },
    {
      name: 'approval-request-refused-step-up',
      card: withProblem(reader, approvalRequestCard(reader, { now, activation: shown(locale), approverJustificationRequired: false }), {
        code: 'stepUpRequired', rules: [], azureRequestId: null,
      }),
    },
    {
      name: 'approval-request-group',
      card: approvalRequestCard(reader, { now, activation: shown(locale, { role: member, scope: opsLeads }), approverJustificationRequired: false }),
    },
    {
      name: 'approval-request-entra',
      card: approvalRequestCard(reader, { now, activation: shown(locale, { role: userAdministrator, scope: directory }), approverJustificationRequired: false }),
    },
    { name: 'approvals-some', card: approvalsCard(reader, { now, waiting, gaps: [] }) },
    { name: 'approvals-one', card: approvalsCard(reader, { now, waiting: waiting.slice(0, 1), gaps: [] }) },
    { name: 'approvals-empty', card: approvalsCard(reader, { now, waiting: [], gaps: [] }) },
    { name: 'approvals-of-all-kinds', card: approvalsCard(reader, { now, waiting: ofAllKinds, gaps: [] }) },
    { name: 'approvals-one-kind-unread', card: approvalsCard(reader, { now, waiting: waiting.slice(0, 1), gaps: unreadEntra }) },
    { name: 'approvals-nothing-read', card: approvalsCard(reader, { now, waiting: [], gaps: unreadEntra }) },
  ];
}
