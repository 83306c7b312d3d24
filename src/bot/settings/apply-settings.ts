import { cardBytes, largestCard } from '../../cards/card-size.ts';
import { noticeCard } from '../../cards/notice.ts';
import type { ShownFault } from '../../cards/settings-fault-words.ts';
import { settingsFaultsCard } from '../../cards/settings-faults.ts';
import type { Verb } from '../../cards/verbs.ts';
import type { PimUser } from '../../pim/pim.ts';
import { parseSettings } from '../../pim/settings/parse-settings-file.ts';
import { saveSettingsChange } from '../../store/settings-changes.ts';
import { askWhich } from '../assignments/ask-which.ts';
import { keepInquiry, ownInquiry, type Chosen } from '../assignments/inquiry.ts';
import type { SettingsCommand } from '../commands/command.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';
import { readAttachedFile } from './attached-file.ts';
import { findRoleAt } from './find-role-at.ts';
import { findWishes, weighWishes, type Wish } from './settings-wish.ts';
import { settingsCardOf } from './show-settings-change.ts';

type ApplyCommand = Extract<SettingsCommand, { name: 'settingsApply' }>;

interface Applied {
  readonly command: ApplyCommand;
  readonly chosen: Chosen;
}

const mostEntries = 100;
const mostChangedRoles = 20;

/** `settings apply`, with the JSON in the message or in a file that came with it. */
export async function applyTextOrFile(parts: BotParts, turn: Turn, pim: PimUser, { command, chosen }: Applied): Promise<Reply> {
  const [file, another] = turn.files ?? [];
  if (command.json.trim() !== '' || file === undefined || another !== undefined) return applySettings(parts, turn, pim, { command, chosen });
  const read = await readAttachedFile(file);
  if (!read.ok) return { card: noticeCard(turn.reader, { key: `settingsFile.${read.why}` }) };
  return applySettings(parts, turn, pim, { command: { ...command, json: read.text }, chosen });
}

/** `settings apply <JSON>`: what would be different, for the person to confirm. Nothing is written here. */
async function applySettings(parts: BotParts, turn: Turn, pim: PimUser, applied: Applied): Promise<Reply> {
  const { command, chosen } = applied;
  if (command.json.trim() === '') return { card: noticeCard(turn.reader, { key: 'settingsApplyHow' }) };
  const read = parseSettings(command.json);
  if (!read.ok) return showFaults(parts, turn, applied, read.faults);
  if (read.form === 'roles') {
    if (read.entries.length > mostEntries) return { card: noticeCard(turn.reader, { key: 'settingsTooMany' }) };
    const wishes = await findWishes(pim.assignments, read.entries);
    return wishes.ok ? propose(parts, turn, pim, { ...applied, wishes: wishes.items }) : showFaults(parts, turn, applied, wishes.faults);
  }
  if (command.role === '') return { card: noticeCard(turn.reader, { key: 'settingsApplyHow' }) };
  const target = await findRoleAt(pim.assignments, command, chosen);
  if ('question' in target) return askWhich(parts, turn, { command, ...target });
  return propose(parts, turn, pim, { command, chosen: target.found, wishes: [{ at: target.found, written: read.settings }] });
}

/** The JSON that a card has shown, as the person has changed it: for the role that is kept, whatever the card says. */
export async function proposeFromCard(parts: BotParts, turn: Turn, { inquiryId, settings = '' }: Extract<Verb, { verb: 'settings.propose' }>): Promise<Reply> {
  const inquiry = await ownInquiry(parts, turn, inquiryId);
  if (inquiry === 'notYours') return { card: noticeCard(turn.reader, { key: 'notYourCard' }) };
  if (inquiry === 'gone' || (inquiry.command.name !== 'settings' && inquiry.command.name !== 'settingsApply')) return { card: noticeCard(turn.reader, { key: 'outOfDate' }) };
  const { command, chosen } = inquiry;
  const pim = await parts.signIn.pimOf(turn.actor.id);
  return applySettings(parts, turn, pim, { command: { name: 'settingsApply', role: command.role, scope: command.scope, ofGroup: command.ofGroup, json: settings }, chosen });
}

async function showFaults(parts: BotParts, turn: Turn, { command, chosen }: Applied, faults: readonly ShownFault[]): Promise<Reply> {
  const inquiryId = await keepInquiry(parts, turn, { command, chosen, question: null });
  return { card: settingsFaultsCard(turn.reader, { faults, json: command.json, inquiryId }) };
}

async function propose(parts: BotParts, turn: Turn, pim: PimUser, applied: Applied & { readonly wishes: readonly Wish[] }): Promise<Reply> {
  const proposal = await weighWishes(pim, applied.wishes);
  if ('faults' in proposal) return showFaults(parts, turn, applied, proposal.faults);
  if (proposal.roles.length === 0) return { card: noticeCard(turn.reader, { key: 'settingsSame' }) };
  const change = { ...proposal, requestId: crypto.randomUUID(), person: turn.actor, createdAt: parts.clock.now() };
  const card = settingsCardOf(turn.reader, { ...change, state: 'draft', version: 1 });
  // Nobody confirms what is not on the card.
  if (proposal.roles.length > mostChangedRoles || cardBytes(card) > largestCard) return { card: noticeCard(turn.reader, { key: 'settingsTooMany' }) };
  await saveSettingsChange(parts.store.db, change);
  return { card };
}
