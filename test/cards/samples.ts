import type { ActivationRequest, ActiveAssignment, EligibleAssignment, Gap, Principal, Role, RoleSettings, Scope } from '../../src/pim/model.ts';
import type { Elevation } from '../../src/pim/pim.ts';
import type { ShownActivation } from '../../src/cards/shown.ts';
import type { Locale, Reader } from '../../src/cards/texts.ts';

export const locales: readonly Locale[] = ['en', 'ja'];

export const readers: Readonly<Record<Locale, Reader>> = {
  en: { locale: 'en', timeZone: 'Europe/London' },
  ja: { locale: 'ja', timeZone: 'Asia/Tokyo' },
};

/** A Monday; 14:05 in London, 23:05 in Tokyo. */
export const now = new Date('2026-11-23T14:05:00Z');

export function later(minutes: number): Date {
  return new Date(now.getTime() + minutes * 60_000);
}

/** A GUID that tells which sample it is. */
export function guid(number: number): string {
  return `5a3c0000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

const subscription = `/subscriptions/${guid(900)}`;

export const production: Scope = { id: subscription, name: 'Production', type: 'subscription' };
export const app: Scope = { id: `${subscription}/resourceGroups/rg-app`, name: 'rg-app', type: 'resourceGroup' };
export const vault: Scope = {
  id: `${subscription}/resourceGroups/rg-app/providers/Microsoft.KeyVault/vaults/kv-shop`,
  name: 'kv-shop',
  type: 'resource',
};
export const platform: Scope = {
  id: '/providers/Microsoft.Management/managementGroups/platform',
  name: 'Platform',
  type: 'managementGroup',
};

/** Pages that buttons open. */
export const stepUpUrl = 'https://pim-bot.contoso.example/step-up/Zm9yLXRoZS1waWN0dXJlcy1vbmx5LW5vdC1hLXJlYWwtb25l';
export const consentUrl = `https://login.microsoftonline.com/${guid(1)}/adminconsent?client_id=${guid(2)}`;

export const contributor = role('Contributor', 1);
export const reader = role('Reader', 2);
export const owner = role('Owner', 3);
export const secretsOfficer = role('Key Vault Secrets Officer', 4);

function role(name: string, number: number): Role {
  return { definitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${guid(number)}`, name };
}

export const alex = person('Alex Wilber', 10);
export const megan = person('Megan Bowen', 11);
export const lee = person('Lee Gu', 12);
const operations: Principal = { id: guid(20), name: 'Operations', kind: 'group' };

function person(name: string, number: number): Principal {
  return { id: guid(number), name, kind: 'user' };
}

export const why: Readonly<Record<Locale, string>> = {
  en: 'The deployment of release 4.2 hangs: the app service has to be restarted.',
  ja: 'リリース 4.2 のデプロイが止まっているため、App Service を再起動します。',
};

export function eligible(number: number, role: Role, scope: Scope, more: Partial<EligibleAssignment> = {}): EligibleAssignment {
  const eligibilityScheduleId = `${scope.id}/providers/Microsoft.Authorization/roleEligibilitySchedules/${guid(number)}`;
  return { id: guid(number), role, scope, eligibilityScheduleId, heldBy: alex, until: new Date('2027-03-31T22:00:00Z'), ...more };
}

export const fewEligible: readonly EligibleAssignment[] = [
  eligible(101, contributor, app),
  eligible(102, reader, production, { until: null }),
  eligible(103, secretsOfficer, vault, { heldBy: operations }),
];

export const userAdministrator: Role = { definitionId: 'fe930be7-5e62-47db-91af-98c3a49a38b1', name: 'User Administrator' };
export const directory: Scope = { id: '/', name: 'Directory', type: 'directory' };
const unit: Scope = { id: `/administrativeUnits/${guid(30)}`, name: 'Tokyo office', type: 'administrativeUnit' };
export const member: Role = { definitionId: 'member', name: 'member' };
const groupOwner: Role = { definitionId: 'owner', name: 'owner' };
export const opsLeads: Scope = { id: guid(21), name: 'Ops leads', type: 'group' };

export const allKinds: readonly EligibleAssignment[] = [
  ...fewEligible,
  eligible(104, owner, production),
  eligible(105, reader, platform),
  eligible(106, userAdministrator, directory, { until: null }),
  eligible(107, userAdministrator, unit),
  eligible(108, member, opsLeads),
  eligible(109, groupOwner, opsLeads, { heldBy: operations }),
];

/** Two of one name, in different subscriptions. */
export const below: readonly Scope[] = [
  { id: `${subscription}/resourceGroups/rg-web`, name: 'rg-web', type: 'resourceGroup' },
  { id: `/subscriptions/${guid(901)}/resourceGroups/rg-web`, name: 'rg-web', type: 'resourceGroup' },
  app,
];

export const unreadEntra: readonly Gap[] = [{ kind: 'entra', why: 'unavailable' }];
/** The first of each kind counts. */
export const everyGap: readonly Gap[] = [
  { kind: 'azure', why: 'tooManyScopes' },
  { kind: 'azure', why: 'badAnswer' },
  { kind: 'entra', why: 'consentRequired' },
  { kind: 'group', why: 'notPermitted' },
  { kind: 'group', why: 'throttled' },
];

export const manyEligible: readonly EligibleAssignment[] = Array.from({ length: 60 }, (_, index) => {
  const name = `rg-team-${String(index + 1).padStart(2, '0')}`;
  const scope: Scope = { id: `${subscription}/resourceGroups/${name}`, name, type: 'resourceGroup' };
  return eligible(200 + index, [contributor, reader, owner][index % 3] ?? contributor, scope);
});

export function active(number: number, role: Role, scope: Scope, more: Partial<ActiveAssignment> = {}): ActiveAssignment {
  return { id: guid(number), role, scope, principal: alex, how: 'activated', start: later(-35), until: later(85), requestId: null, ...more };
}

export const fewActive: readonly ActiveAssignment[] = [
  active(301, contributor, app),
  active(302, reader, platform, { how: 'assigned', until: null }),
];

export const allKindsActive: readonly ActiveAssignment[] = [
  ...fewActive,
  active(303, userAdministrator, directory),
  active(304, member, opsLeads),
];

export function request(number: number, requester: Principal, role: Role, locale: Locale): ActivationRequest {
  return {
    id: guid(number),
    action: 'activate',
    role,
    scope: app,
    requester,
    pimStatus: 'PendingApproval',
    createdAt: later(-12),
    start: null,
    minutes: 120,
    justification: why[locale],
    ticket: null,
    approvalId: guid(number + 50),
    eligibilityScheduleId: '',
  };
}

export const plainSettings: RoleSettings = {
  maximumMinutes: 480,
  justificationRequired: true,
  ticketRequired: false,
  mfaRequired: false,
  authenticationContext: null,
  approvalRequired: false,
  approvers: [],
  approverJustificationRequired: false,
  notifiesAdministrators: false,
};

export const strictSettings: RoleSettings = {
  ...plainSettings,
  maximumMinutes: 150,
  ticketRequired: true,
  mfaRequired: true,
  approvalRequired: true,
  approvers: [
    { id: megan.id, kind: 'user', name: megan.name },
    { id: operations.id, kind: 'group', name: operations.name },
  ],
  approverJustificationRequired: true,
  notifiesAdministrators: true,
};

export function shown(locale: Locale, more: Partial<ShownActivation> = {}): ShownActivation {
  return {
    requestId: guid(401),
    version: 3,
    personName: alex.name,
    role: contributor,
    scope: app,
    minutes: 120,
    justification: why[locale],
    ticket: { number: 'INC-4711', system: 'ServiceNow' },
    state: 'pending',
    plannedStart: null,
    start: null,
    end: null,
    submittedAt: later(-4),
    decidedByName: null,
    decisionReason: null,
    problem: null,
    eligibleId: guid(101),
    ...more,
  };
}

export function elevation(number: number, principal: Principal, role: Role, more: Partial<Elevation> = {}): Elevation {
  return { ...active(number, role, app), principal, justification: why.en, ...more };
}
