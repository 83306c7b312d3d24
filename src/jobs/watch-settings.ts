import type { BotParts } from '../bot/parts.ts';
import { isOpen, readBack } from '../bot/settings/write-settings.ts';
import { PimError, pauseSeconds } from '../pim/errors.ts';
import { orPimError } from '../pim/or-pim-error.ts';
import type { PimSettings } from '../pim/settings/pim-settings.ts';
import { findSettingsChange } from '../store/settings-changes.ts';

/** Seconds before each further look. */
const watchSeconds = [30, 60, 120] as const;
const longestWatchSeconds = 300;
/** Days of looking without an answer: then the operator reads it in the log. */
const mostRounds = 1_000;

/**
 * Settles what an administrator has confirmed and nobody knows the outcome of: the bot was stopped meanwhile, or PIM did not
 * answer. Nothing is written: what PIM has is read, and recorded. While PIM is out of reach nothing is concluded.
 */
export async function watchSettings(parts: BotParts, requestId: string, round: number): Promise<void> {
  const found = await findSettingsChange(parts.store.db, requestId);
  if (found === null) return;
  const { change, unread } = await readBack(parts, await readerOf(parts, found.person.id), found);
  if (unread !== null) parts.log.warn({ error: unread, code: unread.code, requestId }, 'PIM could not be asked about role settings');
  if (!isOpen(change)) return;
  if (round > mostRounds) {
    parts.log.error({ requestId }, 'PIM has not said for days what has become of role settings: they are not watched any more');
    return;
  }
  const after = Math.max(watchSeconds[round] ?? longestWatchSeconds, pauseSeconds(unread));
  await parts.store.transaction((tx) => parts.jobs.enqueue(tx, 'watch-settings', { requestId, round: round + 1 }, { after }));
}

/** The administrator, while their token is there; else the bot, as far as it may read. */
async function readerOf({ signIn, pimReader }: BotParts, personId: string): Promise<Pick<PimSettings, 'read'>> {
  const pim = await orPimError(signIn.pimOf(personId));
  return {
    read: async (role, scope) => {
      const seen = pim instanceof PimError ? pim : await orPimError(pim.settings.read(role, scope));
      return seen instanceof PimError ? pimReader.readPolicy(role, scope) : seen;
    },
  };
}
