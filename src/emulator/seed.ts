import type { RoleKind } from './roles.ts';

/** The tenant at its start, as `seed.schema.json` describes it. All ids are GUIDs. */
export interface Seed {
  readonly tenantId: string;
  readonly people: readonly SeedPerson[];
  readonly groups?: readonly SeedGroup[];
  readonly apps?: readonly SeedApp[];
  readonly scopes?: readonly SeedScope[];
  /** The tenant's own, beside the built-in ones. */
  readonly roles?: readonly SeedRole[];
  readonly administrativeUnits?: readonly SeedAdministrativeUnit[];
  readonly administrators?: readonly SeedAdministrator[];
  readonly eligible?: readonly SeedAssignment[];
  /** Active assignments that an administrator made. */
  readonly assigned?: readonly SeedAssignment[];
  readonly settings?: readonly SeedSettings[];
  /** Azure scopes that carry a lock: no role begins or ends there or below. */
  readonly locks?: readonly string[];
  /** Who may read the settings of a role: those who are eligible for it, too (the default), or administrators only. */
  readonly policyReading?: 'eligible' | 'administrators';
}

export interface SeedPerson {
  readonly id: string;
  readonly name: string;
  readonly userPrincipalName: string;
  /** Default: `Member`. */
  readonly userType?: 'Member' | 'Guest';
  /** Default: true. */
  readonly accountEnabled?: boolean;
}

interface SeedGroup {
  readonly id: string;
  readonly name: string;
  /** Ids of people, groups and apps. */
  readonly members: readonly string[];
  /** Ids of people, groups and apps: they may administer the group. */
  readonly owners?: readonly string[];
}

interface SeedApp {
  readonly id: string;
  readonly name: string;
  readonly roles?: readonly { readonly role: string; readonly scope: string }[];
  /** Microsoft Graph application permissions, e.g. `User.Read.All`. */
  readonly permissions?: readonly string[];
}

interface SeedScope {
  readonly id: string;
  readonly name?: string;
  /** Management group that a subscription or management group lies in. */
  readonly parent?: string;
}

export type SeedRole =
  | {
      readonly kind: 'azure';
      readonly id?: string;
      readonly name: string;
      readonly description?: string;
      /** What it allows, e.g. `Microsoft.Web/sites/*`. */
      readonly actions: readonly string[];
      readonly notActions?: readonly string[];
      readonly assignableScopes: readonly string[];
    }
  | { readonly kind: 'entra'; readonly id?: string; readonly name: string; readonly description?: string };

interface SeedAdministrativeUnit {
  readonly id: string;
  readonly name: string;
}

/** Of an Azure scope, or of the directory. What they hold is no schedule of PIM. */
export type SeedAdministrator =
  | { readonly kind?: 'azure'; readonly principalId: string; readonly scope: string }
  | {
      readonly kind: 'entra';
      readonly principalId: string;
      /** Default: `Privileged Role Administrator`. */
      readonly role?: string;
      /** Default: `/`. */
      readonly scope?: string;
    };

/** Who may activate, or holds, which role where. */
export interface SeedAssignment {
  readonly kind: RoleKind;
  readonly principalId: string;
  readonly role: string;
  readonly scope: string;
  readonly start?: string;
  readonly end?: string;
}

export interface SeedSettings {
  readonly kind: RoleKind;
  readonly role: string;
  readonly scope: string;
  readonly settings: SeedRoleSettings;
  /** Default: true. */
  readonly justification?: boolean;
  readonly authenticationContext?: string;
}

/** The six settable members of `privilegedRoleSettings`; one that is left out has PIM's default. */
export interface SeedRoleSettings {
  readonly elevationDuration?: string;
  readonly notificationToUserOnElevation?: boolean;
  readonly ticketingInfoOnElevation?: boolean;
  readonly mfaOnElevation?: boolean;
  readonly approvalOnElevation?: boolean;
  readonly approverIds?: readonly string[];
}
