import type { EarlierActivation, RequestBackground } from '../pim/request-background.ts';
import { sameScope } from '../pim/scope.ts';
import type { Gap } from '../pim/model.ts';
import { fact } from './activation-facts.ts';
import type { Fact } from './activation-facts.ts';
import { moreText } from './list-rows.ts';
import { duration, moment, shortMoment } from './moment.ts';
import { oneLine } from './plain-text.ts';
import { roleAtScope, scopeInWords } from './role-words.ts';
import type { ShownActivation } from './shown.ts';
import { text } from './texts.ts';
import type { Locale, Reader } from './texts.ts';

/** What helps an approver to decide, beside the request itself. */
export interface ShownBackground {
  /** `null`: not gathered. */
  readonly background: RequestBackground | null;
  /** Names of the other people who were asked; `null`: that is not settled. */
  readonly othersAsked: readonly string[] | null;
}

/** https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-resource-roles-approval-workflow: approvers have a day, whatever the settings. */
const timeToDecideMs = 24 * 3_600_000;
const mostNames = 5;

export function backgroundFacts(reader: Reader, activation: ShownActivation, { background, othersAsked }: ShownBackground, now: Date): readonly Fact[] {
  const { locale } = reader;
  const { submittedAt } = activation;
  return [
    ...(submittedAt === null ? [] : [fact(locale, 'fact.decideBy', moment(reader, new Date(submittedAt.getTime() + timeToDecideMs), now))]),
    ...(othersAsked === null ? [] : [fact(locale, 'fact.alsoAsked', namesInWords(locale, othersAsked))]),
    ...(background === null ? [] : [
      fact(locale, 'fact.earlier', earlierInWords(reader, activation, background.earlier, now)),
      fact(locale, 'fact.alsoHolds', heldInWords(locale, background)),
      // The card may come hours later: a reminder, or where others are asked, too.
      fact(locale, 'fact.backgroundAsOf', shortMoment(reader, new Date(background.readAt), now)),
    ]),
  ];
}

function namesInWords(locale: Locale, names: readonly string[]): string {
  if (names.length === 0) return text(locale, 'background.nobodyElse');
  const shown = names.slice(0, mostNames).map((name) => oneLine(name));
  return [...shown, ...more(locale, names.length - shown.length)].join(text(locale, 'list.comma'));
}

function more(locale: Locale, count: number): readonly string[] {
  return count > 0 ? [moreText(locale, count)] : [];
}

function earlierInWords(reader: Reader, { scope }: ShownActivation, earlier: readonly EarlierActivation[], now: Date): string {
  const { locale } = reader;
  if (earlier.length === 0) return text(locale, 'background.noneEarlier');
  return earlier.map((activation) => {
    const outcome = text(locale, `background.outcome.${activation.outcome}`);
    const facts = [
      shortMoment(reader, new Date(activation.askedAt), now),
      ...(activation.minutes === null ? [] : [duration(locale, activation.minutes)]),
      ...(sameScope(activation.scope.id, scope.id) ? [] : [scopeInWords(locale, activation.scope)]),
    ].join(text(locale, 'list.comma'));
    return text(locale, 'background.earlier', { facts, outcome });
  }).join('\n');
}

function heldInWords(locale: Locale, { held, heldBeside, gaps }: RequestBackground): string {
  const lines = [...held.map((right) => roleAtScope(locale, right)), ...more(locale, heldBeside), ...gapsInWords(locale, gaps)];
  return lines.length === 0 ? text(locale, 'background.holdsNothing') : lines.join('\n');
}

/** Each kind of role once: what could not be read at all weighs more than what may be incomplete. */
function gapsInWords(locale: Locale, gaps: readonly Gap[]): readonly string[] {
  return [...Map.groupBy(gaps, ({ kind }) => kind)].map(([kind, ofKind]) => {
    const isUnread = ofKind.some(({ why }) => why !== 'tooManyScopes');
    return text(locale, isUnread ? 'background.unread' : 'background.incomplete', { kind: text(locale, `kind.${kind}`) });
  });
}
