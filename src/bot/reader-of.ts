import { localeOf, type Reader } from '../cards/texts.ts';
import type { RememberedConversation } from '../store/conversation-references.ts';

/** In which language and time zone somebody reads, as their last message said. */
export function readerOf({ locale, timeZone }: RememberedConversation): Reader {
  return { locale: localeOf(locale ?? undefined), timeZone: timeZone ?? 'UTC' };
}
