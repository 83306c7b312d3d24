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
import { fileFor } from './file-for-apply.ts';
import { findRoleAt } from './find-role-at.ts';
import { findWishes, weighWishes, wishFor, type Placed, type Proposal, type Wish } from './settings-wish.ts';
import { settingsCardOf } from './show-settings-change.ts';

type ApplyCommand = Extract<SettingsCommand, { name: 'settingsApply' }>;

interface Applied {
  readonly command: ApplyCommand;
  readonly chosen: Chosen;
}

const mostChangedRoles = 20;
/** Roles that stay as they are, of which something is to be said. */
const mostNotedRoles = 100;

/** `settings apply`, with the JSON in the message or in a file that came with it. */
export async function applyTextOrFile(parts: BotParts, turn: Turn, pim: PimUser, { command, chosen }: Applied): Promise<Reply> {
  const file = fileFor(turn, command.json);
  if (file === null) return applySettings(parts, turn, pim, { command, chosen });
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
    return proposeWishes(parts, turn, pim, { ...applied, wishes: await findWishes(pim, read.entries) });
  }
  if (command.role === '') return { card: noticeCard(turn.reader, { key: 'settingsApplyHow' }) };
  const target = await findRoleAt(pim.assignments, command, chosen);
  if ('question' in target) return askWhich(parts, turn, { command, ...target });
  return proposeWishes(parts, turn, pim, { command, chosen: target.found, wishes: await wishFor(pim, target.found, read.settings) });
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

interface Wished extends Applied {
  /** `null`: they are too many. */
  readonly wishes: Placed<Wish> | null;
}

async function proposeWishes(parts: BotParts, turn: Turn, pim: PimUser, { wishes, ...applied }: Wished): Promise<Reply> {
  if (wishes === null) return { card: noticeCard(turn.reader, { key: 'settingsTooMany' }) };
  if (!wishes.ok) return showFaults(parts, turn, applied, wishes.faults);
  const proposal = await weighWishes(pim, wishes.items);
  if ('faults' in proposal) return showFaults(parts, turn, applied, proposal.faults);
  return propose(parts, turn, proposal);
}

async function propose(parts: BotParts, turn: Turn, proposal: Proposal): Promise<Reply> {
  if (proposal.roles.length === 0) return { card: noticeCard(turn.reader, { key: 'settingsSame' }) };
  const changed = proposal.roles.filter(({ outcome }) => outcome === null).length;
  const change = { ...proposal, requestId: crypto.randomUUID(), person: turn.actor, createdAt: parts.clock.now() };
  const card = settingsCardOf(turn.reader, { ...change, state: changed === 0 ? 'nothing' : 'draft', version: 1 });
  // Nobody confirms what is not on the card.
  if (changed > mostChangedRoles || proposal.roles.length - changed > mostNotedRoles || cardBytes(card) > largestCard) return { card: noticeCard(turn.reader, { key: 'settingsTooMany' }) };
  if (changed > 0) await saveSettingsChange(parts.store.db, change);
  return { card };
}
