import type { TokenCredential } from '@azure/core-auth';
import { postJson } from '../../../src/dev/emulator-tokens.ts';
import { startEmulator } from '../../../src/emulator/emulator.ts';
import type { Seed } from '../../../src/emulator/seed.ts';
import { createAzureRoles } from '../../../src/pim/azure/azure-roles.ts';
import { PimError } from '../../../src/pim/errors.ts';
import { createEntraRoles } from '../../../src/pim/graph/entra-roles.ts';
import { findApprovers } from '../../../src/pim/graph/find-approvers.ts';
import { findPrincipals } from '../../../src/pim/graph/find-principals.ts';
import { createGroupRoles } from '../../../src/pim/graph/group-roles.ts';
import { createArmClient, createRawClient } from '../../../src/pim/http/azure-client.ts';
import type { ArmClient, AzureClient } from '../../../src/pim/http/azure-client.ts';
import type { EligibleAssignment } from '../../../src/pim/model.ts';
import type { PimReader, PimUser } from '../../../src/pim/pim.ts';
import { createPimUser } from '../../../src/pim/pim-user.ts';
import { createPimReader } from '../../../src/pim/reader.ts';
import { armScope, graphScope } from '../../../src/pim/token-scope.ts';
import { leastDelegated, leastOfTheBot } from './least-permissions.ts';

export const alex = 'a1e00000-0000-4000-8000-000000000001';
export const megan = 'a1e00000-0000-4000-8000-000000000002';
export const nestor = 'a1e00000-0000-4000-8000-000000000003';
export const lee = 'a1e00000-0000-4000-8000-000000000004';
export const opsLeads = 'b2e00000-0000-4000-8000-000000000001';
const platform = 'b2e00000-0000-4000-8000-000000000002';
export const breakGlass = 'b2e00000-0000-4000-8000-000000000004';
const unit = 'f6e00000-0000-4000-8000-000000000001';
const production = '/subscriptions/c3e00000-0000-4000-8000-000000000001';
const bot = 'e5e00000-0000-4000-8000-000000000001';

function settings(kind: 'entra' | 'group', role: string, scope: string, { approvers = [], ticket = false, authenticationContext }: { approvers?: readonly string[]; ticket?: boolean; authenticationContext?: string }): NonNullable<Seed['settings']>[number] {
  return {
    kind, role, scope, justification: true, ...(authenticationContext === undefined ? {} : { authenticationContext }),
    settings: {
      elevationDuration: 'PT2H', notificationToUserOnElevation: true, ticketingInfoOnElevation: ticket, mfaOnElevation: false, approvalOnElevation: approvers.length > 0, approverIds: approvers,
    },
  };
}

const seed: Seed = {
  tenantId: 'd4e00000-0000-4000-8000-000000000001',
  people: [[alex, 'Alex Wilber'], [megan, 'Megan Bowen'], [nestor, 'Nestor Wilke'], [lee, 'Lee Gu']].map(([id = '', name = '']) => ({ id, name, userPrincipalName: `${name.split(' ')[0]?.toLowerCase()}@contoso.example` })),
  groups: [
    { id: opsLeads, name: 'Ops leads', members: [megan], owners: [megan] },
    { id: platform, name: 'Platform engineers', members: [lee] },
    { id: breakGlass, name: 'Production break-glass', members: [], owners: [nestor] },
  ],
  apps: [{ id: bot, name: 'pim-bot', permissions: leastOfTheBot }],
  scopes: [{ id: production, name: 'Production' }],
  administrativeUnits: [{ id: unit, name: 'Munich office' }],
  administrators: [{ kind: 'entra', principalId: nestor, role: 'Privileged Role Administrator' }],
  eligible: [
    { kind: 'azure', principalId: alex, role: 'Reader', scope: production },
    { kind: 'entra', principalId: alex, role: 'User Administrator', scope: '/' },
    { kind: 'entra', principalId: alex, role: 'Reports Reader', scope: '/' },
    { kind: 'entra', principalId: alex, role: 'Security Reader', scope: '/' },
    { kind: 'entra', principalId: lee, role: 'Helpdesk Administrator', scope: `/administrativeUnits/${unit}` },
    { kind: 'entra', principalId: platform, role: 'Cloud Device Administrator', scope: '/' },
    { kind: 'group', principalId: alex, role: 'member', scope: opsLeads },
    { kind: 'group', principalId: alex, role: 'member', scope: breakGlass },
    { kind: 'group', principalId: alex, role: 'owner', scope: opsLeads },
  ],
  settings: [
    settings('entra', 'User Administrator', '/', { approvers: [opsLeads] }),
    settings('entra', 'Reports Reader', '/', {}),
    settings('entra', 'Security Reader', '/', { authenticationContext: 'c1' }),
    settings('group', 'member', opsLeads, {}),
    settings('group', 'member', breakGlass, { approvers: [megan], ticket: true }),
    settings('group', 'owner', opsLeads, { authenticationContext: 'c1' }),
  ],
};

