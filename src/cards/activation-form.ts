import { longestJustification, longestTicketField } from '../pim/check-activation.ts';
import type { Reason } from '../pim/check-activation.ts';
import { approvalsNeeded, ticketForms, type BoundSettings } from '../pim/own-settings.ts';
import type { Approver, Role, RoleSettings, Scope } from '../pim/model.ts';
import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardFrame } from './adaptive-card.ts';
import { durationField } from './duration-choices.ts';
import type { DurationField } from './duration-choices.ts';
import { frame } from './frame.ts';
import { largestFitting } from './card-size.ts';
import { day, duration } from './moment.ts';
import { cleaned, oneLine } from './plain-text.ts';
import { reasonText } from './reason-words.ts';
import { roleInWords, scopeInWords } from './role-words.ts';
import template from './templates/activation-form.json' with { type: 'json' };
import { anyOf, pieces, text } from './texts.ts';
import type { Locale, Reader, TextPiece } from './texts.ts';
import { verbAction } from './verbs.ts';
import { mostScopesOffered, whereField } from './where-field.ts';
import type { ScopesOffered, WhereField } from './where-field.ts';

export interface ActivationForm {
  readonly requestId: string;
  readonly version: number;
  readonly role: Role;
  readonly scope: Scope;
  /** The scope that is asked for where none is chosen. */
  readonly storedScope: Scope;
  /** `null`: they could not be read, so every field is shown and PIM judges. */
  readonly settings: RoleSettings | null;
  /** What our own settings ask for beyond them. */
  readonly own?: OwnDemands | null;
  readonly entered: EnteredActivation;
  /** Why the last attempt was refused. */
  readonly reasons: readonly Reason[];
  readonly eligibleUntil: Date | null;
  /** `null`: the role is to be had at this one scope only. */
  readonly where: ScopesOffered | null;
  /** The scope lies below the eligibility's, so that the settings of both count. */
  readonly isBelow: boolean;
}

export type OwnDemands = Pick<BoundSettings, 'pimUnread' | 'heldBy' | 'requirements' | 'ticketLists'>;

/** What the person has filled in or typed so far. */
export interface EnteredActivation {
  /** `2026-11-23` and `09:00`, where the person is; both empty: at once. */
  readonly startDate?: string | undefined;
  readonly startTime?: string | undefined;
  readonly minutes?: number | undefined;
  readonly justification?: string | undefined;
  readonly ticketNumber?: string | undefined;
  readonly ticketSystem?: string | undefined;
}

interface FormData extends CardFrame {
  readonly title: string;
  readonly role: string;
  readonly scope: string;
  readonly hasEligibleUntil: boolean;
  readonly eligibleUntil: string;
  readonly isRefused: boolean;
  readonly refusedTitle: string;
  readonly reasons: readonly { readonly text: string }[];
  readonly where: WhereField;
  readonly startDate: TimeField;
  readonly startTime: TimeField;
  readonly startHint: string;
  readonly durationLabel: string;
  readonly durationMissing: string;
  readonly durations: DurationField;
  readonly hasMaximum: boolean;
  readonly maximum: string;
  readonly justification: TextField;
  readonly asksForTicket: boolean;
  readonly ticketNumber: TextField;
  readonly ticketSystem: TextField;
  readonly approvalTone: 'accent' | 'good' | 'warning';
  readonly approvalTitle: string;
  readonly approvalText: readonly TextPiece[];
  readonly notes: readonly { readonly text: string }[];
}

interface TimeField {
  readonly label: string;
  readonly wrong: string;
  readonly value: string;
}

interface TextField {
  readonly label: string;
  readonly placeholder: string;
  readonly missing: string;
  readonly isRequired: boolean;
  readonly longest: number;
  readonly value: string;
}

/** A text that is too long comes back whole as far as this, so that its writer can shorten it. */
const longestKept = 4000;

const fill: (data: FormData) => AdaptiveCard = cardTemplate(template);

/** The form for one role: only the fields that its settings ask for, with what was entered before. */
export function activationFormCard(reader: Reader, form: ActivationForm): AdaptiveCard {
  return largestFitting(mostScopesOffered, (scopes) => build(reader, form, scopes));
}

function build(reader: Reader, form: ActivationForm, scopes: number): AdaptiveCard {
  const { locale } = reader;
  const { requestId, version, settings, eligibleUntil } = form;
  return fill({
    ...frame(reader, 'form.summary', [
      verbAction({ verb: 'activation.submit', requestId, version }, text(locale, 'action.activate'), 'positive'),
      verbAction({ verb: 'activation.validate', requestId, version }, text(locale, 'action.validate')),
      verbAction({ verb: 'roles.show' }, text(locale, 'action.showRoles')),
    ]),
    title: text(locale, 'form.title'),
    role: roleInWords(locale, form.role),
    scope: scopeInWords(locale, form.scope),
    hasEligibleUntil: eligibleUntil !== null,
    eligibleUntil: eligibleUntil === null ? '' : text(locale, 'form.eligibleUntil', { date: day(reader, eligibleUntil) }),
    isRefused: form.reasons.length > 0,
    refusedTitle: text(locale, 'form.refused'),
    reasons: form.reasons.map((reason) => ({ text: reasonText(reader, reason) })),
    where: whereField(locale, form, scopes),
    startDate: timeField(locale, 'startDate', form.entered),
    startTime: timeField(locale, 'startTime', form.entered),
    startHint: text(locale, 'form.startHint', { zone: reader.timeZone }),
    durationLabel: text(locale, 'form.duration'),
    durationMissing: text(locale, 'form.durationMissing'),
    durations: durationField(locale, settings, form.entered.minutes),
    hasMaximum: settings !== null,
    maximum: settings === null ? '' : text(locale, 'form.durationHint', { maximum: duration(locale, settings.maximumMinutes) }),
    ...textFields(locale, form),
    ...approvalNote(locale, settings, form.own ?? null),
    notes: notes(locale, form),
  });
}

