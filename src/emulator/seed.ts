/** The tenant at its start, as `seed.schema.json` describes it. All ids are GUIDs. */
export interface Seed {
  readonly tenantId: string;
  readonly people: readonly SeedPerson[];
  readonly groups?: readonly SeedGroup[];
  readonly apps?: readonly SeedApp[];
  readonly scopes?: readonly SeedScope[];
  readonly administrators?: readonly SeedAdministrator[];
  readonly eligible?: readonly SeedEligible[];
  readonly settings?: readonly SeedSettings[];
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

interface SeedAdministrator {
  readonly principalId: string;
  readonly scope: string;
}

export interface SeedEligible {
  readonly kind: 'azure' | 'entra' | 'group';
  readonly principalId: string;
  readonly role: string;
  readonly scope: string;
  readonly start?: string;
  readonly end?: string;
}

export interface SeedSettings {
  readonly kind: 'azure' | 'entra' | 'group';
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
