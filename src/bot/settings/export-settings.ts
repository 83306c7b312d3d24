import { noticeCard } from '../../cards/notice.ts';
import { settingsExportCard } from '../../cards/settings-export.ts';
import type { ExportedSettings } from '../../cards/settings-export.ts';
import type { PimUser } from '../../pim/pim.ts';
import { scopeKey } from '../../pim/scope.ts';
import { printSettingsFile } from '../../pim/settings/print-settings-file.ts';
import type { RolePolicy } from '../../pim/settings/role-policy.ts';
import { askWhich } from '../assignments/ask-which.ts';
import { scopeOf, type Found } from '../assignments/find-target.ts';
import type { Chosen } from '../assignments/inquiry.ts';
import type { SettingsCommand } from '../commands/command.ts';
import type { Scope } from '../../pim/model.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';

type ExportCommand = Extract<SettingsCommand, { name: 'settingsExport' }>;

/** `settings export [on <scope>]`: the settings of every role that the person may read, as one file. */
export async function exportSettings(parts: BotParts, turn: Turn, pim: PimUser, { command, chosen }: { readonly command: ExportCommand; readonly chosen: Chosen }): Promise<Reply> {
  const scope = await scopeAsked(pim, command, chosen);
  if ('question' in scope) return askWhich(parts, turn, { command, chosen, question: scope.question });
  const { items, gaps } = await pim.settings.list({ ...(scope.found === null ? {} : { scopes: [scope.found] }), onlyChanged: true });
  if (items.length === 0 && gaps.length === 0) return { card: noticeCard(turn.reader, { key: 'settingsNoneToExport' }) };
  return { card: settingsExportCard(turn.reader, { json: printSettingsFile(items), scopes: countsByScope(items), gaps, consentUrl: parts.consentUrl }) };
}

/** `null`: wherever the person may look. */
async function scopeAsked(pim: PimUser, { scope: words }: ExportCommand, { scope }: Chosen): Promise<Found<Scope | null>> {
  if (scope !== undefined && scope !== 'everywhere') return { found: scope };
  return words === '' ? { found: null } : scopeOf(pim.assignments, { scope: words, ofGroup: false });
}

function countsByScope(policies: readonly RolePolicy[]): ExportedSettings['scopes'] {
  return [...Map.groupBy(policies, ({ scope }) => scopeKey(scope.id)).values()].flatMap(([first, ...others]) => (first === undefined ? [] : [{ scope: first.scope, count: 1 + others.length }]));
}
