import type { AssignmentAction } from '../pim/assignment-change.ts';
import { endOf } from '../pim/assignment-change.ts';
import type { PimErrorCode } from '../pim/errors.ts';
import type { Assignment, AssignmentTarget, Principal } from '../pim/model.ts';
import { duration, shortMoment } from './moment.ts';
import { oneLine } from './plain-text.ts';
import { problemWords } from './problem-words.ts';
import type { ProblemWords } from './problem-words.ts';
import { roleInWords, scopeInWords } from './role-words.ts';
import type { Problem } from './shown.ts';
import type { ShownAssignmentChange } from './shown-assignment.ts';
import { text } from './texts.ts';
import type { Locale, Reader } from './texts.ts';

/** "Alex Wilber · alex@contoso.example", "Ops leads (group)": two people may have the same name. */
export function principalInWords(locale: Locale, { name, kind, userPrincipalName }: Principal): string {
  if (kind !== 'user') return text(locale, `principal.${kind}`, { name: oneLine(name) });
  return userPrincipalName === undefined ? oneLine(name) : `${oneLine(name)} · ${oneLine(userPrincipalName)}`;
}

/** "eligible", "active, assigned", "active, activated via PIM". */
export function sideInWords(locale: Locale, { side, how }: Pick<Assignment, 'side' | 'how'>): string {
  return text(locale, side === 'eligible' ? 'assignment.eligible' : `assignment.${how}`);
}

/** "Contributor · Resource group rg-app · eligible". */
export function targetInWords(locale: Locale, { role, scope, side }: Omit<AssignmentTarget, 'principal'>): string {
  return [roleInWords(locale, role), scopeInWords(locale, scope), sideInWords(locale, { side, how: 'assigned' })].join(' · ');
}

/** When it begins: as PIM says, else as it is asked for. */
export function startInWords(reader: Reader, { beginsAt, start }: ShownAssignmentChange, now: Date): string {
  const begins = beginsAt ?? start;
  return begins === null ? text(reader.locale, 'assignment.atOnce') : shortMoment(reader, begins, now);
}

/** When it ends; while it is not confirmed, counted from now. */
export function endInWords(reader: Reader, { beginsAt, endsAt, start, expiration }: ShownAssignmentChange, now: Date): string {
  const end = beginsAt === null ? endOf(expiration, start ?? now) : endsAt;
  if (end === null) return text(reader.locale, 'assignment.noEnd');
  const moment = shortMoment(reader, end, now);
  return expiration.type === 'afterDuration'
    ? text(reader.locale, 'assignment.until', { end: moment, duration: daysOr(reader.locale, expiration.minutes) })
    : moment;
}

const day = 24 * 60;

function daysOr(locale: Locale, minutes: number): string {
  return minutes > day && minutes % day === 0 ? text(locale, 'duration.days', { count: String(minutes / day) }) : duration(locale, minutes);
}

/** What PIM says to an administrator is not always what it says to whoever activates a role. */
const ownWords = ['notPermitted', 'alreadyActive', 'alreadyRequested', 'notActive', 'notFound'] as const satisfies readonly PimErrorCode[];

/** `consentUrl` as in `problemWords`. */
export function assignmentProblemWords(locale: Locale, problem: Problem, consentUrl: string | null = null): ProblemWords {
  const words = problemWords(locale, problem, consentUrl);
  const own = ownWords.find((code) => code === problem.code);
  if (own !== undefined) {
    const key = `assignment.problem.${own}` as const;
    return { ...words, what: text(locale, `${key}.what`), why: [{ text: text(locale, `${key}.why`) }], next: [{ text: text(locale, `${key}.next`) }] };
  }
  return problem.rules.includes('MfaRule') ? { ...words, next: [{ text: text(locale, 'assignment.problem.MfaRule.next') }] } : words;
}

export function failedHeadline(locale: Locale, action: AssignmentAction): string {
  return text(locale, `assignment.failed.${action}`);
}
