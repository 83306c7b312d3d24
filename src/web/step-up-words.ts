import { fact, ticketFacts, whyFact, type Fact } from '../cards/activation-facts.ts';
import { duration, exactMoment } from '../cards/moment.ts';
import { portalPages } from '../cards/open-url.ts';
import { oneLine, plainText } from '../cards/plain-text.ts';
import { roleInWords, scopeInWords } from '../cards/role-words.ts';
import { text, type Locale } from '../cards/texts.ts';
import { kindOf } from '../pim/scope.ts';
import type { Activation } from '../store/activations.ts';
import type { StepUpRecord } from '../store/step-ups.ts';
import type { PageContent } from './page-frame.ts';
import type { Outcome } from './step-up-parts.ts';

const intros = { activate: 'page.stepUp.intro', approve: 'page.stepUp.introApprove', deny: 'page.stepUp.introDeny' } as const;

/** What is about to be done, before anything is. */
export function confirmContent(locale: Locale, record: StepUpRecord, activation: Activation): PageContent {
  const { person, role, scope } = activation;
  return {
    title: text(locale, 'page.stepUp.title'),
    body: text(locale, intros[record.action], { person: oneLine(person.name), role: roleInWords(locale, role), scope: scopeInWords(locale, scope) }),
    facts: factsOf(locale, record, activation),
    form: { action: pathOf(record), button: text(locale, 'page.stepUp.button') },
    links: [portalLink(locale, portalPages[record.action === 'activate' ? 'activate' : 'approve'][kindOf(scope)])],
  };
}

export type ResultKey = Exclude<Outcome, 'tooLate'> | 'expired' | 'over' | 'otherPerson' | 'notStrong' | 'denied' | 'notFound' | 'error';

/** Where the person can begin again from the same link. */
const again: ReadonlySet<ResultKey> = new Set(['otherPerson', 'notStrong', 'denied']);

export function resultContent(locale: Locale, key: ResultKey, record: StepUpRecord | null = null): PageContent {
  const tryAgain = record !== null && again.has(key) ? [{ url: pathOf(record), text: text(locale, 'action.tryAgain') }] : [];
  const portal = record !== null && key === 'notStrong' ? [portalLink(locale, portalPages.start)] : [];
  return {
    title: text(locale, `page.${key}.title`),
    body: text(locale, `page.${key}.body`),
    links: [...tryAgain, ...portal],
    close: text(locale, 'page.back'),
  };
}

function factsOf(locale: Locale, { action, reason }: StepUpRecord, activation: Activation): readonly Fact[] {
  const { person, role, scope, requestedStart, minutes, justification, ticket } = activation;
  const written = plainText(reason);
  return [
    ...(action === 'activate' ? [] : [fact(locale, 'fact.requester', oneLine(person.name))]),
    fact(locale, 'choice.role', roleInWords(locale, role)),
    fact(locale, 'page.scope', scopeInWords(locale, scope)),
    fact(locale, 'fact.scopeId', oneLine(scope.id, longestId)),
    fact(locale, 'fact.duration', minutes === null ? text(locale, 'fact.durationNone') : duration(locale, minutes)),
    ...(requestedStart === null ? [] : [fact(locale, 'fact.plannedStart', exactMoment({ locale, timeZone: 'UTC' }, requestedStart))]),
    whyFact(locale, justification),
    ...ticketFacts(locale, ticket),
    ...(written === '' ? [] : [fact(locale, 'request.reason', written)]),
  ];
}

const longestId = 500;

function portalLink(locale: Locale, url: string): { url: string; text: string } {
  return { url, text: text(locale, 'page.stepUp.portal') };
}

function pathOf({ id }: StepUpRecord): string {
  return `/step-up/${id}`;
}