/** The local PIM service, and people of its seed with the least permissions that the product asks for. */
export interface GraphWorld extends AsyncDisposable {
  readonly origin: string;
  /** PIM as this person, all kinds of roles. */
  person(id: string, claims?: { readonly acrs?: readonly string[] }): PimUser;
  reader(digestGroups?: readonly string[]): PimReader;
  graphOf(personId: string): AzureClient;
  fault(match: { method?: string; path: string }, fault: object, times?: number): Promise<void>;
  advance(duration: string): Promise<void>;
  now(): Date;
}

export async function createGraphWorld(options: { pageSize?: number } = {}): Promise<GraphWorld> {
  const emulator = await startEmulator({ seed, ...options });
  const { origin, caPem } = emulator;
  let offsetMs = 0;
  const clock = { now: () => new Date(Date.now() + offsetMs) };
  const credentialOf = (who: object): TokenCredential => ({
    async getToken(scopes) {
      const audience = String(scopes).replace('/.default', '');
      const answer = await postJson(emulator, '/emulator/token', { ...who, audience });
      return { token: textIn(answer, 'access_token'), expiresOnTimestamp: Date.now() };
    },
  });
  const clientsOf = (who: object): { readonly arm: ArmClient; readonly graph: AzureClient } => {
    const reach = { endpoint: origin, caPem, timeoutMs: 10_000, credential: credentialOf(who) };
    return { arm: createArmClient({ ...reach, credentialScopes: armScope }), graph: createRawClient({ ...reach, credentialScopes: graphScope }) };
  };
  const personClients = (user: string, claims = {}) => clientsOf({ user, claims, scopes: leastDelegated });
  return {
    origin,
    person(personId, claims) {
      const { arm, graph } = personClients(personId, claims);
      return createPimUser({
        personId,
        kinds: new Map([
          ['azure', createAzureRoles({ personId, client: arm })],
          ['entra', createEntraRoles({ personId, client: graph, clock })],
          ['group', createGroupRoles({ personId, client: graph, clock })],
        ]),
        findPrincipals: (words) => findPrincipals(graph, words),
        findApprovers: (ids) => findApprovers(graph, ids),
      });
    },
    reader: (digestGroups = []) => createPimReader({ ...clientsOf({ app: 'pim-bot' }), roleKinds: ['azure', 'entra', 'group'], digestGroups }),
    graphOf: (personId) => personClients(personId).graph,
    async fault(match, fault, times = 1) { await postJson(emulator, '/emulator/faults', { match, times, fault }); },
    async advance(duration) {
      await postJson(emulator, '/emulator/clock', { advance: duration });
      offsetMs += Number(/^PT(\d+)M$/.exec(duration)?.[1]) * 60_000;
    },
    now: () => clock.now(),
    [Symbol.asyncDispose]: () => emulator.close(),
  };
}

function textIn(answer: unknown, name: string): string {
  const value: unknown = Object(answer)[name];
  if (typeof value !== 'string') throw new Error(`no ${name} in the answer`);
  return value;
}

/** What this person may activate by these names. */
export async function eligible(user: PimUser, [roleName = '', scopeName = '']: readonly string[]): Promise<EligibleAssignment> {
  const { items } = await user.listEligible();
  const found = items.find(({ role, scope }) => role.name === roleName && scope.name === scopeName);
  if (found === undefined) throw new Error(`not eligible for ${roleName} at ${scopeName}: ${items.map(({ role, scope }) => `${role.name} at ${scope.name}`).join(', ')}`);
  return found;
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(() => null, (reason: unknown) => reason);
  return error instanceof PimError ? error.code : 'no PimError';
}