/** What is no date or time is not put into its field, which would not show it. */
function timeField(locale: Locale, field: 'startDate' | 'startTime', entered: EnteredActivation): TimeField {
  const value = entered[field] ?? '';
  const isShown = field === 'startDate' ? /^\d{4}-\d{2}-\d{2}$/u.test(value) : /^\d{2}:\d{2}$/u.test(value);
  return { label: text(locale, `form.${field}`), wrong: text(locale, `form.${field}Wrong`), value: isShown ? value : '' };
}

function textFields(locale: Locale, { settings, own, entered }: ActivationForm): Pick<FormData, 'justification' | 'asksForTicket' | 'ticketNumber' | 'ticketSystem'> {
  const ticketRequired = settings?.ticketRequired ?? false;
  return {
    justification: {
      ...fieldTexts(locale, 'justification'),
      isRequired: settings?.justificationRequired ?? false,
      longest: longestJustification,
      value: cleaned(entered.justification ?? '', longestKept),
    },
    asksForTicket: settings === null || own?.pimUnread === true || ticketRequired,
    ticketNumber: {
      ...fieldTexts(locale, 'ticketNumber'),
      ...ticketHint(own),
      isRequired: ticketRequired,
      longest: longestTicketField,
      value: cleaned(entered.ticketNumber ?? '', longestKept / 10),
    },
    ticketSystem: {
      ...fieldTexts(locale, 'ticketSystem'),
      isRequired: ticketRequired,
      longest: longestTicketField,
      value: cleaned(entered.ticketSystem ?? '', longestKept / 10),
    },
  };
}

function ticketHint(own: OwnDemands | null | undefined): Partial<Pick<TextField, 'placeholder'>> {
  const forms = ticketForms(own?.ticketLists ?? []);
  return forms === '' ? {} : { placeholder: oneLine(forms) };
}

function fieldTexts(locale: Locale, field: 'justification' | 'ticketNumber' | 'ticketSystem'): Pick<TextField, 'label' | 'placeholder' | 'missing'> {
  return {
    label: text(locale, `form.${field}`),
    placeholder: text(locale, `form.${field}Placeholder`),
    missing: text(locale, `form.${field}Missing`),
  };
}

function approvalNote(locale: Locale, settings: RoleSettings | null, own: OwnDemands | null): Pick<FormData, 'approvalTone' | 'approvalTitle' | 'approvalText'> {
  if (settings === null) {
    return {
      approvalTone: 'warning',
      approvalTitle: text(locale, 'form.unknownApproval'),
      approvalText: pieces(locale, 'form.unknownApprovalText', {}),
    };
  }
  if (!settings.approvalRequired) {
    return {
      approvalTone: 'good',
      approvalTitle: text(locale, 'form.noApproval'),
      approvalText: pieces(locale, 'form.noApprovalText', {}),
    };
  }
  if (own?.heldBy === 'bot') return { approvalTone: 'accent', approvalTitle: text(locale, 'form.approval'), approvalText: pieces(locale, 'form.approvalByUs', {}) };
  return {
    approvalTone: 'accent',
    approvalTitle: text(locale, 'form.approval'),
    approvalText:
      settings.approvers.length === 0
        ? pieces(locale, 'form.approvalByNobody', {})
        : pieces(locale, 'form.approvalBy', { approvers: approverNames(locale, settings.approvers) }),
  };
}

const mostApprovers = 8;

function approverNames(locale: Locale, approvers: readonly Approver[]): string {
  const names = approvers
    .slice(0, mostApprovers)
    .map(({ kind, name }) => (kind === 'group' ? text(locale, 'form.group', { name: oneLine(name) }) : oneLine(name)));
  const others = approvers.length - names.length;
  return anyOf(locale, others > 0 ? [...names, text(locale, 'list.more', { count: String(others) })] : names);
}

function notes(locale: Locale, { settings, own, isBelow }: ActivationForm): FormData['notes'] {
  if (settings === null) return [];
  const needed = approvalsNeeded(own?.requirements ?? []);
  return [
    ...(needed > 1 ? [{ text: text(locale, 'form.approvalsNeeded', { count: String(needed) }) }] : []),
    ...(isBelow ? [{ text: text(locale, 'form.stricter') }] : []),
    ...(settings.mfaRequired ? [{ text: text(locale, 'form.mfa') }] : []),
    ...(settings.authenticationContext === null ? [] : [{ text: text(locale, 'form.authenticationContext') }]),
    ...(settings.notifiesAdministrators ? [{ text: text(locale, 'form.notifies') }] : []),
  ];
}
