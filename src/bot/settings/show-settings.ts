import { noticeCard } from '../../cards/notice.ts';
import { roleSettingsCard } from '../../cards/settings.ts';
import { PimError } from '../../pim/errors.ts';
import type { Approver } from '../../pim/model.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import type { BoundSettings } from '../../pim/own-settings.ts';
import type { PimUser } from '../../pim/pim.ts';
import { askWhich } from '../assignments/ask-which.ts';
import { keepInquiry, type Chosen } from '../assignments/inquiry.ts';
import type { SettingsCommand } from '../commands/command.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';
import { findRoleAt } from './find-role-at.ts';

type ShowCommand = Extract<SettingsCommand, { name: 'settings' }>;

/** `settings <role> [on <scope>]`: what PIM says, with the person's own token, and what we add to it. */
export async function showRoleSettings(parts: BotParts, turn: Turn, pim: PimUser, { command, chosen }: { readonly command: ShowCommand; readonly chosen: Chosen }): Promise<Reply> {
  if (command.role === '') return { card: noticeCard(turn.reader, { key: 'settingsHow' }) };
  const target = await findRoleAt(pim.assignments, command, chosen);
  if ('question' in target) return askWhich(parts, turn, { command, ...target });
  const policy = await pim.settings.read(target.found.role, target.found.scope);
  const own = await parts.ownLayer.bind(null, target.found);
  const inquiryId = await keepInquiry(parts, turn, { command, chosen: target.found, question: null });
  return { card: roleSettingsCard(turn.reader, { inquiryId, policy, own, ownApprovers: await namesOf(pim, own) }) };
}

/** Our own settings have ids alone; without the directory they are shown as they are. */
async function namesOf(pim: PimUser, own: BoundSettings | null): Promise<readonly Approver[]> {
  const ids = [...own?.approvers ?? [], ...own?.escalateTo ?? []].map(({ id }) => id);
  const found = ids.length === 0 ? [] : await orPimError(pim.settings.findApprovers(ids));
  return found instanceof PimError ? [] : found;
}
