import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AskedHost } from './redirect-hosts.ts';

export interface BotProcessParts {
  /** The whole environment; nothing of ours gets into it. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the preload notes every connection: the `STAND_IN_LOG` of `env`. */
  readonly hostsFile: string;
}

/** What `npm start` runs, as an operating-system process that can reach the stand-ins and nothing else. */
export class BotProcess {
  readonly #parts: BotProcessParts;
  #child: ChildProcess | null = null;
  #printed = '';

  constructor(parts: BotProcessParts) {
    this.#parts = parts;
  }

  get running(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number | null {
    return this.running ? this.#child?.pid ?? null : null;
  }

  /** Everything that it has printed so far, through all its lives. */
  get log(): string {
    return this.#printed;
  }

  /** Every connection that it has begun, in order. */
  get connections(): readonly AskedHost[] {
    return linesOf(this.#parts.hostsFile).map((line): AskedHost => JSON.parse(line));
  }

  /** Resolves when the bot says that it is ready. Rejects with what it said when it ends before. */
  async start(): Promise<void> {
    if (this.running) throw new Error('the bot is running');
    const preload = import.meta.resolve('./redirect-hosts.ts');
    const child = spawn(process.execPath, ['--import', preload, 'src/index.ts'], { env: this.#parts.env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let ownWords = '';
    const keep = (chunk: string): void => {
      this.#printed += chunk;
      ownWords += chunk;
      if (/"msg":"ready"/u.test(ownWords)) resolve();
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', keep);
    child.once('error', reject);
    // `close`: by then all its words have arrived.
    child.once('close', (code) => { reject(new Error(`the bot ended with ${code} before it was ready: ${ownWords}`)); });
    await promise;
  }

  /** In order. Resolves with the exit code. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** No handler of the process runs. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === null || !this.running) return child?.exitCode ?? null;
    child.kill(signal);
    await once(child, 'close');
    return child.exitCode;
  }
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');
  } catch {
    return [];
  }
}
