import { activeCard } from '../../cards/active.ts';
import { noticeCard } from '../../cards/notice.ts';
import { roleInWords } from '../../cards/role-words.ts';
import { activationState } from '../../pim/activation-status.ts';
import { PimError } from '../../pim/errors.ts';
import type { ActivationRequest, ActiveAssignment, Listing, Role, Scope } from '../../pim/model.ts';
import type { PimUser } from '../../pim/pim.ts';
import { findActivation, findActivationByPimId, moveActivation, type Activation } from '../../store/activations.ts';
import { recordAudit } from '../../store/audit-log.ts';
import { audited } from '../audited.ts';
import type { RoleWords } from '../commands/command.ts';
import { matchRole } from '../commands/match-role.ts';
import { ownActivation } from './follow-activation.ts';
import type { BotParts } from '../parts.ts';
import { refusedOn } from '../problem.ts';
import type { Reply } from '../reply.ts';
import { announceBegun } from './record-progress.ts';
import { showStatus } from './show-activation.ts';
import type { Turn } from '../turn.ts';

/** What is active now, with a choice of what to give back. */
export async function listActive(parts: BotParts, turn: Turn): Promise<Reply> {
  const pim = await parts.signIn.pimOf(turn.actor.id);
  return showActive(parts, turn, await activeOf(pim));
}

/** `deactivate …`: one match ends at once, several are offered. */
export async function deactivateByWords(parts: BotParts, turn: Turn, words: RoleWords): Promise<Reply> {
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const { items, gaps } = await activeOf(pim);
  const active = items.filter(({ how }) => how === 'activated');
  const match = matchRole(active, words);
  if (match.found === 'several') return showActive(parts, turn, { items: match.candidates, gaps });
  if (match.found === 'none') return nothingFits(parts, turn, words, { items: active, gaps });
  return deactivate(parts, turn, pim, match.assignment);
}

/** Picked from the list of what is active: looked up again among what PIM says this person holds. */
export async function deactivateChosen(parts: BotParts, turn: Turn, activeId: string): Promise<Reply> {
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const active = await activeOf(pim);
  const chosen = active.items.find(({ id }) => id === activeId);
  if (chosen === undefined) return showActive(parts, turn, active);
  return deactivate(parts, turn, pim, chosen);
}

/** The button on the card of an activation. */
export async function deactivateShown(parts: BotParts, turn: Turn, requestId: string): Promise<Reply> {
  const activation = await ownActivation(parts, turn, requestId);
  if ('card' in activation) return activation;
  if (activation.state !== 'active') return showStatus(parts, turn, activation);
  try {
    const pim = await parts.signIn.pimOf(turn.actor.id);
    return await showStatus(parts, turn, await endAtPim(parts, turn, pim, { ...activation, pimId: null }) ?? activation);
  } catch (error) {
    if (isOver(activation, error, parts.clock.now())) {
      return showStatus(parts, turn, await recordEnd(parts, turn, requestId, 'elsewhere') ?? activation);
    }
    return refusedOn(parts, turn, await showStatus(parts, turn, activation), error);
  }
}

/** PIM takes about a minute until it knows of a fresh activation; after that, "not active" means that it has ended. */
const knownAfterMs = 5 * 60_000;

function isOver({ startAt }: Activation, error: unknown, now: Date): boolean {
  return error instanceof PimError && error.code === 'notActive' && startAt !== null && now.getTime() - startAt.getTime() > knownAfterMs;
}

async function deactivate(parts: BotParts, turn: Turn, pim: PimUser, { requestId: pimId, role, scope }: ActiveAssignment): Promise<Reply> {
  const ours = pimId === null ? null : await findActivationByPimId(parts.store.db, pimId);
  // What somebody else has asked for may be behind a right that is held through a group.
  const own = ours?.person.id === turn.actor.id ? ours : null;
  const ended = await endAtPim(parts, turn, pim, { requestId: own?.requestId ?? null, pimId, role, scope });
  if (ended !== null) return showStatus(parts, turn, ended);
  return { card: noticeCard(turn.reader, { key: 'deactivated', params: { role: roleInWords(turn.reader.locale, role), scope: scope.name } }) };
}

/** `requestId`: ours, where the activation is remembered here; `pimId`: what PIM calls the request behind it, where it says so. */
interface EndedRight {
  readonly requestId: string | null;
  readonly pimId: string | null;
  readonly role: Role;
  readonly scope: Scope;
}

/**
 * Ends one activation at PIM and in our memory, if it is there; `null` when it was made elsewhere. A second click is
 * harmless: PIM says that there is nothing left to end.
 */
async function endAtPim(parts: BotParts, turn: Turn, pim: PimUser, { requestId, pimId, role, scope }: EndedRight): Promise<Activation | null> {
  const details = { role, scope: scope.id, ...(requestId === null ? { pimRequestId: pimId } : {}) };
  const action = { actor: turn.actor, action: 'deactivate', requestId, details };
  await audited(parts, action, async () => requireEnded(await pim.deactivate(crypto.randomUUID(), role, scope), parts.clock.now()));
  return recordEnd(parts, turn, requestId, 'deactivated');
}

/** PIM may take the request and still not carry it out. */
function requireEnded({ pimStatus }: ActivationRequest, now: Date): void {
  const state = activationState(pimStatus, { start: null, end: null }, now);
  if (state === 'deactivated' || state === 'active') return;
  throw new PimError(state === 'submitting' || state === 'pending' ? 'outcomeUnknown' : 'unexpected', `PIM answered ${pimStatus} to the deactivation.`);
}

async function recordEnd(parts: BotParts, turn: Turn, requestId: string | null, result: 'deactivated' | 'elsewhere'): Promise<Activation | null> {
  const now = parts.clock.now();
  return parts.store.transaction(async (tx) => {
    await recordAudit(tx, { at: now, actor: turn.actor, action: 'deactivate', phase: 'outcome', requestId, details: { result } });
    if (requestId === null) return null;
    const before = await findActivation(tx, requestId);
    const moved = await moveActivation(tx, requestId, { from: ['active', 'scheduled'] }, { state: 'deactivated', endAt: now });
    if (moved === null) return findActivation(tx, requestId);
    await parts.jobs.enqueue(tx, 'refresh-cards', { requestId });
    await announceBegun(parts, tx, before?.state ?? moved.state, moved);
    return moved;
  });
}

/** Which Azure scopes to look at comes from what the person is eligible for: without that, active roles may be missing. */
async function activeOf(pim: PimUser): Promise<Listing<ActiveAssignment>> {
  const eligible = await pim.listEligible();
  const active = await pim.listActive(eligible.items);
  return { items: active.items, gaps: [...eligible.gaps.filter(({ kind }) => kind === 'azure'), ...active.gaps] };
}

function nothingFits(parts: BotParts, turn: Turn, { role, scope }: RoleWords, active: Listing<ActiveAssignment>): Reply {
  const asked = [role, scope].filter((words) => words !== '').join(' · ');
  // It may be among those that could not be read.
  if (asked === '' || active.items.length === 0 || active.gaps.length > 0) return showActive(parts, turn, active);
  return { card: noticeCard(turn.reader, { key: 'noSuchActive', params: { asked } }) };
}

function showActive({ clock, consentUrl }: BotParts, turn: Turn, { items, gaps }: Listing<ActiveAssignment>): Reply {
  return { card: activeCard(turn.reader, { now: clock.now(), active: items, gaps, consentUrl }) };
}
