import type { AssignmentChangeCard } from '../../src/cards/assignment-change.ts';
import { assignmentChangeCard } from '../../src/cards/assignment-change.ts';
import { assignmentsCard } from '../../src/cards/assignments.ts';
import type { AssignmentList } from '../../src/cards/assignments.ts';
import { chooseOneCard } from '../../src/cards/choose-one.ts';
import type { Question } from '../../src/cards/choose-one.ts';
import type { Problem } from '../../src/cards/shown.ts';
import type { ShownAssignmentChange } from '../../src/cards/shown-assignment.ts';
import type { Locale } from '../../src/cards/texts.ts';
import type { PimErrorCode } from '../../src/pim/errors.ts';
import type { Assignment, Principal, Role, Scope } from '../../src/pim/model.ts';
import type { CardSample } from './every-card.ts';
import {
  active, alex, app, consentUrl, contributor, directory, guid, later, lee, manyEligible, megan, member, now, opsLeads, production, reader as readerRole, readers, unreadEntra,
  userAdministrator, why,
} from './samples.ts';

const day = 24 * 60;
const alexAtContoso: Principal = { ...alex, userPrincipalName: 'alex@contoso.example' };
const leads: Principal = { id: guid(21), name: 'Ops leads', kind: 'group' };
const pipeline: Principal = { id: guid(22), name: 'deploy-pipeline', kind: 'servicePrincipal' };

export function change(locale: Locale, more: Partial<ShownAssignmentChange> = {}): ShownAssignmentChange {
  return {
    requestId: guid(701),
    version: 1,
    action: 'assign',
    side: 'eligible',
    principal: alexAtContoso,
    role: contributor,
    scope: app,
    start: null,
    expiration: { type: 'afterDuration', minutes: 30 * day },
    assumed: [],
    justification: why[locale],
    ticket: null,
    state: 'draft',
    problem: null,
    beginsAt: null,
    endsAt: null,
    ...more,
  };
}

export function assignment(number: number, principal: Principal, role: Role, more: Partial<Assignment> = {}): Assignment {
  return { ...active(number, role, app), principal, side: 'active', ...more };
}

export function list(more: Partial<AssignmentList> = {}): AssignmentList {
  return { now, inquiryId: guid(702), principal: null, role: null, scope: app, below: false, later: false, rows: [], gaps: [], ...more };
}

export function rowsOf(assignments: readonly Assignment[]): AssignmentList['rows'] {
  return assignments.map((held) => ({ key: `${held.side}/${held.id}`, assignment: held }));
}

const eligible = { side: 'eligible', how: 'assigned', start: null } as const;
export const someHeld: readonly Assignment[] = [
  assignment(801, leads, contributor, { ...eligible, until: null }),
  assignment(802, alexAtContoso, contributor),
  assignment(803, megan, readerRole, { how: 'assigned', until: new Date('2027-03-31T22:59:00Z'), scope: production }),
  assignment(804, lee, contributor, { ...eligible, start: later(3 * day), until: later(33 * day) }),
  assignment(805, pipeline, contributor, { how: 'assigned', until: null }),
];

export function assignmentCards(locale: Locale): readonly CardSample[] {
  return [...changeCards(locale), ...listCards(locale), ...questionCards(locale)];
}

