import type { ActiveAssignment } from '../pim/model.ts';
import { shortMoment } from './moment.ts';
import { roleInWords, scopeInWords } from './role-words.ts';
import { text } from './texts.ts';
import type { Locale, Reader } from './texts.ts';

/** One entry of a list: a name, a line beneath it, and a short word on the right (may be empty). */
export interface ListRow {
  readonly name: string;
  readonly detail: string;
  readonly aside: string;
}

/** A role that is held now, with its end; one that an administrator assigned is told from an activation. */
export function activeRow(reader: Reader, { role, scope, how, until }: ActiveAssignment, now: Date): ListRow {
  const { locale } = reader;
  const assigned = how === 'assigned' ? [text(locale, 'roles.assigned')] : [];
  return {
    name: roleInWords(locale, role),
    detail: [scopeInWords(locale, scope), ...assigned].join(' · '),
    aside:
      until === null ? text(locale, 'roles.activeNoEnd') : text(locale, 'roles.activeUntil', { end: shortMoment(reader, until, now) }),
  };
}

export function moreText(locale: Locale, count: number): string {
  return text(locale, 'list.more', { count: String(Math.max(0, count)) });
}
