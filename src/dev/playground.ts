import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { freePort, portInUse } from './free-port.ts';
import { configFile, playgroundConfig, type PlaygroundConfig } from './playground-config.ts';

export interface PlaygroundOptions extends PlaygroundConfig {
  /** The window's own: its settings file and its log. */
  readonly folder: string;
  /** 0: any free one. */
  readonly port: number;
  /** Without the path, e.g. `http://127.0.0.1:3978`. */
  readonly botUrl: string;
}

/** One person's window: a page that looks like Teams. */
export interface Playground {
  readonly url: string;
  close(): Promise<void>;
}

const packageName = '@microsoft/m365agentsplayground';
const startsWithinMs = 60_000;

/**
 * Starts the Microsoft 365 Agents Playground as one person, and waits until its page answers.
 * @throws {Error} one sentence: the port is busy, the package is missing, or the Playground's own reason
 */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  try {
    return await start(options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The Agents Playground of ${options.person.name} could not start: ${reason}`, { cause: error });
  }
}

async function start(options: PlaygroundOptions): Promise<Playground> {
  const cli = await findCli();
  const port = await freePort(options.port);
  const log = path.join(options.folder, 'devTools', 'm365agentsplayground.log');
  await mkdir(options.folder, { recursive: true });
  await rm(log, { force: true });
  await writeFile(path.join(options.folder, configFile), playgroundConfig(options));

  const url = `http://127.0.0.1:${port}`;
  const child = spawnCli(cli, options, port);
  const ended = Promise.race([once(child, 'exit'), once(child, 'error')]);
  const decided = new AbortController();
  try {
    const outcome = await Promise.race([
      answersOn(child, url, decided.signal),
      ended.then(() => 'ended' as const),
      sleep(startsWithinMs, 'late' as const, { signal: decided.signal }),
    ]);
    if (outcome === 'ended') throw new Error(await reasonIn(log));
    if (outcome === 'late') throw new Error(`it did not answer within ${startsWithinMs / 1000} s.`);
    if (outcome === 'elsewhere') throw new Error(portInUse(port));
    return { url, close: () => end(child, ended) };
  } catch (error) {
    await end(child, ended);
    throw error;
  } finally {
    decided.abort();
  }
}

/** The package's own script, run by this Node: without npx and without a shell, there is one process to end. */
async function findCli(): Promise<string> {
  const manifest = manifestOf(packageName);
  if (manifest === null) throw new Error(`the development dependency ${packageName} is not installed; run npm install.`);
  const { bin } = z.object({ bin: z.object({ agentsplayground: z.string() }) }).parse(JSON.parse(await readFile(manifest, 'utf8')));
  return path.join(path.dirname(manifest), bin.agentsplayground);
}

function manifestOf(name: string): string | null {
  try {
    return createRequire(import.meta.url).resolve(`${name}/package.json`);
  } catch {
    return null;
  }
}

/** Where the window on this port takes the bot's messages. */
export function serviceUrlAt(port: number): string {
  return `http://127.0.0.1:${port}/_connector`;
}

/** Loaded into the Playground before its own code: the channel between us closes when we end, however that comes about. */
const endWithUs = 'data:text/javascript,process.once("disconnect", () => process.exit())';

function spawnCli(cli: string, { folder, botUrl }: PlaygroundOptions, port: number): ChildProcess {
  const parameters = [
    'start',
    '--app-endpoint', `${botUrl}/api/messages`,
    '--channel-id', 'msteams',
    '--port', String(port),
    '--service-url', serviceUrlAt(port),
    '--disable-telemetry',
  ];
  return spawn(process.execPath, ['--import', endWithUs, cli, ...parameters], {
    cwd: folder,
    // It is silent towards the network only with the second switch as well.
    // Nothing of our own environment: it may hold secrets, and with a proxy in it the windows do not find the bot.
    env: { TEAMSAPPTESTER_BROWSER: 'none', APPLICATION_INSIGHTS_NO_STATSBEAT: '1', TZ: Intl.DateTimeFormat().resolvedOptions().timeZone },
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
    // A process group of its own: it can be ended with all it started, and Ctrl-C reaches us alone.
    detached: process.platform !== 'win32',
  });
}

/** `elsewhere`: the port was taken in the meantime, and the Playground has silently moved to another. */
async function answersOn(child: ChildProcess, url: string, signal: AbortSignal): Promise<'answers' | 'elsewhere'> {
  if ((await portOf(child)) !== Number(new URL(url).port)) return 'elsewhere';
  // It says that it listens before it has read its settings file.
  while (!(await answers(url, signal))) await sleep(50, undefined, { signal });
  return 'answers';
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    if (child.stdout === null) return;
    createInterface(child.stdout).on('line', (line) => {
      const port = /^Listening on (\d+)/u.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** The log gives the name of an error class, then what happened, then advice. */
async function reasonIn(log: string): Promise<string> {
  const lines = await readFile(log, 'utf8').catch(() => '');
  const reason = /^error Reason: (?:\w+Error )?(.+)$/mu.exec(lines)?.[1];
  return reason?.trim() ?? `it ended at once; its log is ${log}.`;
}

/** It keeps nothing that would need a gentle end. */
async function end(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killGroup(child, child.pid);
  await ended;
}

function killGroup(child: ChildProcess, pid: number): void {
  if (process.platform === 'win32') {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself a moment ago.
  }
}
