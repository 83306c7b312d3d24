import type { ActivationRequest } from '../pim/model.ts';
import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardFrame } from './adaptive-card.ts';
import { largestFitting } from './card-size.ts';
import { choiceField } from './choices.ts';
import type { ChoiceField } from './choices.ts';
import { frame } from './frame.ts';
import { withGaps } from './gaps.ts';
import type { ListGaps } from './gaps.ts';
import { moreText } from './list-rows.ts';
import { shortMoment } from './moment.ts';
import { oneLine } from './plain-text.ts';
import { roleInWords, scopeInWords } from './role-words.ts';
import template from './templates/approvals.json' with { type: 'json' };
import { pieces, text } from './texts.ts';
import type { Reader, TextPiece } from './texts.ts';
import { verbAction } from './verbs.ts';

export interface WaitingApprovals extends ListGaps {
  readonly now: Date;
  readonly waiting: readonly ActivationRequest[];
}

interface ApprovalsData extends CardFrame {
  readonly title: string;
  readonly isEmpty: boolean;
  readonly emptyText: string;
  readonly rows: readonly { readonly asks: readonly TextPiece[]; readonly detail: string; readonly aside: string }[];
  readonly hasMore: boolean;
  readonly more: string;
  readonly canChoose: boolean;
  readonly label: string;
  readonly placeholder: string;
  readonly missing: string;
  readonly field: ChoiceField;
  readonly timeZone: string;
}

const mostRows = 10;
const mostChoices = 100;

const fill: (data: ApprovalsData) => AdaptiveCard = cardTemplate(template);

/** What waits for a person's decision, oldest first. */
export function approvalsCard(reader: Reader, approvals: WaitingApprovals): AdaptiveCard {
  const waiting = approvals.waiting.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  return largestFitting(Math.min(waiting.length, mostChoices), (count) => build(reader, { ...approvals, waiting }, count));
}

function build(reader: Reader, approvals: WaitingApprovals, count: number): AdaptiveCard {
  const { locale } = reader;
  const { now, waiting, gaps } = approvals;
  const isEmpty = waiting.length === 0;
  const rows = waiting.slice(0, Math.min(count, mostRows));
  return withGaps(reader, fill({
    ...frame(reader, 'approvals.summary', [
      isEmpty
        ? verbAction({ verb: 'roles.show' }, text(locale, 'action.showRoles'))
        : verbAction({ verb: 'approval.open' }, text(locale, 'action.openRequest'), 'positive'),
    ]),
    title: isEmpty ? text(locale, gaps.length > 0 ? 'gap.noneWaiting' : 'approvals.none') : text(locale, 'approvals.title', { count: String(waiting.length) }),
    isEmpty,
    emptyText: text(locale, gaps.length > 0 ? 'gap.seeBelow' : 'approvals.noneText'),
    rows: rows.map((request) => row(reader, request, now)),
    hasMore: rows.length < waiting.length,
    more: moreText(locale, waiting.length - rows.length),
    canChoose: count > 0,
    label: text(locale, 'choice.request'),
    placeholder: text(locale, 'choice.requestPlaceholder'),
    missing: text(locale, 'choice.requestMissing'),
    field: choiceField(waiting.slice(0, count).map((request) => ({ title: choiceTitle(reader, request), value: request.id }))),
    timeZone: text(locale, 'roles.timeZone', { zone: reader.timeZone }),
  }), approvals);
}

function row(reader: Reader, { requester, role, scope, createdAt }: ActivationRequest, now: Date): ApprovalsData['rows'][number] {
  const { locale } = reader;
  return {
    asks: pieces(locale, 'approvals.row', { person: oneLine(requester.name), role: roleInWords(locale, role) }),
    detail: scopeInWords(locale, scope),
    aside: text(locale, 'approvals.since', { time: shortMoment(reader, createdAt, now) }),
  };
}

function choiceTitle({ locale }: Reader, { requester, role, scope }: ActivationRequest): string {
  return [oneLine(requester.name), roleInWords(locale, role), scopeInWords(locale, scope)].join(' · ');
}
