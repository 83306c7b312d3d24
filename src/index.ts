import { readFileSync } from 'node:fs';
import { ClientSecretCredential, ManagedIdentityCredential } from '@azure/identity';
import type { TokenCredential } from '@azure/core-auth';
import { startApp } from './app.ts';
import { channelAuthentication } from './bot/channel-authentication.ts';
import { systemClock } from './clock.ts';
import { ConfigError, readConfig, type Config, type Secrets } from './config.ts';
import { createLog } from './log.ts';
import { openStore } from './store/database.ts';

/** The production entry point: configuration → parts → start; SIGTERM and SIGINT → stop in reverse. */
async function main(): Promise<void> {
  const { config, secrets } = readConfig(process.env);
  const log = createLog(config.logLevel);
  const store = await openStore(config.database, { log });
  const authentication = channelAuthentication(config.bot, secrets.appPassword, { serviceHosts: config.teamsServiceHosts, clock: systemClock, log });
  const app = await startApp({
    tenantId: config.bot.tenantId,
    appId: config.bot.appId,
    listenOn: { host: '0.0.0.0', port: config.port },
    authentication,
    admits: (authorization) => authentication.admits(authorization),
    // People's sign-in is not built yet: everybody is told so, and nothing can be activated.
    peopleTokens: { credentialOf: () => Promise.resolve(null) },
    botCredential: botCredential(config, secrets),
    azure: {
      arm: config.pim.armEndpoint,
      graph: config.pim.graphEndpoint,
      ...(config.pim.caFile === null ? {} : { caPem: readFileSync(config.pim.caFile, 'utf8') }),
    },
    digestScopes: config.pim.digestScopes,
    store,
    clock: systemClock,
    log,
  });
  log.info({ url: app.url }, 'ready');
  const stop = (): void => {
    app.close().then(() => store.close()).then(() => process.exit(0), (error: unknown) => {
      log.error({ error }, 'could not stop in order');
      process.exit(1);
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function botCredential({ bot }: Config, { appPassword }: Secrets): TokenCredential {
  return bot.appType === 'UserAssignedMSI'
    ? new ManagedIdentityCredential({ clientId: bot.appId })
    : new ClientSecretCredential(bot.tenantId, bot.appId, appPassword);
}

main().catch((error: unknown) => {
  const sentence = error instanceof ConfigError || error instanceof Error ? error.message : 'The bot could not start.';
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
});
