import { Duration } from 'luxon';
import type { RoleWords } from './command.ts';

export interface ActivationWords extends RoleWords {
  /** Whole minutes; `null` when no duration was typed. */
  readonly minutes: number | null;
  readonly justification: string;
}

/**
 * `Contributor on rg-app for 2h because the deployment hangs` and its Japanese forms
 * (`Contributor rg-app 2時間 理由 デプロイ失敗`). Every part may be missing.
 */
export function parseActivation(text: string): ActivationWords {
  const [request, justification] = splitOnce(text, /(?:^|\s)(?:because(?:\s+of\b)?|reason:?|理由[は:]?)\s*/i);
  const { rest, minutes } = takeDuration(request);
  return { ...parseRoleWords(rest), minutes, justification: justification.trim() };
}

/** `Contributor on rg-app`, `Contributor @ rg-app`, `rg-app の Contributor`, `member of Ops leads`. */
export function parseRoleWords(text: string): RoleWords {
  const ofGroup = parseGroupRole(text);
  if (ofGroup !== null) return ofGroup;
  const japanese = /^(.+?)\s*の\s*(.+)$/.exec(text);
  if (japanese !== null) return { role: (japanese[2] ?? '').trim(), scope: (japanese[1] ?? '').trim() };
  const [role, scope] = splitOnce(text, /\s+(?:on|at|in|@)\s+/i);
  return { role: role.trim(), scope: scope.trim() };
}

const memberOf = /^(member|owner)(?:ship)?\s+of\s+(?:the\s+)?(?:group\s+)?(.+)$/iu;
const memberOfJapanese = /^(.+?)\s*の\s*(メンバー|所有者)$/u;

/** `member of Ops leads`, `Ops leads の メンバー`. Only these two words are followed by "of": it may be part of a role's name. */
export function parseGroupRole(text: string): RoleWords | null {
  const [, role, group] = memberOf.exec(text.trim()) ?? [];
  if (role !== undefined && group !== undefined) return { role: role.toLowerCase(), scope: group };
  const [, japaneseGroup, japanese] = memberOfJapanese.exec(text.trim()) ?? [];
  return japaneseGroup === undefined ? null : { role: japanese === 'メンバー' ? 'member' : 'owner', scope: japaneseGroup };
}

const amount = String.raw`(\d+(?:[.,]\d+)?)\s*`;
const hours = new RegExp(String.raw`(?:^|\s)(?:for\s+)?${amount}(?:hours?|hrs?|h|時間)(?:\s*(\d+)\s*(?:minutes?|mins?|m|分)?)?(?=\s|$)`, 'i');
const minutesOnly = new RegExp(String.raw`(?:^|\s)(?:for\s+)?${amount}(?:minutes?|mins?|m|分)(?:間)?(?=\s|$)`, 'i');
const iso = /(?:^|\s)(?:for\s+)?(P(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?)?)(?=\s|$)/i;

function takeDuration(text: string): { rest: string; minutes: number | null } {
  for (const [pattern, toMinutes] of readings) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const minutes = Math.round(toMinutes(match));
    if (minutes > 0) return { rest: text.replace(match[0], ' ').trim(), minutes };
  }
  return { rest: text, minutes: null };
}

const readings: readonly (readonly [RegExp, (match: RegExpExecArray) => number])[] = [
  [iso, (match) => Duration.fromISO((match[1] ?? '').toUpperCase()).as('minutes')],
  [hours, (match) => decimal(match[1]) * 60 + Number(match[2] ?? 0)],
  [minutesOnly, (match) => decimal(match[1])],
];

function decimal(text: string | undefined): number {
  return Number((text ?? '0').replace(',', '.'));
}

function splitOnce(text: string, separator: RegExp): readonly [string, string] {
  const match = separator.exec(text);
  return match === null ? [text, ''] : [text.slice(0, match.index), text.slice(match.index + match[0].length)];
}
