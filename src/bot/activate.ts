import { activationFormCard, type ActivationForm, type EnteredActivation } from '../cards/activation-form.ts';
import { chooseRoleCard } from '../cards/choose-role.ts';
import { noticeCard } from '../cards/notice.ts';
import type { Verb } from '../cards/verbs.ts';
import { checkActivation } from '../pim/check-activation.ts';
import { PimError } from '../pim/errors.ts';
import type { EligibleAssignment, RoleSettings, Ticket } from '../pim/model.ts';
import type { PimUser } from '../pim/pim.ts';
import type { StepUp } from '../pim/step-up.ts';
import { findActivation, saveDraft, type Activation } from '../store/activations.ts';
import type { Command } from './commands/command.ts';
import { matchRole } from './commands/match-role.ts';
import { beforePim } from './nothing-sent.ts';
import type { BotParts } from './parts.ts';
import { refusedOn } from './problem.ts';
import type { Reply } from './reply.ts';
import { recordAttempt, sendActivation } from './send-activation.ts';
import { eligibleIdOf, showStatus } from './show-activation.ts';
import { awaitStepUp, stepUpAgainst, stepUpBeforehand } from './step-up.ts';
import type { Turn } from './turn.ts';

type SubmitAction = Extract<Verb, { verb: 'activation.submit' }>;

/** `activate …`: what is known is prefilled, an ambiguous name offers the candidates, an unknown one the nearest. */
export async function startActivation(parts: BotParts, turn: Turn, command: Extract<Command, { name: 'activate' }>): Promise<Reply> {
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const eligible = await pim.listEligible();
  const asked = [command.role, command.scope].filter((words) => words !== '').join(' · ');
  if (asked === '' && eligible.length !== 1) return { card: chooseRoleCard(turn.reader, { asked, why: 'notNamed', candidates: eligible }) };
  const match = matchRole(eligible, command);
  switch (match.found) {
    case 'one': {
      const { minutes, justification } = command;
      return showForm(parts, turn, pim, { assignment: match.assignment, entered: { minutes: minutes ?? undefined, justification } });
    }
    case 'several': return { card: chooseRoleCard(turn.reader, { asked, why: asked === '' ? 'notNamed' : 'ambiguous', candidates: match.candidates }) };
    case 'none': return { card: chooseRoleCard(turn.reader, { asked, why: 'unknown', candidates: match.candidates }) };
  }
}

/** A role was picked on a card. The id comes from the card, so it is looked up among what PIM says the person may activate. */
export async function chooseRole(parts: BotParts, turn: Turn, eligibleId: string): Promise<Reply> {
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const eligible = await pim.listEligible();
  const assignment = eligible.find((candidate) => candidate.id === eligibleId || eligibleIdOf(candidate.eligibilityScheduleId) === eligibleId);
  if (assignment === undefined) return { card: noticeCard(turn.reader, { key: 'noLongerEligible' }) };
  return showForm(parts, turn, pim, { assignment, entered: {} });
}

/** The request's GUID is minted with the form: whatever happens later, it names this one request. */
async function showForm(
  parts: BotParts, turn: Turn, pim: PimUser, chosen: { assignment: EligibleAssignment; entered: EnteredActivation },
): Promise<Reply> {
  const { role, scope } = chosen.assignment;
  const settings = await readSettings(parts, pim, chosen.assignment);
  const draft = await saveDraft(parts.store.db, {
    requestId: crypto.randomUUID(),
    person: turn.actor,
    role,
    scope,
    eligibilityScheduleId: chosen.assignment.eligibilityScheduleId,
    settings,
    createdAt: parts.clock.now(),
  });
  return showDraft(turn, draft, { entered: chosen.entered, reasons: [], eligibleUntil: chosen.assignment.until });
}

type FormState = Pick<ActivationForm, 'entered' | 'reasons' | 'eligibleUntil'>;

function showDraft(turn: Turn, { requestId, version, role, scope, settings }: Activation, form: FormState): Reply {
  return {
    card: activationFormCard(turn.reader, { requestId, version, role, scope, settings, ...form }),
    shows: { requestId, version, kind: 'requester' },
  };
}

/** As the person; if PIM refuses them, as the bot; if it refuses both, `null`: the form shows every field and PIM judges. */
async function readSettings(parts: BotParts, pim: PimUser, { role, scope }: EligibleAssignment): Promise<RoleSettings | null> {
  for (const reader of [pim, parts.pimReader]) {
    try {
      return await reader.readRoleSettings(role, scope);
    } catch (error) {
      if (!(error instanceof PimError) || (error.code !== 'notPermitted' && error.code !== 'notFound')) throw error;
    }
  }
  return null;
}

/**
 * Activate was clicked. Role, scope and person come from the stored form, never from the card (promise 13).
 * The attempt is committed with its watch before PIM is asked; only the click that moves the draft sends it (promise 10).
 */
export async function submitActivation(parts: BotParts, turn: Turn, action: SubmitAction): Promise<Reply> {
  const draft = await findActivation(parts.store.db, action.requestId);
  if (draft === null) return { card: noticeCard(turn.reader, { key: 'outOfDate' }) };
  if (draft.person.id !== turn.actor.id) return { card: noticeCard(turn.reader, { key: 'notYourCard' }) };
  if (draft.state !== 'draft' || draft.version !== action.version) return showStatus(parts, turn, draft);

  const entered = enteredBy(action);
  const checked = checkActivation(draft.settings, entered);
  if (!checked.ok) return showDraft(turn, draft, { entered: formValues(action), reasons: checked.reasons, eligibleUntil: null });

  const way = stepUpBeforehand(parts, draft.settings) ?? await pimOrStepUp(parts, turn);
  // The form stays as it was filled in: nothing has been sent.
  if (way instanceof PimError) return refusedOn(parts, turn, showDraft(turn, draft, { entered: formValues(action), reasons: [], eligibleUntil: null }), way);
  const moved = await beforePim(() => 'kind' in way
    ? awaitStepUp(parts, draft, way, { ...entered, submittedAt: parts.clock.now() })
    : recordAttempt(parts, draft, { ...entered, submittedAt: parts.clock.now() }));
  if (moved === null) return showStatus(parts, turn, await findActivation(parts.store.db, draft.requestId) ?? draft);
  return showStatus(parts, turn, 'kind' in way ? moved : await sendActivation(parts, way, moved));
}

/** Conditional Access may ask for more than single sign-on as soon as a token is wanted. */
async function pimOrStepUp(parts: BotParts, turn: Turn): Promise<PimUser | StepUp | PimError> {
  try {
    return await parts.signIn.pimOf(turn.actor.id);
  } catch (error) {
    if (!(error instanceof PimError)) throw error;
    return stepUpAgainst(parts, error, null) ?? error;
  }
}

interface EnteredValues {
  readonly minutes: number | null;
  readonly justification: string;
  readonly ticket: Ticket | null;
}

function enteredBy(action: SubmitAction): EnteredValues {
  const number = action.ticketNumber?.trim() ?? '';
  const system = action.ticketSystem?.trim() ?? '';
  return {
    minutes: action.minutes ?? null,
    justification: action.justification?.trim() ?? '',
    ticket: number === '' && system === '' ? null : { number, system },
  };
}

function formValues({ minutes, justification, ticketNumber, ticketSystem }: SubmitAction): EnteredActivation {
  return { minutes, justification, ticketNumber, ticketSystem };
}
