import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Emulator } from '../../src/emulator/emulator.ts';

export interface KillableBot extends AsyncDisposable {
  readonly url: string;
  /** SIGKILL: no handler of the process runs. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Resolves when the process has ended: by which signal, or `null`. */
  gone(): Promise<NodeJS.Signals | null>;
}

/** `ownSettings`: entries of `env/role-settings.json`. */
export type Memory = ({ readonly folder: string } | { readonly postgres: string }) & { readonly ownSettings?: readonly object[] };

/** Starts `bot-process.ts` as a process of its own. Rejects with what it said when it does not start. */
export async function startKillableBot(tenantId: string, emulator: Emulator, memory: Memory, nodeArguments: readonly string[] = []): Promise<KillableBot> {
  const where = 'folder' in memory ? ['--folder', memory.folder] : ['--postgres', memory.postgres];
  const child = spawn(process.execPath, [
    ...nodeArguments, path.join(import.meta.dirname, 'bot-process.ts'), '--tenant', tenantId, '--pim', emulator.origin, '--ca', emulator.caFile, '--own-settings', JSON.stringify({ roles: memory.ownSettings ?? [] }), ...where,
  ], { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const gone = async (): Promise<NodeJS.Signals | null> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.signalCode;
  };
  return { url: await firstLine(child), kill, gone, [Symbol.asyncDispose]: kill };
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
