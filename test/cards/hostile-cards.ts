import type { ActivationForm } from '../../src/cards/activation-form.ts';
import { activationFormCard } from '../../src/cards/activation-form.ts';
import { activationStatusCard } from '../../src/cards/activation-status.ts';
import { activeCard } from '../../src/cards/active.ts';
import { assignmentChangeCard } from '../../src/cards/assignment-change.ts';
import { assignmentsCard } from '../../src/cards/assignments.ts';
import { approvalRequestCard } from '../../src/cards/approval-request.ts';
import { approvalsCard } from '../../src/cards/approvals.ts';
import { chooseOneCard } from '../../src/cards/choose-one.ts';
import { chooseRoleCard } from '../../src/cards/choose-role.ts';
import { digestCard } from '../../src/cards/digest.ts';
import { noticeCard } from '../../src/cards/notice.ts';
import { problemCard } from '../../src/cards/problem.ts';
import type { ShownBackground } from '../../src/cards/request-background.ts';
import { rolesCard } from '../../src/cards/roles.ts';
import type { ShownActivation } from '../../src/cards/shown.ts';
import { welcomeCard } from '../../src/cards/welcome.ts';
import type { Principal, Role, Scope } from '../../src/pim/model.ts';
import { outcomes } from '../../src/pim/request-background.ts';
import { assignment, change, list, rowsOf } from './every-assignment-card.ts';
import type { CardSample } from './every-card.ts';
import { hostileSettings } from './hostile-settings.ts';
import { active, eligible, guid, later, now, readers, request, shown, stepUpUrl, strictSettings } from './samples.ts';

/** Texts that try to be more than text. */
export const hostileTexts: Readonly<Record<string, string>> = {
  link: '[click here](https://evil.example/login) and [x]: https://evil.example',
  bareLink: 'https://evil.example/approve?id=1 www.evil.example',
  image: '![x](https://evil.example/pixel.png)',
  markdown: '**bold** _italic_ # heading\n- list\n1. item\n`code`\n> quote',
  html: '<img src=x onerror="document.title=1"><script>alert(1)</script><a href="javascript:alert(1)">x</a>',
  entities: '&lt;b&gt;&amp;&#x3C;script&#x3E;',
  template: '${$root.summary} ${personName} ${if(true, "x", "y")} ${json($root)}',
  nestedTemplate: '$${${1+1}} ${',
  mention: '<at>Megan Bowen</at> @everyone',
  macro: '{{DATE(2017-02-14T06:08:39Z, SHORT)}} {{TIME(2017-02-14T06:08:39Z)}} {{{DATE(2017-02-14T06:08:39Z)}}}',
  placeholder: '{person} {role} {count} {0}',
  json: '"}],"actions":[{"type":"Action.OpenUrl","url":"https://evil.example"}],"x":[{"y":"',
  card: '{"type":"AdaptiveCard","body":[{"type":"Image","url":"https://evil.example/x.png"}]}',
  long: 'A very long story. '.repeat(540),
  longWord: 'x'.repeat(10_240),
  longJapanese: '緊急'.repeat(5_000),
  tall: 'line\n'.repeat(2_000),
  backslashes: String.raw`\" \u0022 \n \\ C:\temp`,
};

/** Characters that change how other text looks; what must be left after they are gone. */
export const invisibleTexts: Readonly<Record<string, { readonly written: string; readonly seen: string }>> = {
  bidi: { written: 'safe\u202E drawkcab \u2066x\u2069', seen: 'safe drawkcab x' },
  zeroWidth: { written: 'ap\u200Bprove\u200D\uFEFF\u2060d', seen: 'approved' },
  control: { written: 'a\u0000b\u0007c\u001B[31md\u009F', seen: 'abc[31md' },
  tags: { written: 'x\u{E0041}\u{E0042}y', seen: 'xy' },
  fillers: { written: 'a\u3164b\u115Fc\uFFA0d', seen: 'abcd' },
  marks: { written: `z${'\u0301'.repeat(200)}`, seen: `z${'\u0301'.repeat(4)}` },
  loneSurrogate: { written: 'x\uD800y', seen: 'x\uFFFDy' },
  lineSeparators: { written: 'a\u2028b\u0085c', seen: 'a\nb\nc' },
};

/** Every card that shows somebody's words, with `words` in every place that can hold them. */
export function hostileCards(words: string): readonly CardSample[] {
  const reader = readers.en;
  const role: Role = { definitionId: guid(1), name: words };
  const scope: Scope = { id: `/subscriptions/${words}`, name: words, type: 'resourceGroup' };
  const somebody: Principal = { id: guid(2), name: words, kind: 'group' };
  const right = eligible(101, role, scope, { heldBy: somebody });
  const held = active(102, role, scope, { principal: somebody });
  const asked = { ...request(501, somebody, role, 'en'), scope, justification: words };
  return [
    { name: 'welcome', card: welcomeCard(reader, { personName: words }) },
    { name: 'roles', card: rolesCard(reader, { now, eligible: [right], active: [held], pending: [asked], gaps: [] }) },
    { name: 'choose-role', card: chooseRoleCard(reader, { asked: words, why: 'ambiguous', candidates: [right, { ...right, id: guid(103) }], gaps: [] }) },
    { name: 'activation-form', card: activationFormCard(reader, hostileForm(words, role, scope)) },
    ...hostileActivations(words, role, scope),
    ...hostileAssignments(words, role, scope),
    ...hostileSettings(words, role, scope),
    { name: 'approvals', card: approvalsCard(reader, { now, waiting: [asked], gaps: [] }) },
    { name: 'active', card: activeCard(reader, { now, active: [held], gaps: [] }) },
    {
      name: 'digest',
      card: digestCard(reader, { now, report: { elevations: [{ ...held, justification: words }], unread: [{ scope, code: words }], gaps: [] }, daily: null }),
    },
    { name: 'problem', card: problemCard(reader, { problem: { code: 'policyRefused', rules: [words], azureRequestId: words } }) },
    { name: 'notice-unknown', card: noticeCard(reader, { key: 'unknownCommand', params: { typed: words, nearest: words } }) },
    { name: 'notice-error', card: noticeCard(reader, { key: 'internalError', params: { reference: words } }) },
    { name: 'notice-deactivated', card: noticeCard(reader, { key: 'deactivated', params: { role: words, scope: words } }) },
  ];
}

