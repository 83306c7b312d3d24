import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A process of its own, running one of the scripts in `children/`. Disposing of it kills it. */
export interface Child extends AsyncDisposable {
  /** What it has printed so far. */
  readonly lines: readonly string[];
  /** Waits until it has printed a line that the test accepts; rejects when it ends before. */
  printed(accepts: (line: string) => boolean): Promise<string>;
  /** SIGKILL: the process gets no chance to tidy up. */
  kill(): Promise<void>;
  /** Waits for its end. `code` is `null` when it was killed. */
  ended(): Promise<{ readonly code: number | null }>;
}

export function startChild(script: string, ...parameters: readonly string[]): Child {
  const path = fileURLToPath(new URL(`children/${script}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const closed = once(child, 'close').then(() => waiting.forEach((look) => look()));
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    waiting.forEach((look) => look());
  });

  const printed = (accepts: (line: string) => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const line = lines.find(accepts);
        const gone = child.exitCode !== null || child.signalCode !== null;
        if (line === undefined && !gone) return;
        waiting.delete(look);
        if (line === undefined) reject(new Error(`${script} ended; it had printed: ${lines.join(' | ')}`));
        else resolve(line);
      };
      waiting.add(look);
      look();
    });

  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await closed;
  };

  return {
    lines,
    printed,
    kill,
    ended: async () => {
      await closed;
      return { code: child.exitCode };
    },
    [Symbol.asyncDispose]: kill,
  };
}
