import type { AdaptiveCard } from './adaptive-card.ts';
import { withBanner } from './banner.ts';
import { moment } from './moment.ts';
import { oneLine } from './plain-text.ts';
import { roleAtScope } from './role-words.ts';
import type { ShownActivation } from './shown.ts';
import { tones } from './status-words.ts';
import { text } from './texts.ts';
import type { Reader } from './texts.ts';

export interface Waiting {
  readonly now: Date;
  readonly activation: ShownActivation;
}

/** An approver's card, once more. */
export function withReminder(reader: Reader, card: AdaptiveCard, { now, activation }: Waiting): AdaptiveCard {
  const { locale } = reader;
  const since = activation.submittedAt ?? now;
  const sentence = text(locale, 'reminder.text', { person: oneLine(activation.personName), time: moment(reader, since, now) });
  return withBanner(card, { tone: tones.warning, what: text(locale, 'reminder.headline'), sentences: [{ text: sentence }], actions: [] });
}

/** One line for somebody who cannot decide, and may know who can. `approvers`: who was asked. */
export function escalationNews(reader: Reader, { now, activation }: Waiting, approvers: readonly string[]): string {
  return text(reader.locale, 'escalation.line', {
    person: oneLine(activation.personName),
    role: roleAtScope(reader.locale, activation),
    time: moment(reader, activation.submittedAt ?? now, now),
    approvers: approvers.map((name) => oneLine(name)).join(', '),
  });
}