function hostileForm(words: string, role: Role, scope: Scope): ActivationForm {
  // Its id is PIM's, never a person's words.
  const whole: Scope = { ...scope, id: '/subscriptions/1' };
  return {
    requestId: guid(401),
    version: 1,
    role,
    scope: whole,
    storedScope: whole,
    settings: { ...strictSettings, approvers: [{ id: guid(3), kind: 'user', name: words }, { id: guid(4), kind: 'group', name: words }] },
    entered: { justification: words, ticketNumber: words, ticketSystem: words },
    reasons: [{ code: 'ticketTooLong' }],
    eligibleUntil: null,
    where: { whole, below: ['a', 'b'].map((name) => ({ ...scope, id: `/subscriptions/1/resourceGroups/${name}` })) },
    isBelow: false,
  };
}

function hostileActivations(words: string, role: Role, scope: Scope): readonly CardSample[] {
  const reader = readers.en;
  const states: readonly Partial<ShownActivation>[] = [
    { state: 'awaitingStepUp' },
    { state: 'pending' },
    { state: 'active', start: later(-1), end: later(60) },
    { state: 'denied' },
    { state: 'failed', problem: { code: 'policyRefused', rules: [words, words], azureRequestId: words } },
  ];
  return states.flatMap((state) => {
    const activation = {
      ...shown('en', state),
      personName: words,
      role,
      scope,
      justification: words,
      ticket: { number: words, system: words },
      decidedByName: words,
      decisionReason: words,
    };
    return [
      { name: `status-${state.state}`, card: activationStatusCard(reader, { now, activation, asked: [{ name: words, outcome: 'sent' }], stepUpUrl }) },
      { name: `request-${state.state}`, card: approvalRequestCard(reader, { now, activation, approverJustificationRequired: false, stepUpUrl, background: hostileBackground(words, role, scope) }) },
    ];
  });
}

function hostileBackground(words: string, role: Role, scope: Scope): ShownBackground {
  return {
    othersAsked: Array.from({ length: 30 }, () => words),
    background: {
      readAt: later(-60).toISOString(),
      earlier: outcomes.slice(0, 3).map((outcome) => ({ scope: { ...scope, id: `${scope.id}/x` }, askedAt: later(-60).toISOString(), minutes: 90, outcome })),
      held: Array.from({ length: 5 }, () => ({ role, scope })),
      heldBeside: 1_000,
      gaps: [{ kind: 'azure', why: 'unavailable' }, { kind: 'entra', why: 'unavailable' }, { kind: 'group', why: 'unavailable' }],
    },
  };
}

function hostileAssignments(words: string, role: Role, scope: Scope): readonly CardSample[] {
  const reader = readers.en;
  const people: readonly Principal[] = (['user', 'group', 'servicePrincipal'] as const).map((kind) => ({ id: words, name: words, kind, userPrincipalName: words }));
  const states = ['draft', 'submitting', 'scheduled', 'assigned', 'removed', 'failed', 'cancelled'] as const;
  const problem = { code: 'policyRefused', rules: [words], azureRequestId: words } as const;
  const [user = { id: words, name: words, kind: 'user' }] = people;
  const held = people.flatMap((principal, index) => (['active', 'eligible'] as const).map((side) => assignment(900 + index, principal, role, { side, scope })));
  return [
    ...states.map((state) => ({
      name: `assignment-${state}`,
      card: assignmentChangeCard(reader, { now, change: change('en', { state, principal: user, role, scope, justification: words, problem }), entered: words, reasons: [] }),
    })),
    { name: 'assignments', card: assignmentsCard(reader, list({ principal: user, role, scope, rows: rowsOf(held) })) },
    { name: 'assignments-of-all', card: assignmentsCard(reader, list({ rows: rowsOf(held) })) },
    { name: 'choose-one-principal', card: chooseOneCard(reader, { inquiryId: guid(9), question: { about: 'principal', why: 'unknown', asked: words, candidates: [...people, user] } }) },
    { name: 'choose-one-scope', card: chooseOneCard(reader, { inquiryId: guid(9), question: { about: 'scope', why: 'ambiguous', asked: words, candidates: [scope, scope] } }) },
    { name: 'choose-one-target', card: chooseOneCard(reader, { inquiryId: guid(9), question: { about: 'target', why: 'ambiguous', asked: words, candidates: held } }) },
    { name: 'notice-nothing-to-take', card: noticeCard(reader, { key: 'nothingToTake', params: { person: words, asked: words } }) },
    { name: 'notice-nothing-found', card: noticeCard(reader, { key: 'nothingFound.scope', params: { asked: words } }) },
    { name: 'notice-when', card: noticeCard(reader, { key: 'assignWhen.unreadable', params: { typed: words } }) },
  ];
}
