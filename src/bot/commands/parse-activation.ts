import type { RoleWords } from './command.ts';
import { takeMinutes } from './parse-period.ts';
import { takeStart } from './parse-start.ts';

export interface ActivationWords extends RoleWords {
  /** Whole minutes; `null` when no duration was typed. */
  readonly minutes: number | null;
  /** The words of a later start; empty: at once. They are read where the time zone is known. */
  readonly starts: string;
  readonly justification: string;
}

/**
 * `Contributor on rg-app for 2h from tomorrow 9:00 because the deployment hangs` and its Japanese forms
 * (`明日の9:00から rg-app の Contributor を 2時間 理由 デプロイ失敗`). Every part may be missing.
 */
export function parseActivation(text: string): ActivationWords {
  const [request, justification] = splitOnce(text, /(?:^|\s)(?:because(?:\s+of\b)?|reason:?|理由[は:]?)\s*/i);
  const { rest: withMinutes, starts } = takeStart(request);
  const { rest, minutes } = takeMinutes(withMinutes.replace(/\s*を(?=[\s\d]|$)\s*/u, ' '));
  return { ...parseRoleWords(rest), minutes, starts, justification: justification.trim() };
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

function splitOnce(text: string, separator: RegExp): readonly [string, string] {
  const match = separator.exec(text);
  return match === null ? [text, ''] : [text.slice(0, match.index), text.slice(match.index + match[0].length)];
}
