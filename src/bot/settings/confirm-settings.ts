import { noticeCard } from '../../cards/notice.ts';
import type { Verb } from '../../cards/verbs.ts';
import { PimError } from '../../pim/errors.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import { findSettingsChange, moveSettingsChange, type SettingsChange } from '../../store/settings-changes.ts';
import { beforePim } from '../nothing-sent.ts';
import type { BotParts } from '../parts.ts';
import { refusedOn } from '../problem.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';
import { showSettingsChange } from './show-settings-change.ts';
import { readBack, recordSettingsAttempt, writeSettings } from './write-settings.ts';

/**
 * It was meant. Which roles and which settings come from what is stored, never from the card (promise 13). The attempt is
 * committed before PIM is asked; only the click that moves the draft writes it (promise 10).
 */
export async function confirmSettings(parts: BotParts, turn: Turn, action: Extract<Verb, { verb: 'settings.confirm' }>): Promise<Reply> {
  const change = await ownChange(parts, turn, action.requestId);
  if ('card' in change) return change;
  if (change.state !== 'draft' || change.version !== action.version) return showSettingsChange(turn, change);
  const pim = await orPimError(parts.signIn.pimOf(turn.actor.id));
  if (pim instanceof PimError) return refusedOn(parts, turn, showSettingsChange(turn, change), pim);
  const writing = await beforePim(() => recordSettingsAttempt(parts, change));
  if (writing === null) return showSettingsChange(turn, await findSettingsChange(parts.store.db, change.requestId) ?? change);
  return showSettingsChange(turn, await writeSettings(parts, pim.settings, writing));
}

export async function cancelSettings(parts: BotParts, turn: Turn, requestId: string): Promise<Reply> {
  const change = await ownChange(parts, turn, requestId);
  if ('card' in change) return change;
  const cancelled = change.state === 'draft' ? await moveSettingsChange(parts.store.db, change, { state: 'cancelled' }) : null;
  return showSettingsChange(turn, cancelled ?? await findSettingsChange(parts.store.db, requestId) ?? change);
}

/** "Check again": what PIM has now, for the roles of which nobody could say what became of them. */
export async function recheckSettings(parts: BotParts, turn: Turn, requestId: string): Promise<Reply> {
  const change = await ownChange(parts, turn, requestId);
  if ('card' in change) return change;
  try {
    const { change: present, unread } = await readBack(parts, (await parts.signIn.pimOf(turn.actor.id)).settings, change);
    const reply = showSettingsChange(turn, present);
    return unread === null ? reply : refusedOn(parts, turn, reply, unread);
  } catch (error) {
    return refusedOn(parts, turn, showSettingsChange(turn, change), error);
  }
}

/** The change that a card names, if it is this person's; else the card that says so. */
async function ownChange(parts: BotParts, turn: Turn, requestId: string): Promise<SettingsChange | Reply> {
  const change = await findSettingsChange(parts.store.db, requestId);
  if (change === null) return { card: noticeCard(turn.reader, { key: 'outOfDate' }) };
  return change.person.id === turn.actor.id ? change : { card: noticeCard(turn.reader, { key: 'notYourCard' }) };
}
