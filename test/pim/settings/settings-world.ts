import { get, request } from 'node:https';
import { json } from 'node:stream/consumers';
import type { TokenCredential } from '@azure/core-auth';
import { postJson } from '../../../src/dev/emulator-tokens.ts';
import { startEmulator } from '../../../src/emulator/emulator.ts';
import type { Emulator } from '../../../src/emulator/emulator.ts';
import type { Seed } from '../../../src/emulator/seed.ts';
import { createAzureRoles } from '../../../src/pim/azure/azure-roles.ts';
import { createEntraRoles } from '../../../src/pim/graph/entra-roles.ts';
import { findApprovers } from '../../../src/pim/graph/find-approvers.ts';
import { createGroupRoles } from '../../../src/pim/graph/group-roles.ts';
import { createArmClient, createRawClient } from '../../../src/pim/http/azure-client.ts';
import type { Role, Scope } from '../../../src/pim/model.ts';
import { createPimUser } from '../../../src/pim/pim-user.ts';
import type { PimUser } from '../../../src/pim/pim.ts';
import { armScope, graphScope } from '../../../src/pim/token-scope.ts';
import { leastDelegated } from '../graph/least-permissions.ts';

export const alex = 'a1e00000-0000-4000-8000-000000000001';
export const megan = 'a1e00000-0000-4000-8000-000000000002';
export const nestor = 'a1e00000-0000-4000-8000-000000000003';
export const opsLeads = 'b2e00000-0000-4000-8000-000000000001';
export const engineers = 'b2e00000-0000-4000-8000-000000000002';
export const bot = 'e5e00000-0000-4000-8000-000000000001';
const contoso = '/providers/Microsoft.Management/managementGroups/contoso';
const subscription = '/subscriptions/c3e00000-0000-4000-8000-000000000001';
const userAdministrator = 'fe930be7-5e62-47db-91af-98c3a49a38b1';
const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c';

export const production: Scope = { id: subscription, name: 'Production', type: 'subscription' };
export const rgApp: Scope = { id: `${subscription}/resourceGroups/rg-app`, name: 'rg-app', type: 'resourceGroup' };
export const directory: Scope = { id: '/', name: 'Directory', type: 'directory' };
export const munich: Scope = { id: '/administrativeUnits/f6e00000-0000-4000-8000-000000000001', name: 'Munich office', type: 'administrativeUnit' };
export const leadsGroup: Scope = { id: opsLeads, name: 'Ops leads', type: 'group' };