function changeCards(locale: Locale): readonly CardSample[] {
  const failed = (code: PimErrorCode, rules: readonly string[] = []): Partial<ShownAssignmentChange> =>
    ({ state: 'failed', version: 3, problem: { code, rules, azureRequestId: null } satisfies Problem });
  const confirmed = { version: 3, beginsAt: now, endsAt: later(30 * day) };
  const states: Readonly<Record<string, Partial<ShownAssignmentChange> & Partial<Pick<AssignmentChangeCard, 'entered' | 'reasons'>>>> = {
    'draft-eligible': {},
    'draft-assumed': { assumed: ['side', 'period'], expiration: { type: 'afterDuration', minutes: 365 * day }, justification: '', principal: leads },
    'draft-ticket': { ticket: { number: 'INC-4711', system: 'ServiceNow' } },
    'draft-active': { side: 'active', assumed: ['period'], expiration: { type: 'afterDuration', minutes: 480 } },
    'draft-standing': { side: 'active', expiration: { type: 'noExpiration' }, role: userAdministrator, scope: directory },
    'draft-later': { start: later(day), expiration: { type: 'afterDateTime', end: new Date('2027-03-31T22:59:00Z') }, role: member, scope: opsLeads },
    'draft-refused': { justification: '', reasons: ['justificationMissing', 'over'], entered: '' },
    'unassign-draft-eligible': { action: 'unassign', justification: '', entered: '' },
    'unassign-draft-active': { action: 'unassign', side: 'active', justification: '', entered: '' },
    submitting: { state: 'submitting', version: 2 },
    waiting: { state: 'waiting', version: 3 },
    scheduled: { ...confirmed, state: 'scheduled', beginsAt: later(day), endsAt: later(31 * day) },
    'assigned-eligible': { ...confirmed, state: 'assigned' },
    'assigned-active': { ...confirmed, state: 'assigned', side: 'active', expiration: { type: 'noExpiration' }, endsAt: null },
    removed: { action: 'unassign', state: 'removed', version: 3 },
    ended: { ...confirmed, state: 'ended' },
    cancelled: { state: 'cancelled', version: 2 },
    'failed-not-permitted': failed('notPermitted'),
    'failed-exists': failed('alreadyActive'),
    'failed-requested': failed('alreadyRequested'),
    'failed-too-long': failed('policyRefused', ['ExpirationRule']),
    'failed-mfa': failed('policyRefused', ['MfaRule']),
    'failed-not-found': failed('notFound'),
    'failed-no-consent': failed('consentRequired'),
    'unassign-failed-none': { ...failed('notActive'), action: 'unassign' },
  };
  return Object.entries(states).map(([state, { entered, reasons = [], ...more }]) => {
    const shown = change(locale, more);
    return { name: `assignment-${state}`, card: assignmentChangeCard(readers[locale], { now, change: shown, entered: entered ?? shown.justification, reasons, consentUrl }) };
  });
}

function listCards(locale: Locale): readonly CardSample[] {
  const tooMany = [{ kind: 'azure', why: 'tooManyScopes' }] as const;
  const ofAlex = [
    assignment(811, alexAtContoso, contributor),
    assignment(812, leads, readerRole, { ...eligible, scope: production, until: null }),
    assignment(813, alexAtContoso, userAdministrator, { ...eligible, scope: directory, until: new Date('2027-03-31T22:59:00Z') }),
  ];
  const many = manyEligible.map(({ id, role, scope, until }, index) => assignment(820 + index, alexAtContoso, role, { ...eligible, id, scope, until }));
  const lists: Readonly<Record<string, AssignmentList>> = {
    'at-scope': list({ rows: rowsOf(someHeld) }),
    'at-scope-below-and-later': list({ scope: production, below: true, later: true, rows: rowsOf(someHeld) }),
    'of-role': list({ role: contributor, rows: rowsOf(someHeld.filter(({ role }) => role === contributor)) }),
    'of-role-everywhere': list({ role: readerRole, scope: null, rows: rowsOf(someHeld.slice(2, 3)), gaps: tooMany }),
    'of-person': list({ principal: alexAtContoso, scope: null, rows: rowsOf(ofAlex), gaps: unreadEntra }),
    'of-person-many': list({ principal: alexAtContoso, scope: null, rows: rowsOf(many) }),
    'of-group': list({ scope: opsLeads, rows: rowsOf([assignment(890, lee, member, { ...eligible, scope: opsLeads })]) }),
    none: list(),
    'none-read': list({ scope: directory, gaps: unreadEntra }),
  };
  return Object.entries(lists).map(([state, data]) => ({ name: `assignments-${state}`, card: assignmentsCard(readers[locale], data) }));
}

function questionCards(locale: Locale): readonly CardSample[] {
  const twins: readonly Scope[] = [app, { ...app, id: `/subscriptions/${guid(901)}/resourceGroups/rg-app` }, production];
  const questions: Readonly<Record<string, Question>> = {
    principal: { about: 'principal', why: 'ambiguous', asked: 'al', candidates: [alexAtContoso, { ...alex, id: guid(30), userPrincipalName: 'alex.wilber@contoso.example' }, leads, pipeline] },
    scope: { about: 'scope', why: 'ambiguous', asked: 'rg-app', candidates: twins },
    'scope-not-named': { about: 'scope', why: 'notNamed', asked: '', candidates: manyEligible.map(({ scope }) => scope) },
    role: { about: 'role', why: 'unknown', asked: 'Contributer', candidates: [contributor, readerRole] },
    target: { about: 'target', why: 'ambiguous', asked: 'Contributor', candidates: someHeld.slice(0, 2) },
  };
  return Object.entries(questions).map(([state, question]) => ({ name: `choose-one-${state}`, card: chooseOneCard(readers[locale], { inquiryId: guid(703), question }) }));
}
