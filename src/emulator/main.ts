import path from 'node:path';
import { parseArgs } from 'node:util';
import { startEmulator } from './emulator.ts';
import type { Emulator, EmulatorOptions } from './emulator.ts';

const help = `npm run emulator -- [flags]

  --port N            port on 127.0.0.1; 0 takes a free one (10443)
  --http PORT         also listens there without encryption, on 127.0.0.1; 0 takes a free one
  --seed FILE         the tenant at its start (env/local.seed.json)
  --data FOLDER       keeps state, certificate authority and token key there, so that a restart goes on where it was
  --page-size N       items on a page of a listing (100)
  --json              the first line is {"ready":true,"origin":"https://127.0.0.1:PORT","ca":"/path/to/ca.pem"},
                      with "http":"http://127.0.0.1:PORT" where --http is given
  --stop-with-parent  ends when the process that started it ends
  --help              this text

What it serves, its own endpoints and the seed: src/emulator/README.md
`;
const defaultPort = 10_443;
const anyPort = { from: 0, to: 65_535 };
const defaultSeed = path.resolve(import.meta.dirname, '../../env/local.seed.json');

interface CommandLine {
  readonly options: EmulatorOptions & { readonly seed: string };
  readonly json: boolean;
  readonly stopWithParent: boolean;
  readonly help: boolean;
}

/** Throws an `Error` with one sentence for an unknown flag or a value that does not fit. */
function parseCommandLine(args: readonly string[]): CommandLine {
  const values = parseFlags(args);
  const { json, help: wantsHelp, seed, data, http, 'stop-with-parent': stopWithParent } = values;
  const port = wholeNumber('--port', values.port, anyPort);
  if (data === '') {
    throw new Error('--data takes a folder, found none.');
  }
  const pageSize = wholeNumber('--page-size', values['page-size'], { from: 1, to: 1000 });
  const options = {
    port,
    seed,
    pageSize,
    ...(http === undefined ? {} : { httpPort: wholeNumber('--http', http, anyPort) }),
    ...(data === undefined ? {} : { dataFolder: data }),
  };
  return { options, json, stopWithParent, help: wantsHelp };
}

const flags = {
  port: { type: 'string', default: String(defaultPort) },
  http: { type: 'string' },
  seed: { type: 'string', default: defaultSeed },
  data: { type: 'string' },
  'page-size': { type: 'string', default: '100' },
  json: { type: 'boolean', default: false },
  'stop-with-parent': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags }).values;
  } catch (error) {
    // Node goes on with advice about positional arguments, of which there are none here.
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/\.\s|\n/);
    throw new Error(`${sentence}; --help lists the flags.`, { cause: error });
  }
}

function wholeNumber(flag: string, text: string, { from, to }: { readonly from: number; readonly to: number }): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < from || value > to) {
    throw new Error(`${flag} takes a number from ${from} to ${to}, found ${text}.`);
  }
  return value;
}

async function main(): Promise<void> {
  const parent = process.ppid;
  const { options, json, stopWithParent, help: wantsHelp } = parseCommandLine(process.argv.slice(2));
  if (wantsHelp) {
    process.stdout.write(help);
    return;
  }
  const emulator = await startEmulator(options);
  process.stdout.write(json ? readyLine(emulator) : readyText(emulator, options));
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

function readyLine({ origin, httpOrigin, caFile }: Emulator): string {
  return `${JSON.stringify({ ready: true, origin, ...(httpOrigin === null ? {} : { http: httpOrigin }), ca: caFile })}\n`;
}

function readyText({ origin, httpOrigin, caFile }: Emulator, { seed, dataFolder }: CommandLine['options']): string {
  const lines = [
    ['PIM service', origin],
    ...(httpOrigin === null ? [] : [['Without encryption', httpOrigin] as const]),
    ['Trust its authority', caFile],
    ['Seed', path.resolve(seed)],
    ['State', dataFolder === undefined ? 'not kept; --data FOLDER keeps it' : path.resolve(dataFolder)],
  ] as const;
  return `${lines.map(([name, value]) => `${name.padEnd(22)}${value}\n`).join('')}How to use it: src/emulator/README.md. Stop with Ctrl-C.\n`;
}

main().catch((error: unknown) => {
  const sentence = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${sentence.replaceAll('\n', ' ')}\n`);
  process.exitCode = 1;
});
