import { identitiesOf } from './directory.ts';
import { lastSegment } from './guid.ts';
import { isWithin } from './scopes.ts';
import type { Scope } from './scopes.ts';
import type { Pim } from './state.ts';
import type { Eligibility } from './tenant.ts';

/** Eligibilities that exist at this moment, whoever holds them. */
export function currentEligibilities(pim: Pim): readonly Eligibility[] {
  return pim.tenant.eligibilities.filter((entry) => isCurrent(entry, pim.now));
}

/** The person's own, and those of every group that they are in. */
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
  const fitting = eligibilitiesOf(pim, claim.principalId).filter(
    (entry) =>
      entry.role.id === claim.roleId &&
      isWithin(claim.scope, entry.scope) &&
      (claim.linked === null || entry.name === lastSegment(claim.linked)),
  );
  const rank = (entry: Eligibility): number =>
    distance(claim.scope, entry.scope) * 2 + (entry.principalId === claim.principalId ? 0 : 1);
  return fitting.toSorted((a, b) => rank(a) - rank(b))[0];
}

function isCurrent(entry: Eligibility, now: number): boolean {
  return (entry.startAt === null || entry.startAt <= now) && (entry.endAt === null || entry.endAt > now);
}

function distance(scope: Scope, ancestor: Scope): number {
  return scope.id === ancestor.id || scope.parent === null ? 0 : 1 + distance(scope.parent, ancestor);
}
