import type { Verb } from '../../cards/verbs.ts';
import type { Chosen } from '../assignments/inquiry.ts';
import type { Command, SettingsCommand } from '../commands/command.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';
import { applyTextOrFile, proposeFromCard } from './apply-settings.ts';
import { checkDrift } from './check-drift.ts';
import { cancelSettings, confirmSettings, recheckSettings } from './confirm-settings.ts';
import { exportAgain, exportSettings } from './export-settings.ts';
import { showRoleSettings } from './show-settings.ts';

const commandNames: ReadonlySet<string> = new Set<SettingsCommand['name']>(['settings', 'settingsExport', 'settingsApply', 'settingsCheck']);

export function isSettingsCommand(command: Command): command is SettingsCommand {
  return commandNames.has(command.name);
}

/** A command about role settings; `chosen` is what its words have turned out to mean, where that was asked. */
export async function runSettingsCommand(parts: BotParts, turn: Turn, command: SettingsCommand, chosen: Chosen = {}): Promise<Reply> {
  const pim = await parts.signIn.pimOf(turn.actor.id);
  switch (command.name) {
    case 'settings': return showRoleSettings(parts, turn, pim, { command, chosen });
    case 'settingsExport': return exportSettings(parts, turn, pim, { command, chosen });
    case 'settingsApply': return applyTextOrFile(parts, turn, pim, { command, chosen });
    case 'settingsCheck': return checkDrift(parts, turn, pim);
  }
}

type SettingsVerb = Extract<Verb, { verb: `settings.${string}` }>;

export function isSettingsVerb(action: Verb): action is SettingsVerb {
  return action.verb.startsWith('settings.');
}

export function runSettingsVerb(parts: BotParts, turn: Turn, action: SettingsVerb): Promise<Reply> {
  switch (action.verb) {
    case 'settings.propose': return proposeFromCard(parts, turn, action);
    case 'settings.export': return exportAgain(parts, turn, action.inquiryId);
    case 'settings.confirm': return confirmSettings(parts, turn, action);
    case 'settings.cancel': return cancelSettings(parts, turn, action.requestId);
    case 'settings.recheck': return recheckSettings(parts, turn, action.requestId);
  }
}
