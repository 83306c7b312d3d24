/** What one role's management policy says, in the words of role settings. */
import { z } from 'zod';
import type { Role, Scope } from '../model.ts';
import { documentedDurations } from './privileged-role-settings.ts';
import type { ReadOnlyRoleSettings } from './privileged-role-settings.ts';
import { readPolicyRules } from './read-policy.ts';
import type { PolicyReading } from './read-policy.ts';
import { lastSegment } from '../scope.ts';

export interface RolePolicy extends Omit<PolicyReading, 'isMfaOnElevationConfigurable'> {
  readonly role: Role;
  readonly scope: Scope;
  readonly readOnly: ReadOnlyRoleSettings;
  /** ARM path, or Graph's id. */
  readonly policyId: string;
  readonly source: PolicySource;
}

/** Where the settings come from. */
export interface PolicySource {
  /** Where the policy lies: it can be changed there and nowhere else. A directory role has one for the whole directory. */
  readonly scope: Scope;
  /** Name, or id, of who has changed it last; `null`: nobody, or PIM does not tell. */
  readonly lastModifiedBy: string | null;
  readonly lastModifiedAt: Date | null;
}

/** What either service answers of a change. */
export const lastModification = z.object({
  lastModifiedBy: z.object({ id: z.string().nullish(), displayName: z.string().nullish() }).nullish(),
  lastModifiedDateTime: z.string().nullish(),
});

/** A policy as its service has it. */
export interface PolicyAnswer {
  readonly policyId: string;
  readonly rules: readonly unknown[];
  /** Where it lies. */
  readonly definedAt: Scope;
  readonly modified: z.infer<typeof lastModification> | null | undefined;
}

/** @throws {PimError} `badAnswer`, as `readPolicyRules` */
export function rolePolicy(role: Role, scope: Scope, { policyId, rules, definedAt, modified }: PolicyAnswer): RolePolicy {
  const { isMfaOnElevationConfigurable, ...reading } = readPolicyRules(rules);
  const { lastModifiedBy, lastModifiedDateTime } = modified ?? {};
  const changedAt = new Date(lastModifiedDateTime ?? '');
  return {
    role,
    scope,
    ...reading,
    readOnly: { id: lastSegment(role.definitionId), isMfaOnElevationConfigurable, lastGlobalAdmin: null, ...documentedDurations },
    policyId,
    source: {
      scope: definedAt,
      lastModifiedBy: lastModifiedBy?.displayName || lastModifiedBy?.id || null,
      lastModifiedAt: Number.isNaN(changedAt.getTime()) ? null : changedAt,
    },
  };
}
