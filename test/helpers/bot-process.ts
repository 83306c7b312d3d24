import { parseArgs } from 'node:util';
import { readFileSync } from 'node:fs';
import { startApp } from '../../src/app.ts';
import { usualWaiting } from '../../src/bot/approvals/waiting-rules.ts';
import { DevAuthentication } from '../../src/bot/door/dev-adapter.ts';
import { systemClock } from '../../src/clock.ts';
import { appCredential, peopleTokens } from '../../src/dev/emulator-tokens.ts';
import { createLog } from '../../src/log.ts';
import { readOwnSettings } from '../../src/pim/own-settings-file.ts';
import { openStore } from '../../src/store/database.ts';

/** The bot alone as an operating-system process, so that a test can kill it. Prints its address when it is ready. */
const { values } = parseArgs({
  options: {
    'tenant': { type: 'string', default: '' },
    'pim': { type: 'string', default: '' },
    'ca': { type: 'string', default: '' },
    'folder': { type: 'string', default: '' },
    'postgres': { type: 'string', default: '' },
    'own-settings': { type: 'string', default: '{"roles": []}' },
  },
});
const pim = { origin: values.pim, caPem: readFileSync(values.ca, 'utf8') };
const own = readOwnSettings(values['own-settings']);
if (!own.ok) throw new Error(own.faults.join(' '));
const log = createLog('error');
const store = await openStore(values.postgres === '' ? { kind: 'embedded', folder: values.folder } : { kind: 'postgres', url: values.postgres }, { log });
const app = await startApp({
  tenantId: values.tenant,
  appId: '',
  listenOn: { host: '127.0.0.1', port: 0 },
  authentication: new DevAuthentication(),
  admits: () => Promise.resolve(true),
  peopleTokens: peopleTokens(pim),
  teamsSignIn: null,
  consentUrl: null,
  stepUp: null,
  botCredential: appCredential(pim, 'pim-bot'),
  azure: { arm: pim.origin, graph: pim.origin, caPem: pim.caPem },
  roleKinds: ['azure'],
  digestGroups: [],
  digestScopes: [],
  ownSettings: own.entries,
  waiting: usualWaiting,
  store,
  clock: systemClock,
  log,
});
process.stdout.write(`${app.url}\n`);
