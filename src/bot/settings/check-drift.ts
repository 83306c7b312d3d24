import { settingsDriftCard } from '../../cards/settings-drift.ts';
import type { PimUser } from '../../pim/pim.ts';
import { readDrift } from '../../pim/settings-drift.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';

/** `settings check`: where PIM asks for less than our own settings, as far as the person may read PIM's. */
export async function checkDrift({ ownLayer }: BotParts, turn: Turn, pim: PimUser): Promise<Reply> {
  const compared = await readDrift(ownLayer.entries, {
    findRoles: (scope, words) => pim.assignments.findRoles(scope, words),
    readRoleSettings: (role, scope) => pim.readRoleSettings(role, scope),
  });
  return { card: settingsDriftCard(turn.reader, compared) };
}