/** One role of each kind, where its settings are. */
export const places: readonly (readonly [string, Role, Scope])[] = [
  ['an Azure role', { definitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${contributor}`, name: 'Contributor' }, rgApp],
  ['a directory role', { definitionId: userAdministrator, name: 'User Administrator' }, directory],
  ['a group', { definitionId: 'member', name: 'Member' }, leadsGroup],
];

const settings = { elevationDuration: 'PT4H', notificationToUserOnElevation: true, ticketingInfoOnElevation: false, mfaOnElevation: false, approvalOnElevation: true, approverIds: [opsLeads, megan] };

const seed: Seed = {
  tenantId: 'd4e00000-0000-4000-8000-000000000001',
  people: [[alex, 'Alex Wilber'], [megan, 'Megan Bowen'], [nestor, 'Nestor Wilke']].map(([id = '', name = '']) => ({ id, name, userPrincipalName: `${name.split(' ')[0]?.toLowerCase()}@contoso.example` })),
  groups: [{ id: opsLeads, name: 'Ops leads', members: [megan], owners: [nestor] }, { id: engineers, name: 'Engineers', members: [alex] }],
  apps: [{ id: bot, name: 'pim-bot' }],
  scopes: [{ id: contoso, name: 'Contoso' }, { id: subscription, name: 'Production', parent: contoso }, { id: rgApp.id }],
  administrativeUnits: [{ id: 'f6e00000-0000-4000-8000-000000000001', name: 'Munich office' }],
  administrators: [{ principalId: nestor, scope: contoso }, { kind: 'entra', principalId: nestor, role: 'Privileged Role Administrator' }],
  eligible: [
    { kind: 'azure', principalId: alex, role: 'Contributor', scope: rgApp.id },
    { kind: 'entra', principalId: alex, role: 'User Administrator', scope: '/' },
    { kind: 'group', principalId: alex, role: 'member', scope: opsLeads },
    { kind: 'group', principalId: nestor, role: 'owner', scope: opsLeads },
  ],
  settings: [
    { kind: 'azure', role: 'Contributor', scope: rgApp.id, justification: false, settings },
    { kind: 'entra', role: 'User Administrator', scope: '/', justification: false, settings },
    { kind: 'group', role: 'member', scope: opsLeads, justification: false, settings },
    { kind: 'azure', role: 'Reader', scope: subscription, settings: { elevationDuration: 'PT2H' }, authenticationContext: 'c1' },
    { kind: 'entra', role: 'Security Reader', scope: '/', settings: { elevationDuration: 'PT2H' }, authenticationContext: 'c1' },
  ],
};

/** The local PIM service, and people of its seed with the least permissions that the product asks for. */
export interface SettingsWorld extends AsyncDisposable {
  person(id: string, permissions?: readonly string[]): PimUser;
  fault(match: { method?: string; path: string }, fault: object, times?: number): Promise<void>;
  reset(): Promise<void>;
  /** `GET /path` of what has reached the service since the last time, items of batches left out. */
  newCalls(): Promise<readonly string[]>;
}

export async function createSettingsWorld(options: { pageSize?: number } = {}): Promise<SettingsWorld> {
  const emulator = await startEmulator({ seed, ...options });
  const { origin, caPem } = emulator;
  const credentialOf = (who: object): TokenCredential => ({
    async getToken(scopes) {
      const { access_token: token } = Object(await postJson(emulator, '/emulator/token', { ...who, audience: String(scopes).replace('/.default', '') }));
      return { token: String(token), expiresOnTimestamp: Date.now() };
    },
  });
  let seen = 0;
  const ownCalls = async (): Promise<readonly Call[]> =>
    (await callsTo(emulator)).filter(({ path = '/emulator/', inBatch = false }) => !path.startsWith('/emulator/') && !inBatch);
  return {
    person(personId, scopes = leastDelegated) {
      const reach = { endpoint: origin, caPem, timeoutMs: 10_000, credential: credentialOf({ user: personId, scopes }) };
      const [arm, graph] = [createArmClient({ ...reach, credentialScopes: armScope }), createRawClient({ ...reach, credentialScopes: graphScope })];
      const parts = { personId, client: graph, clock: { now: () => new Date() } };
      return createPimUser({
        personId,
        kinds: new Map([['azure', createAzureRoles({ personId, client: arm })], ['entra', createEntraRoles(parts)], ['group', createGroupRoles(parts)]]),
        findPrincipals: () => Promise.resolve([]),
        findApprovers: (ids) => findApprovers(graph, ids),
      });
    },
    async fault(match, fault, times = 1) { await postJson(emulator, '/emulator/faults', { match, times, fault }); },
    async reset() {
      await reset(emulator);
      seen = (await ownCalls()).length;
    },
    async newCalls() {
      const calls = await ownCalls();
      const fresh = calls.slice(seen);
      seen = calls.length;
      return fresh.map(({ method = '', path = '' }) => `${method} ${path}`);
    },
    [Symbol.asyncDispose]: () => emulator.close(),
  };
}

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly inBatch?: boolean;
}

async function callsTo({ origin, caPem }: Emulator): Promise<readonly Call[]> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  get(`${origin}/emulator/audit`, { ca: caPem }, (response) => { resolve(json(response)); }).on('error', reject);
  return Object(await promise).value;
}

async function reset({ origin, caPem }: Emulator): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  request(`${origin}/emulator/reset`, { method: 'POST', ca: caPem }, (response) => { response.resume().on('end', resolve); }).on('error', reject).end();
  await promise;
}
