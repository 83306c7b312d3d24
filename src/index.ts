import { startApp, type StepUpSettings } from './app.ts';
import { channelAuthentication } from './bot/door/channel-authentication.ts';
import { teamsPeople } from './bot/teams-people.ts';
import { createTeamsSignIn } from './bot/sign-in/teams-sign-in.ts';
import { teamsUserIdOf } from './bot/door/teams-user-id.ts';
import { createTokenService } from './bot/sign-in/token-service.ts';
import { systemClock } from './clock.ts';
import { ConfigError, readConfig, type Config, type Secrets } from './config.ts';
import { appCredential } from './identity/app-credential.ts';
import type { AppProof, AppRegistration } from './identity/app-registration.ts';
import { publicAuthority } from './identity/authority.ts';
import { createOnBehalfOf } from './identity/on-behalf-of.ts';
import { createStepUpClient } from './identity/step-up-client.ts';
import { createLog } from './log.ts';
import { tokenScopeOf } from './pim/token-scope.ts';
import { openStore, refuseCallsInside } from './store/database.ts';

/** The production entry point: configuration → parts → start; SIGTERM and SIGINT → stop in reverse. */
async function main(): Promise<void> {
  const { config, secrets } = readConfig(process.env);
  const { appId, tenantId } = config.bot;
  const log = createLog(config.logLevel);
  const clock = systemClock;
  const registration: AppRegistration = { tenantId, appId, proof: proofOf(config, secrets, secrets.appPassword), beforeCall: refuseCallsInside };
  const credential = appCredential(registration);
  const store = await openStore(secrets.database, { log });
  const authentication = channelAuthentication({ appId, tenantId, credential }, {
    serviceHosts: config.teamsServiceHosts, tokenServiceUrl: config.tokenServiceUrl, clock, log,
  });
  const tokenService = createTokenService(authentication, { appId, connectionName: config.signInConnection });
  const people = { tenantId, audiences: [appId, `api://botid-${appId}`], tokenService };
  const app = await startApp({
    tenantId,
    appId,
    listenOn: { host: '0.0.0.0', port: config.port },
    authentication,
    admits: (authorization) => authentication.admits(authorization),
    peopleTokens: teamsPeople({
      ...people,
      onBehalfOf: createOnBehalfOf(registration, { clock }),
      firstScope: tokenScopeOf(config.pim.roleKinds[0]),
      teamsUserIdOf: (personId) => teamsUserIdOf(store.db, personId),
    }),
    teamsSignIn: createTeamsSignIn(people),
    consentUrl: `${publicAuthority.host}/${tenantId}/adminconsent?client_id=${appId}`,
    stepUp: stepUpOf(config, secrets),
    botCredential: credential,
    azure: {
      arm: config.pim.armEndpoint,
      graph: config.pim.graphEndpoint,
      ...(config.pim.caPem === null ? {} : { caPem: config.pim.caPem }),
    },
    roleKinds: config.pim.roleKinds,
    digestScopes: config.pim.digestScopes,
    digestGroups: config.pim.digestGroups,
    ownSettings: config.ownSettings,
    waiting: config.waiting,
    announceChannel: config.announceChannel,
    looksElsewhere: config.looksElsewhere,
    store,
    clock,
    log,
  });
  log.info({ url: app.url, ownSettings: config.ownSettings.length }, 'ready');
  const stop = (): void => {
    app.close().then(() => store.close()).then(() => process.exit(0), (error: unknown) => {
      log.error({ error }, 'could not stop in order');
      process.exit(1);
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function proofOf({ bot }: Config, { certificatePem }: Secrets, password: string): AppProof {
  switch (bot.proof.kind) {
    case 'managedIdentity': return bot.proof;
    case 'certificate': return { kind: 'certificate', pem: certificatePem };
    case 'secret': return { kind: 'secret', value: password };
  }
}

/** Its registration is another than the bot's: what can be signed in to in a browser opens no other door. */
function stepUpOf(config: Config, secrets: Secrets): StepUpSettings | null {
  if (config.stepUp === null) return null;
  const { appId, publicUrl } = config.stepUp;
  const registration = { tenantId: config.bot.tenantId, appId, proof: proofOf(config, secrets, secrets.stepUpPassword), beforeCall: refuseCallsInside };
  const options = { redirectUri: `${publicUrl}/step-up/callback`, clock: systemClock };
  return { publicUrl, signInSource: 'https:', client: createStepUpClient(registration, options) };
}

main().catch((error: unknown) => {
  const sentence = error instanceof ConfigError || error instanceof Error ? error.message : 'The bot could not start.';
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
});
