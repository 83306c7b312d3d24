/**
 * Which settings an activation is held to, where its scope is narrower than its eligibility's (just-enough access).
 * Microsoft does not say whether the policy of the one or of the other counts, so both do, and the stricter demand wins.
 */
import { distinctById } from './distinct-by-id.ts';
import { PimError } from './errors.ts';
import type { PimErrorCode } from './errors.ts';
import type { Role, RoleSettings, Scope } from './model.ts';
import { parseScope, sameScope } from './scope.ts';

/** What a person wants a role for: where, and by which right. */
export interface ActivationTarget {
  readonly role: Role;
  readonly scope: Scope;
  readonly eligibilityScheduleId: string;
}

const azureEligibilitySchedule = /^(.+)\/providers\/Microsoft\.Authorization\/roleEligibilitySchedules\/[^/]+$/i;

type Where = Pick<ActivationTarget, 'scope' | 'eligibilityScheduleId'>;

/** The scopes whose settings count, the activation's own first. */
export function governingScopes({ scope, eligibilityScheduleId }: Where): readonly Scope[] {
  const eligibleAt = scopeOfEligibility(eligibilityScheduleId);
  return eligibleAt === null || sameScope(eligibleAt.id, scope.id) ? [scope] : [scope, eligibleAt];
}

/** Whether the scope lies below the eligibility's own. */
export function isBelowEligibility(where: Where): boolean {
  return governingScopes(where).length > 1;
}

/** Where an eligibility lies, as its schedule's ARM path says; `null` where the id is no path: Graph's ids are not. */
function scopeOfEligibility(eligibilityScheduleId: string): Scope | null {
  const path = azureEligibilitySchedule.exec(eligibilityScheduleId)?.[1];
  return path === undefined ? null : parseScope(path);
}

/**
 * Asks for the settings at each of the scopes that count, and takes the strictest of those that may be read: PIM itself
 * judges by the others.
 * @throws {PimError} the first refusal, when none may be read; any other fault
 */
export async function readGoverningSettings(
  target: ActivationTarget, read: (role: Role, scope: Scope) => Promise<RoleSettings>,
): Promise<RoleSettings> {
  const answers = await Promise.all(governingScopes(target).map((scope) => read(target.role, scope).catch(refusalOf)));
  const settings = answers.flatMap((answer) => (answer instanceof PimError ? [] : [answer]));
  const refusal = settings.length === 0 ? answers.find((answer) => answer instanceof PimError) : undefined;
  if (refusal !== undefined) throw refusal;
  return settings.reduce(strictest);
}

function refusalOf(error: unknown): PimError {
  if (isRefusal(error)) return error;
  throw error;
}

const refusals: ReadonlySet<PimErrorCode> = new Set(['notPermitted', 'consentRequired', 'notFound']);

/** Whoever asks may not know what is there. */
export function isRefusal(error: unknown): error is PimError {
  return error instanceof PimError && refusals.has(error.code);
}

/**
 * What satisfies both. Where both ask for approval, everybody of both lists is asked, because either list may be the one
 * that PIM goes by. Of two authentication contexts the first is asked for beforehand, and PIM itself asks for the other.
 */
export function strictest(a: RoleSettings, b: RoleSettings): RoleSettings {
  const approving = [a, b].filter(({ approvalRequired }) => approvalRequired);
  return {
    maximumMinutes: Math.min(a.maximumMinutes, b.maximumMinutes),
    justificationRequired: a.justificationRequired || b.justificationRequired,
    ticketRequired: a.ticketRequired || b.ticketRequired,
    mfaRequired: a.mfaRequired || b.mfaRequired,
    authenticationContext: a.authenticationContext ?? b.authenticationContext,
    approvalRequired: approving.length > 0,
    approvers: distinctById(approving.flatMap(({ approvers }) => approvers)),
    approverJustificationRequired: approving.some(({ approverJustificationRequired }) => approverJustificationRequired),
    notifiesAdministrators: a.notifiesAdministrators || b.notifiesAdministrators,
  };
}
