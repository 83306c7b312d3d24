import { setTimeout as delay } from 'node:timers/promises';
import type { TokenCredential } from '@azure/core-auth';
import type { BotFrameworkAuthentication } from 'botframework-connector';
import { channelAt, type ChannelSettings } from './bot/announce-channel.ts';
import type { WaitingRules } from './bot/approvals/waiting-rules.ts';
import { BotAdapter } from './bot/door/adapter.ts';
import { carryOut } from './bot/sign-in/carry-out.ts';
import { createMembership } from './bot/sign-in/members.ts';
import { createMessenger } from './bot/messenger.ts';
import { createTurnHandler } from './bot/on-turn.ts';
import type { BotParts } from './bot/parts.ts';
import { startServer } from './bot/door/server.ts';
import { createSignIn, type PeopleTokens } from './bot/sign-in/sign-in.ts';
import type { TeamsSignIn } from './bot/sign-in/teams-sign-in.ts';
import { localeOf } from './cards/texts.ts';
import type { Clock } from './clock.ts';
import type { Page } from './http-page.ts';
import type { StepUpClient } from './identity/step-up-client.ts';
import { startWorkers } from './jobs/workers.ts';
import type { Log } from './log.ts';
import { createAzureRoles } from './pim/azure/azure-roles.ts';
import { listDescendants } from './pim/azure/find-scopes.ts';
import { createListingCache } from './pim/cached-listings.ts';
import { createEntraRoles } from './pim/graph/entra-roles.ts';
import { findApprovers } from './pim/graph/find-approvers.ts';
import { findPrincipals } from './pim/graph/find-principals.ts';
import { createGroupRoles } from './pim/graph/group-roles.ts';
import { createArmClient, createRawClient, type ArmClient, type AzureClient, type AzureClientOptions } from './pim/http/azure-client.ts';
import type { RoleKind } from './pim/model.ts';
import { createOwnLayer, type OwnLayer } from './pim/own-layer.ts';
import type { OwnEntry } from './pim/own-settings.ts';
import { createPimUser, type PimOfKind } from './pim/pim-user.ts';
import type { PimReader, PimUser } from './pim/pim.ts';
import { createPimReader } from './pim/reader.ts';
import { armScope, graphScope } from './pim/token-scope.ts';
import { findConversation } from './store/conversation-references.ts';
import { refuseCallsInside, type Store } from './store/database.ts';
import { openJobQueue } from './store/job-queue.ts';
import { createStepUpPages } from './web/step-up.ts';

