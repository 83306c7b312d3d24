import { roleAtScope } from './role-words.ts';
import type { ShownActivation } from './shown.ts';
import { statusHeadline } from './status-words.ts';
import { text } from './texts.ts';
import type { Reader } from './texts.ts';

/** One line for the requester, to be sent as plain text: a card that changes makes no sound. */
export function requesterNews(reader: Reader, { now, activation }: { readonly now: Date; readonly activation: ShownActivation }): string {
  return text(reader.locale, 'news.line', {
    role: roleAtScope(reader.locale, activation),
    headline: statusHeadline(reader, activation, now),
  });
}
