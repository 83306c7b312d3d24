import { isRefusal, readGoverningSettings, type ActivationTarget } from '../../pim/governing-settings.ts';
import type { Role, RoleSettings, Scope } from '../../pim/model.ts';
import type { PimReader, PimUser } from '../../pim/pim.ts';
import type { BotParts } from '../parts.ts';

/** What an activation is held to; `null` where neither the person nor the bot may read it: the form shows every field and PIM judges. */
export async function readSettings({ pimReader }: BotParts, pim: PimUser, target: ActivationTarget): Promise<RoleSettings | null> {
  try {
    return await readGoverningSettings(target, (role, scope) => readAsEither([pim, pimReader], role, scope));
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** As the person; if PIM refuses them, as the bot. */
async function readAsEither([first, second]: readonly [PimUser, PimReader], role: Role, scope: Scope): Promise<RoleSettings> {
  try {
    return await first.readRoleSettings(role, scope);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return second.readRoleSettings(role, scope);
  }
}
