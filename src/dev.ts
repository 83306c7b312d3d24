import { parseArgs } from 'node:util';
import path from 'node:path';
import { runCheck } from './dev/check.ts';
import { channelOfTheFirstWindow, startPlaygrounds } from './dev/playgrounds.ts';
import { readDevSettings, type DevSettings } from './dev/settings.ts';
import { startStack } from './dev/stack.ts';
import { loadSeed } from './emulator/seed-file.ts';
import type { Seed } from './emulator/seed.ts';

const settingsFile = 'env/.env.local';

const usage = `npm run dev                        the local PIM service, the bot, and one window per person
npm run dev -- --check             the same without windows: one activation with approval, then the end
npm run dev -- --check --break-put the same while PIM answers 500 to every activation: must fail`;

/** The embedded stack's entry point. Production's is index.ts; they share no switch. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: 'boolean' }, 'break-put': { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help === true) {
    print(usage);
    return;
  }
  const settings = readDevSettings(settingsFile);
  const seed = loadSeed(settings.seedFile);
  if (values.check === true) {
    await runCheck(settings, seed, { breakPut: values['break-put'] ?? false, print });
    print('The check has passed.');
    process.exit(0);
  }
  await run(settings, seed);
}

async function run(settings: DevSettings, seed: Seed): Promise<void> {
  await using started = new AsyncDisposableStack();
  const stack = await startStack(settings, seed, channelOfTheFirstWindow(settings, seed));
  started.defer(() => stack.close());
  const windows = await startPlaygrounds(settings, seed, stack.app.url);
  started.defer(() => windows.close());

  print(`PIM service  ${stack.emulator.origin}  (certificate authority: ${path.relative('.', stack.emulator.caFile)})`);
  print(`Bot          ${stack.app.url}/api/messages`);
  for (const { name, url } of windows.people) print(`${name.padEnd(12)} ${url}`);
  const [requester = '', approver = ''] = windows.people.map(({ name }) => name.split(' ')[0] ?? name);
  print('\nOpen the first two windows: the bot can reach whoever has opened theirs once.');
  print(`1. In ${requester}'s, type:  activate Contributor on rg-app for 1h because the deployment hangs`);
  print('2. Press Activate on the form.');
  print(`3. In ${approver}'s, give a reason on the card and press Approve. Both cards change.`);
  print(`4. In ${requester}'s, the team's channel "Announcements" says that the role has been activated.`);
  print('"help" shows what else there is. Ctrl-C stops everything.');
  await untilAsked();
}

function untilAsked(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => { resolve(); });
    process.once('SIGTERM', () => { resolve(); });
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().then(() => process.exit(0), (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'The embedded stack could not start.'}\n`);
  process.exit(1);
});
