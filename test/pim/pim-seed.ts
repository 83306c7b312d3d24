import type { Seed } from '../../src/emulator/seed.ts';

/** People, roles and scopes of the tests against the local PIM service. */

const guid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

export const alex = guid(1);
export const megan = guid(2);
export const lee = guid(3);
const gina = guid(4);
const dora = guid(5);
export const nestor = guid(6);
export const adam = guid(7);
export const engineers = guid(11);
export const leads = guid(12);
export const seniorLeads = guid(13);

export const contoso = '/providers/Microsoft.Management/managementGroups/contoso';
export const production = '/subscriptions/11111111-1111-4111-8111-111111111111';
export const sandbox = '/subscriptions/22222222-2222-4222-8222-222222222222';
export const app = `${production}/resourceGroups/rg-app`;
export const data = `${production}/resourceGroups/rg-data`;
export const site = `${app}/providers/Microsoft.Web/sites/shop`;

const open = { elevationDuration: 'PT4H', mfaOnElevation: false, approvalOnElevation: false, ticketingInfoOnElevation: false };

export const seed: Seed = {
  tenantId: guid(99),
  people: [
    { id: alex, name: 'Alex Wilber', userPrincipalName: 'alex@contoso.example' },
    { id: megan, name: 'Megan Bowen', userPrincipalName: 'megan@contoso.example' },
    { id: lee, name: 'Lee Gu', userPrincipalName: 'lee@contoso.example' },
    { id: gina, name: 'Gina Guest', userPrincipalName: 'gina@elsewhere.example', userType: 'Guest' },
    { id: dora, name: 'Dora Disabled', userPrincipalName: 'dora@contoso.example', accountEnabled: false },
    { id: nestor, name: 'Nestor Wilke', userPrincipalName: 'nestor@contoso.example' },
    { id: adam, name: 'Adam Admin', userPrincipalName: 'adam@contoso.example' },
  ],
  groups: [
    { id: engineers, name: 'Engineers', members: [alex] },
    { id: leads, name: 'Ops leads', members: [megan, gina, dora, seniorLeads, alex] },
    { id: seniorLeads, name: 'Senior leads', members: [nestor, megan] },
  ],
  apps: [
    { id: guid(21), name: 'pim-bot', roles: [{ role: 'Reader', scope: production }, { role: 'Reader', scope: sandbox }],
      permissions: ['GroupMember.Read.All', 'User.Read.All'] },
    { id: guid(23), name: 'wide-bot', roles: [{ role: 'Reader', scope: contoso }, { role: 'Reader', scope: sandbox }] },
    { id: guid(22), name: 'half-bot', roles: [{ role: 'Reader', scope: app }], permissions: [] },
  ],
  scopes: [
    { id: contoso, name: 'Contoso' },
    { id: production, name: 'Production', parent: contoso },
    { id: sandbox, name: 'Sandbox' },
    { id: app },
    { id: data },
    { id: site },
  ],
  administrators: [{ principalId: adam, scope: production }],
  eligible: [
    { kind: 'azure', principalId: alex, role: 'Contributor', scope: app },
    { kind: 'azure', principalId: alex, role: 'Reader', scope: production },
    { kind: 'azure', principalId: engineers, role: 'Contributor', scope: data },
    { kind: 'azure', principalId: alex, role: 'Owner', scope: sandbox },
    { kind: 'azure', principalId: alex, role: 'Reader', scope: contoso },
    { kind: 'azure', principalId: alex, role: 'User Access Administrator', scope: sandbox },
    { kind: 'azure', principalId: lee, role: 'Reader', scope: production },
    { kind: 'azure', principalId: megan, role: 'Contributor', scope: sandbox },
  ],
  settings: [
    { kind: 'azure', role: 'Contributor', scope: app, justification: true,
      settings: { elevationDuration: 'PT2H', notificationToUserOnElevation: true, ticketingInfoOnElevation: false, mfaOnElevation: false,
        approvalOnElevation: true, approverIds: [leads, lee] } },
    { kind: 'azure', role: 'Reader', scope: production, justification: false, settings: open },
    { kind: 'azure', role: 'Contributor', scope: data, justification: true, settings: { ...open, ticketingInfoOnElevation: true } },
    { kind: 'azure', role: 'Owner', scope: sandbox, justification: true, settings: { ...open, mfaOnElevation: true } },
    { kind: 'azure', role: 'User Access Administrator', scope: sandbox, justification: true, settings: open, authenticationContext: 'c1' },
  ],
};
