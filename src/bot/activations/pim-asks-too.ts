import { PimError } from '../../pim/errors.ts';
import { governingScopes, type ActivationTarget } from '../../pim/governing-settings.ts';
import type { Role, RoleSettings, Scope } from '../../pim/model.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import type { PimUser } from '../../pim/pim.ts';
import type { BotParts } from '../parts.ts';

/**
 * Where our settings ask for approval, PIM's word that it asks, too, is taken only from its settings as they are now, at
 * every scope that counts: nobody knows which of them PIM goes by. Asking twice is harmless, asking nobody is not.
 */
export async function pimAsksToo(parts: BotParts, personId: string, target: ActivationTarget): Promise<boolean> {
  const pim = await orPimError(parts.signIn.pimOf(personId));
  const readers = pim instanceof PimError ? [parts.pimReader] : [pim, parts.pimReader];
  const answers = await Promise.all(governingScopes(target).map((scope) => readAsAny(readers, target.role, scope)));
  return answers.every((settings) => settings?.approvalRequired === true);
}

async function readAsAny(readers: readonly Pick<PimUser, 'readRoleSettings'>[], role: Role, scope: Scope): Promise<RoleSettings | null> {
  for (const reader of readers) {
    const settings = await orPimError(reader.readRoleSettings(role, scope));
    if (!(settings instanceof PimError)) return settings;
  }
  return null;
}
