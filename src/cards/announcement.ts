import type { ActivationState } from '../pim/activation-status.ts';
import type { Role, Scope } from '../pim/model.ts';
import { moment } from './moment.ts';
import { oneLine } from './plain-text.ts';
import { roleInWords, scopeInWords } from './role-words.ts';
import { text } from './texts.ts';
import type { Reader } from './texts.ts';

export interface AnnouncedActivation {
  readonly person: { readonly name: string };
  readonly role: Role;
  readonly scope: Scope;
  readonly state: ActivationState;
  readonly endAt: Date | null;
  readonly justification: string;
}

const longestWhy = 300;

/** One line for an administrator, to be sent as plain text. What is told late says that it is over. */
export function announcement(reader: Reader, { person, role, scope, state, endAt, justification }: AnnouncedActivation, now: Date): string {
  const { locale } = reader;
  const words = {
    person: oneLine(person.name),
    role: roleInWords(locale, role),
    scope: scopeInWords(locale, scope),
    why: justification.trim() === '' ? text(locale, 'fact.whyNone') : oneLine(justification, longestWhy),
  };
  if (state === 'deactivated') return text(locale, 'announcementEndedEarly', words);
  if (endAt !== null && endAt <= now) return text(locale, 'announcementOver', { ...words, end: moment(reader, endAt, now) });
  return endAt === null ? text(locale, 'announcementNoEnd', words) : text(locale, 'announcement', { ...words, end: moment(reader, endAt, now) });
}