/** Everything that differs between production and the embedded stack. */
export interface AppParts {
  readonly tenantId: string;
  readonly appId: string;
  readonly listenOn: { readonly host: string; readonly port: number };
  /** Who may speak to the bot, and as whom it answers. */
  readonly authentication: BotFrameworkAuthentication;
  /** Whether the authorization header alone lets a sender in: asked before anything else of a request is read. */
  readonly admits: (authorization: string) => Promise<boolean>;
  readonly peopleTokens: PeopleTokens;
  /** How people sign in; `null`: everybody is signed in. */
  readonly teamsSignIn: TeamsSignIn | null;
  /** Where an administrator allows the bot to act for people. */
  readonly consentUrl: string | null;
  /** `null`: no step-up page; cards lead to the portal. */
  readonly stepUp: StepUpSettings | null;
  /** The bot's own identity: it can only read. */
  readonly botCredential: TokenCredential;
  readonly azure: AzureEndpoints;
  /** What the tenant uses PIM for. */
  readonly roleKinds: readonly RoleKind[];
  readonly digestScopes: readonly string[];
  /** Object ids of the groups that the digest covers. */
  readonly digestGroups: readonly string[];
  /** Our own, stricter settings of roles. */
  readonly ownSettings: readonly OwnEntry[];
  readonly waiting: WaitingRules;
  /** Where activations are announced, where their settings say so; nowhere where nothing is said. */
  readonly announceChannel?: ChannelSettings | null;
  /** Whether requests made elsewhere are looked for once a minute; yes where nothing is said. */
  readonly looksElsewhere?: boolean;
  /** How long an approver's card waits to hear what its requester holds; some seconds, where nothing is said. */
  readonly heldWithinMs?: number;
  /** Opened by the caller, and closed by the caller after the app. */
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

export interface StepUpSettings {
  /** `https` origin at which browsers reach this server. */
  readonly publicUrl: string;
  /** Where the page's form may lead, as a source of its Content-Security-Policy: a tenant may sign its people in anywhere. */
  readonly signInSource: string;
  readonly client: StepUpClient;
}

export interface AzureEndpoints {
  readonly arm: string;
  readonly graph: string;
  /** Certificate authority of the two, where it is not one of the system's. */
  readonly caPem?: string;
}

export interface App {
  /** Where the bot listens, without a path. */
  readonly url: string;
  /** Takes nothing new, lets what runs come to its end, and stops. */
  close(): Promise<void>;
}

const loginHintWithinMs = 1_500;
/** PIM answers within seconds or hardly at all; a watch reads back what was left open. */
const pimTimeoutMs = 30_000;

/**
 * Puts the bot together and starts it. What has been started is stopped again when a later part fails.
 * @throws {Error} one clear sentence (port in use)
 */
export async function startApp(app: AppParts): Promise<App> {
  await using started = new AsyncDisposableStack();
  const { store } = app;
  const jobs = await openJobQueue(store, app.log);
  started.defer(() => jobs.close());

  const adapter = new BotAdapter(app.authentication, app.log);
  const pimReader = readerOf(app);
  const parts: BotParts = {
    tenantId: app.tenantId.toLowerCase(),
    store,
    jobs,
    messenger: createMessenger(adapter, app.appId),
    signIn: createSignIn({
      tokens: app.peopleTokens,
      createPimUser: (personId, credential) => pimUserOf(app, personId, credential),
      listings: createListingCache({ clock: app.clock }),
    }),
    teamsSignIn: app.teamsSignIn,
    consentUrl: app.consentUrl,
    stepUpOrigin: app.stepUp?.publicUrl ?? null,
    isMember: createMembership(pimReader, app),
    pimReader,
    ownLayer: ownLayerOf(app),
    waiting: app.waiting,
    announceChannel: app.announceChannel ? channelAt(app.announceChannel, app) : null,
    looksElsewhere: app.looksElsewhere ?? true,
    clock: app.clock,
    log: app.log,
  };
  await startWorkers(parts);
  const onTurn = createTurnHandler(parts);
  const server = await startServer({
    ...app.listenOn,
    log: app.log,
    admits: app.admits,
    isReady: () => isReachable(parts),
    pages: pagesOf(app, parts),
    onActivity: async (request, response) => {
      const answer = await adapter.receive(request.headers.authorization ?? '', request.body, onTurn);
      response.send(answer.status, answer.body);
    },
  });
  started.defer(() => server.close());
  const running = started.move();
  return { url: server.url, close: () => running.disposeAsync() };
}

function pagesOf({ stepUp, peopleTokens }: AppParts, parts: BotParts): readonly Page[] {
  if (stepUp === null) return [];
  const { store, clock, log, tenantId } = parts;
  return createStepUpPages({
    store, clock, log, tenantId,
    ...stepUp,
    carryOut: (record, credential) => carryOut(parts, record, credential),
    // A courtesy: without it the person picks their account.
    loginHintOf: (personId) => Promise.race([peopleTokens.loginHintOf(personId).catch(() => null), delay(loginHintWithinMs, null, { ref: false })]),
    localeOf: async (personId) => localeOf((await findConversation(store.db, personId))?.locale ?? undefined),
  });
}

function pimUserOf(app: AppParts, personId: string, credential: TokenCredential): PimUser {
  const { arm, graph } = clientsOf(app, credential);
  const createKind: Readonly<Record<RoleKind, () => PimOfKind>> = {
    azure: () => createAzureRoles({ personId, client: arm }),
    entra: () => createEntraRoles({ personId, client: graph, clock: app.clock }),
    group: () => createGroupRoles({ personId, client: graph, clock: app.clock }),
  };
  return createPimUser({
    personId,
    kinds: new Map(app.roleKinds.map((kind) => [kind, createKind[kind]()])),
    findPrincipals: (words) => findPrincipals(graph, words),
    findApprovers: (ids) => findApprovers(graph, ids),
  });
}

function readerOf(app: AppParts): PimReader {
  const { roleKinds, digestScopes, digestGroups, heldWithinMs } = app;
  return createPimReader({ ...clientsOf(app, app.botCredential), roleKinds, digestScopes, digestGroups, ...(heldWithinMs === undefined ? {} : { heldWithinMs }) });
}

function ownLayerOf(app: AppParts): OwnLayer {
  const { arm } = clientsOf(app, app.botCredential);
  return createOwnLayer({
    entries: app.ownSettings,
    clock: app.clock,
    listDescendants: async (group) => (await listDescendants(arm, group)).map(({ id }) => id),
  });
}

function clientsOf(app: AppParts, credential: TokenCredential): { readonly arm: ArmClient; readonly graph: AzureClient } {
  const options = callOptions(app, credential);
  return {
    arm: createArmClient({ ...options, endpoint: app.azure.arm, credentialScopes: armScope }),
    graph: createRawClient({ ...options, endpoint: app.azure.graph, credentialScopes: graphScope }),
  };
}

/** No call leaves while a database transaction is open (promise 33). */
function callOptions({ azure }: AppParts, credential: TokenCredential): Omit<AzureClientOptions, 'endpoint' | 'credentialScopes'> {
  return {
    credential,
    timeoutMs: pimTimeoutMs,
    beforeCall: refuseCallsInside,
    ...(azure.caPem === undefined ? {} : { caPem: azure.caPem }),
  };
}

async function isReachable({ store }: BotParts): Promise<boolean> {
  try {
    await store.transaction(() => Promise.resolve());
    return true;
  } catch {
    return false;
  }
}
