import path from 'node:path';
import { parseArgs } from 'node:util';
import { startEmulator } from './emulator.ts';
import type { Emulator, EmulatorOptions } from './emulator.ts';

const usage = 'npm run emulator -- [--port N] [--seed FILE] [--data FOLDER] [--json] [--stop-with-parent]';
const defaultPort = 10_443;
const defaultSeed = path.resolve(import.meta.dirname, '../../env/local.seed.json');

interface CommandLine {
  readonly options: EmulatorOptions;
  readonly json: boolean;
  readonly stopWithParent: boolean;
  readonly help: boolean;
}

/** Throws an `Error` with one sentence for an unknown flag or a port that is none. */
function parseCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: String(defaultPort) },
      seed: { type: 'string', default: defaultSeed },
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      'stop-with-parent': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new Error(`--port takes a number from 0 to 65535, found ${values.port}.`);
  }
  const data = values.data === undefined ? {} : { dataFolder: values.data };
  const { json, help, 'stop-with-parent': stopWithParent } = values;
  return { options: { port, seed: values.seed, ...data }, json, stopWithParent, help };
}

async function main(): Promise<void> {
  const parent = process.ppid;
  const { options, json, stopWithParent, help } = parseCommandLine(process.argv.slice(2));
  if (help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const emulator = await startEmulator(options);
  process.stdout.write(json ? readyLine(emulator) : readyText(emulator));
  const stop = (): void => {
    emulator.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  if (stopWithParent) {
    whenOrphaned(parent, stop);
  }
}

/** npm ends its shell by a signal, and the shell dies without passing it on: nobody would be left to stop this process. */
function whenOrphaned(parent: number, stop: () => void): void {
  const watch = setInterval(() => {
    if (process.ppid !== parent) {
      clearInterval(watch);
      stop();
    }
  }, 250);
  watch.unref();
}

function readyLine({ origin, caFile }: Emulator): string {
  return `${JSON.stringify({ ready: true, origin, ca: caFile })}\n`;
}

function readyText({ origin, caFile }: Emulator): string {
  return `PIM service           ${origin}\nTrust its authority   ${caFile}\nStop with Ctrl-C.\n`;
}

main().catch((error: unknown) => {
  const sentence = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${sentence.replaceAll('\n', ' ')}\n`);
  process.exitCode = 1;
});
