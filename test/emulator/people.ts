import type { Seed } from '../../src/emulator/seed.ts';

/** The people, scopes and roles of the emulator's own tests: one role for each rule. */

const guid = (kind: string, n: number): string => `${kind.repeat(8)}-0000-4000-8000-${String(n).padStart(12, '0')}`;

export const alex = guid('a', 1);
export const megan = guid('a', 2);
export const nestor = guid('a', 3);
export const lee = guid('a', 4);
export const diego = guid('a', 5);
export const guest = guid('a', 6);
export const leaver = guid('a', 7);

export const opsLeads = guid('b', 1);
export const platform = guid('b', 2);
export const onCall = guid('b', 3);

export const bot = guid('c', 1);
const blindApp = guid('c', 2);

export const production = `/subscriptions/${guid('d', 1)}`;
export const development = `/subscriptions/${guid('d', 2)}`;
export const contoso = '/providers/Microsoft.Management/managementGroups/contoso';
export const rgApp = `${production}/resourceGroups/rg-app`;
export const rgWeb = `${production}/resourceGroups/rg-web`;
export const site = `${rgApp}/providers/Microsoft.Web/sites/shop`;

export const roleIds = {
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  Owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  'Key Vault Administrator': '00482a5a-887f-4fb3-b363-3b7fe8e74483',
  'Website Contributor': 'de139f84-1756-47ae-9be6-808fbbe84772',
  'Network Contributor': '4d97b98b-1d4f-4787-a291-c67834d212e7',
  'Monitoring Reader': '43d0d8ad-25c7-4714-9337-8ba259a9fe05',
  'Security Reader': '39bc4728-0917-49c7-9d2c-d95423bc2eb4',
} as const;
export type RoleName = keyof typeof roleIds;

/** Qualified as Azure does: by the subscription of the scope. */
export function roleAt(role: RoleName, scope: string): string {
  const subscription = scope.startsWith('/subscriptions/') ? scope.split('/').slice(0, 3).join('/') : '';
  return `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleIds[role]}`;
}

interface Asks {
  readonly ticket?: boolean;
  readonly mfa?: boolean;
  readonly approvers?: readonly string[];
}

function sixFields(elevationDuration: string, { ticket = false, mfa = false, approvers = [] }: Asks = {}): NonNullable<Seed['settings']>[number]['settings'] {
  return {
    elevationDuration,
    notificationToUserOnElevation: true,
    ticketingInfoOnElevation: ticket,
    mfaOnElevation: mfa,
    approvalOnElevation: approvers.length > 0,
    approverIds: approvers,
  };
}

export const seed: Seed = {
  tenantId: guid('e', 1),
  people: [
    { id: alex, name: 'Alex Wilber', userPrincipalName: 'alex@contoso.example' },
    { id: megan, name: 'Megan Bowen', userPrincipalName: 'megan@contoso.example' },
    { id: nestor, name: 'Nestor Wilke', userPrincipalName: 'nestor@contoso.example' },
    { id: lee, name: 'Lee Gu', userPrincipalName: 'lee@contoso.example' },
    { id: diego, name: 'Diego Siciliani', userPrincipalName: 'diego@contoso.example' },
    { id: guest, name: 'Grady Archie', userPrincipalName: 'grady@fabrikam.example', userType: 'Guest' },
    { id: leaver, name: 'Patti Fernandez', userPrincipalName: 'patti@contoso.example', accountEnabled: false },
  ],
  groups: [
    { id: opsLeads, name: 'Ops leads', members: [megan, diego] },
    { id: platform, name: 'Platform engineers', members: [onCall, diego] },
    { id: onCall, name: 'On call', members: [lee, platform] },
  ],
  apps: [
    { id: bot, name: 'pim-bot', roles: [{ role: 'Reader', scope: production }], permissions: ['GroupMember.Read.All', 'User.Read.All'] },
    { id: blindApp, name: 'blind' },
  ],
  scopes: [
    { id: contoso, name: 'Contoso' },
    { id: production, name: 'Production' },
    { id: development, name: 'Development' },
    { id: rgApp },
    { id: rgWeb },
    { id: site, name: 'shop' },
  ],
  administrators: [{ principalId: nestor, scope: contoso }],
  eligible: [
    { kind: 'azure', principalId: alex, role: 'Contributor', scope: rgApp },
    { kind: 'azure', principalId: megan, role: 'Contributor', scope: rgApp },
    { kind: 'azure', principalId: alex, role: 'Reader', scope: production },
    { kind: 'azure', principalId: alex, role: 'Owner', scope: rgWeb },
    { kind: 'azure', principalId: alex, role: 'Website Contributor', scope: production },
    { kind: 'azure', principalId: alex, role: 'Key Vault Administrator', scope: production },
    { kind: 'azure', principalId: alex, role: 'Security Reader', scope: production },
    { kind: 'azure', principalId: alex, role: 'Monitoring Reader', scope: contoso },
    { kind: 'azure', principalId: onCall, role: 'Network Contributor', scope: rgWeb, end: '2099-01-01T00:00:00Z' },
    { kind: 'azure', principalId: platform, role: 'Reader', scope: rgWeb },
    { kind: 'entra', principalId: alex, role: 'User Administrator', scope: '/' },
    { kind: 'group', principalId: alex, role: 'member', scope: opsLeads },
  ],
  settings: [
    { kind: 'azure', role: 'Contributor', scope: rgApp, settings: sixFields('PT2H', { approvers: [megan, opsLeads] }) },
    { kind: 'azure', role: 'Reader', scope: production, settings: sixFields('PT30M'), justification: false },
    { kind: 'azure', role: 'Website Contributor', scope: production, settings: sixFields('PT4H', { ticket: true }) },
    { kind: 'azure', role: 'Website Contributor', scope: rgWeb, settings: sixFields('PT1H', { approvers: [opsLeads] }), justification: false },
    { kind: 'azure', role: 'Key Vault Administrator', scope: production, settings: sixFields('PT8H', { mfa: true }) },
    { kind: 'azure', role: 'Security Reader', scope: production, settings: sixFields('PT8H'), authenticationContext: 'c1' },
  ],
};
