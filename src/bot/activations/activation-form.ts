import { activationFormCard, type ActivationForm, type EnteredActivation } from '../../cards/activation-form.ts';
import { noticeCard } from '../../cards/notice.ts';
import type { Verb } from '../../cards/verbs.ts';
import type { ScopesOffered } from '../../cards/where-field.ts';
import { checkActivation, type Reason } from '../../pim/check-activation.ts';
import { PimError, type PimErrorCode } from '../../pim/errors.ts';
import { governingScopes, isBelowEligibility } from '../../pim/governing-settings.ts';
import type { EligibleAssignment, Scope, Ticket } from '../../pim/model.ts';
import type { PimUser } from '../../pim/pim.ts';
import { sameScope } from '../../pim/scope.ts';
import { findActivation, saveDraft, type Activation } from '../../store/activations.ts';
import type { BotParts } from '../parts.ts';
import { refusedOn } from '../problem.ts';
import { filledStart, startReasons } from './planned-start.ts';
import type { BoundSettings } from '../../pim/own-settings.ts';
import { readSettings } from './read-settings.ts';
import type { Reply } from '../reply.ts';
import { findScopeOffered, mayHaveScopesBelow, scopesOffered } from './scopes-below.ts';
import { showStatus } from './show-activation.ts';
import type { Turn } from '../turn.ts';

/** Either button of the form. */
export type FormAction = Extract<Verb, { verb: 'activation.submit' | 'activation.validate' }>;

export interface ChosenRole {
  readonly eligible: EligibleAssignment;
  /** The eligibility's own, or one below it, as PIM names it. */
  readonly scope: Scope;
  readonly entered: EnteredActivation;
}

/** The request's GUID is minted with the form: whatever happens later, it names this one request. */
export async function showNewForm(parts: BotParts, turn: Turn, pim: PimUser, { eligible, scope, entered }: ChosenRole): Promise<Reply> {
  const { role, eligibilityScheduleId, until } = eligible;
  const [settings, where] = await Promise.all([
    readSettings(parts, pim, { role, scope, eligibilityScheduleId }),
    scopesOffered(pim, eligible.scope),
  ]);
  const draft = await saveDraft(parts.store.db, {
    requestId: crypto.randomUUID(), person: turn.actor, role, scope, eligibilityScheduleId, eligibleUntil: until, settings, createdAt: parts.clock.now(),
  });
  const reasons = startReasons(entered, { now: draft.createdAt, timeZone: turn.reader.timeZone });
  return showForm(turn, draft, { target: await targetAt(parts, draft, draft), entered, reasons, where });
}

/** Where the role is wanted, and what it asks for there. */
interface FormTarget extends Pick<Activation, 'scope' | 'settings'> {
  /** What counts: PIM's settings and ours. */
  readonly bound: BoundSettings | null;
}

type FormState = Pick<ActivationForm, 'entered' | 'reasons' | 'where'> & { readonly target: FormTarget };

function showForm(turn: Turn, draft: Activation, { target, ...form }: FormState): Reply {
  const { requestId, version, role, scope: storedScope, eligibilityScheduleId, eligibleUntil } = draft;
  const { scope, bound } = target;
  const isBelow = isBelowEligibility({ scope, eligibilityScheduleId });
  return {
    card: activationFormCard(turn.reader, { requestId, version, role, scope, storedScope, settings: bound, own: bound, isBelow, eligibleUntil, ...form }),
    shows: { requestId, version, kind: 'requester' },
  };
}

/** The person's own form that has not been sent; else what to show instead. */
export async function findOpenForm(parts: BotParts, turn: Turn, action: FormAction): Promise<Activation | Reply> {
  const draft = await findActivation(parts.store.db, action.requestId);
  if (draft === null) return { card: noticeCard(turn.reader, { key: 'outOfDate' }) };
  if (draft.person.id !== turn.actor.id) return { card: noticeCard(turn.reader, { key: 'notYourCard' }) };
  if (draft.state !== 'draft' || draft.version !== action.version) return showStatus(parts, turn, draft);
  return draft;
}

/** A form that can be sent as it is. */
export interface FilledForm {
  readonly draft: Activation;
  readonly target: FormTarget;
  readonly entered: EnteredValues;
  /** The same form once more, with all that was filled in. `failed`: why it was not sent; where PIM has just not answered, it is not asked for the form either. */
  again(failed?: unknown): Promise<Reply>;
}

