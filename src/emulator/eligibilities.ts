import { identitiesOf } from './directory.ts';
import { scheduleName } from './guid.ts';
import { placeOf } from './holding.ts';
import { currentEligibilities } from './schedules.ts';
import { isWithin } from './scopes.ts';
import type { Scope } from './scopes.ts';
import type { Eligibility, Pim } from './state.ts';

/** The person's own of this moment, and those of every group that they are in. */
export function eligibilitiesOf(pim: Pim, principalId: string): readonly Eligibility[] {
  const identities = identitiesOf(pim, principalId);
  return currentEligibilities(pim).filter((entry) => identities.has(entry.principalId));
}

/** What an activation wants to rest on. */
export interface EligibilityClaim {
  readonly principalId: string;
  readonly roleId: string;
  readonly scope: Scope;
  /** `linkedRoleEligibilityScheduleId`, full path or GUID; `null` when none was named. */
  readonly linked: string | null;
}

/**
 * The eligibility that entitles the activation: for the role, at the scope or above it, held directly or through a
 * group, and the one that was named, if one was. The nearest scope comes first, then a direct one.
 */
export function findEntitlement(pim: Pim, claim: EligibilityClaim): Eligibility | undefined {
  const fitting = eligibilitiesOf(pim, claim.principalId).flatMap((entry) => {
    const { scope } = placeOf(pim, entry);
    const fits =
      entry.roleId === claim.roleId &&
      isWithin(claim.scope, scope) &&
      (claim.linked === null || entry.name === scheduleName(claim.linked));
    return fits ? [{ entry, rank: distance(claim.scope, scope) * 2 + (entry.principalId === claim.principalId ? 0 : 1) }] : [];
  });
  return fitting.toSorted((a, b) => a.rank - b.rank)[0]?.entry;
}

function distance(scope: Scope, ancestor: Scope): number {
  return scope.id === ancestor.id || scope.parent === null ? 0 : 1 + distance(scope.parent, ancestor);
}
