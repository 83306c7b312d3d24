import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Emulator } from '../../src/emulator/emulator.ts';

export interface KillableBot extends AsyncDisposable {
  readonly url: string;
  /** SIGKILL: no handler of the process runs. Resolves when it is gone. */
  kill(): Promise<void>;
}

export type Memory = { readonly folder: string } | { readonly postgres: string };

/** Starts `bot-process.ts` as a process of its own. Rejects with what it said when it does not start. */
export async function startKillableBot(tenantId: string, emulator: Emulator, memory: Memory): Promise<KillableBot> {
  const where = 'folder' in memory ? ['--folder', memory.folder] : ['--postgres', memory.postgres];
  const child = spawn(process.execPath, [
    path.join(import.meta.dirname, 'bot-process.ts'), '--tenant', tenantId, '--pim', emulator.origin, '--ca', emulator.caFile, ...where,
  ], { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { url: await firstLine(child), kill, [Symbol.asyncDispose]: kill };
}

async function firstLine(child: ChildProcess): Promise<string> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('the process has no output');
  let said = '';
  stderr.setEncoding('utf8').on('data', (chunk: string) => { said += chunk; });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  createInterface(stdout).once('line', resolve);
  child.once('exit', () => { reject(new Error(`the bot did not start: ${said}`)); });
  return promise;
}
