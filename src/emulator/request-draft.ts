import type { Role } from './roles.ts';
import type { Scope } from './scopes.ts';
import type { Condition, Expiration, Holding, RequestType, Side, Ticket } from './state.ts';

/** A well-formed request that nobody has judged yet. */
export interface RequestDraft {
  /** GUID in lower case, where the caller chooses it (ARM); `null`: a new one is made up (Graph). */
  readonly name: string | null;
  readonly side: Side;
  readonly requestType: RequestType;
  /** Object id in lower case. */
  readonly principalId: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly justification: string;
  readonly ticket: Ticket;
  readonly condition: Condition | null;
  /** Milliseconds since 1970; `null`: now. */
  readonly startAt: number | null;
  /** Without meaning for a deactivation and a removal. */
  readonly expiration: Expiration;
  /** `linkedRoleEligibilityScheduleId` of an activation, as it was sent. */
  readonly linked: string | null;
  /** The schedule that is meant, in any form of its id: `targetRole…ScheduleId`, `targetScheduleId`. */
  readonly target: string | null;
  readonly customData: string | null;
}

export function holdingOf({ principalId, role, scope }: RequestDraft): Holding {
  return { principalId, roleId: role.id, scopeId: scope.id };
}