/** What the form's fields come to; where something is wrong with them, the form says what. */
export async function fillIn(parts: BotParts, turn: Turn, draft: Activation, action: FormAction): Promise<FilledForm | Reply> {
  const again = async (target: FormTarget, reasons: readonly Reason[], failed?: unknown): Promise<Reply> =>
    showForm(turn, draft, { target, entered: formValues(action), reasons, where: await scopesAround(parts, turn, { draft, failed }) });
  try {
    const target = await findTarget(parts, turn, draft, action.scopeId ?? '');
    if (target === null) return await again(await targetAt(parts, draft, draft), [{ code: 'scopeNotOffered' }]);
    const times = { now: parts.clock.now(), eligibleUntil: draft.eligibleUntil };
    const start = filledStart(action, { now: times.now, timeZone: turn.reader.timeZone });
    const unread = start === null || start instanceof Date ? [] : [start];
    const entered = { ...enteredBy(action), start: start instanceof Date ? start : null };
    const checked = checkActivation(target.bound, entered, times);
    const reasons = checked.ok ? unread : [...unread, ...checked.reasons];
    return reasons.length === 0 ? { draft, target, entered, again: (failed) => again(target, [], failed) } : await again(target, reasons);
  } catch (error) {
    return refusedOn(parts, turn, await again(await targetAt(parts, draft, draft), [], error), error);
  }
}

/** Another scope than the form was made for is one that PIM names to this person, or none (promise 13). */
async function findTarget(parts: BotParts, turn: Turn, draft: Activation, scopeId: string): Promise<FormTarget | null> {
  if (scopeId === '' || sameScope(scopeId, draft.scope.id)) return targetAt(parts, draft, draft);
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const eligible = await findEligible(pim, draft);
  const scope = eligible === null ? null : await findScopeOffered(pim, eligible, scopeId);
  return scope === null ? null : targetAt(parts, draft, { scope, settings: await readSettings(parts, pim, { ...draft, scope }) });
}

async function targetAt({ ownLayer }: BotParts, { role }: Activation, { scope, settings }: Pick<Activation, 'scope' | 'settings'>): Promise<FormTarget> {
  return { scope, settings, bound: await ownLayer.bind(settings, { role, scope }) };
}

async function findEligible(pim: PimUser, draft: Activation): Promise<EligibleAssignment | null> {
  const { items } = await pim.listEligible();
  const ofSchedule = items.filter(({ eligibilityScheduleId }) => eligibilityScheduleId.toLowerCase() === draft.eligibilityScheduleId.toLowerCase());
  return ofSchedule.find((eligible) => !isBelowEligibility(eligible)) ?? ofSchedule[0] ?? null;
}

const noAnswer: ReadonlySet<PimErrorCode> = new Set(['unavailable', 'throttled', 'outcomeUnknown', 'badAnswer']);

/**
 * What a form that is shown again offers: PIM is asked anew, and a form without it is better than none. Where PIM has just
 * not answered, nobody waits for that once more.
 */
async function scopesAround(parts: BotParts, turn: Turn, { draft, failed }: { readonly draft: Activation; readonly failed: unknown }): Promise<ScopesOffered | null> {
  const whole = governingScopes(draft).at(-1) ?? draft.scope;
  if (!mayHaveScopesBelow(whole)) return null;
  if (failed instanceof PimError && noAnswer.has(failed.code)) return { whole, below: 'unread' };
  try {
    const pim = await parts.signIn.pimOf(turn.actor.id);
    const eligible = await findEligible(pim, draft);
    return eligible === null ? null : await scopesOffered(pim, eligible.scope);
  } catch (error) {
    if (error instanceof PimError) return { whole, below: 'unread' };
    throw error;
  }
}

interface EnteredValues {
  /** `null`: at once. */
  readonly start: Date | null;
  readonly minutes: number | null;
  readonly justification: string;
  readonly ticket: Ticket | null;
}

function enteredBy(action: FormAction): Omit<EnteredValues, 'start'> {
  const number = action.ticketNumber?.trim() ?? '';
  const system = action.ticketSystem?.trim() ?? '';
  return {
    minutes: action.minutes ?? null,
    justification: action.justification?.trim() ?? '',
    ticket: number === '' && system === '' ? null : { number, system },
  };
}

function formValues({ startDate, startTime, minutes, justification, ticketNumber, ticketSystem }: FormAction): EnteredActivation {
  return { startDate, startTime, minutes, justification, ticketNumber, ticketSystem };
}
