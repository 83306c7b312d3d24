/** Where the bot's own identity looks in Azure: the subscriptions that it can see, and what is configured beside them. */
import { listSubscriptions } from './find-scopes.ts';
import { PimError } from '../errors.ts';
import type { ArmClient } from '../http/azure-client.ts';
import { mostScopes } from '../look-limits.ts';
import type { Scope } from '../model.ts';
import { isBelow, parseScope, sameScope } from '../scope.ts';

/** @param configured ARM paths, e.g. of management groups */
export async function listDigestScopes(arm: ArmClient, configured: readonly string[]): Promise<readonly Scope[]> {
  return topmost([...await listSubscriptions(arm), ...configured.map(configuredScope)]);
}

function configuredScope(path: string): Scope {
  const scope = parseScope(path);
  if (scope === null) throw new PimError('invalidRequest', `not the path of a scope: ${path}`);
  return scope;
}

/** A listing covers what lies below its scope, so a scope below another is not asked for again. */
function topmost(scopes: readonly Scope[]): readonly Scope[] {
  return scopes.filter((scope, index) =>
    !scopes.some((other) => isBelow(scope.id, other.id)) && scopes.findIndex(({ id }) => sameScope(id, scope.id)) === index);
}

/** Some are read each time, because they show what lies below them; never so many that nothing else has its turn. */
const mostEachTime = mostScopes / 2;

/**
 * As many of the scopes as one question may look at. Management groups are always among them; the others take turns, so
 * that within some rounds each of them has been looked at.
 */
export function scopesOfRound(scopes: readonly Scope[], round: number): readonly Scope[] {
  if (scopes.length <= mostScopes) return scopes;
  const eachTime = scopes.filter(({ type }) => type === 'managementGroup').slice(0, mostEachTime);
  const others = scopes.filter((scope) => !eachTime.includes(scope));
  const atOnce = mostScopes - eachTime.length;
  const from = (round % Math.ceil(others.length / atOnce)) * atOnce;
  // The last round begins again at the front: each looks at as many.
  return [...eachTime, ...[...others, ...others].slice(from, from + atOnce)];
}
