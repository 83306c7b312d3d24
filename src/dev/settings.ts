import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { readOwnSettings } from '../pim/own-settings-file.ts';
import type { OwnEntry } from '../pim/own-settings.ts';

const port = z.coerce.number({ error: 'must be a port number' }).int({ error: 'must be a port number' }).min(0).max(65_535, { error: 'must be a port number' });

const settingsSchema = z.object({
  PORT: port,
  EMULATOR_PORT: port,
  SEED_FILE: z.string().min(1),
  PLAYGROUND_PEOPLE: z.string().transform((list) => list.split(',').map((name) => name.trim()).filter((name) => name !== ''))
    .pipe(z.array(z.string()).min(1, { error: 'must name at least one person' })),
  PLAYGROUND_PORT: port,
  DATA_FOLDER: z.string().min(1),
  ROLE_SETTINGS_FILE: z.string().min(1),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], { error: 'must be debug, info, warn or error' }),
});

/** Settings of the embedded stack. They come from one file, never from the environment: production shares no switch with it. */
export interface DevSettings {
  readonly port: number;
  readonly emulatorPort: number;
  readonly seedFile: string;
  /** User principal names. */
  readonly people: readonly string[];
  readonly playgroundPort: number;
  readonly dataFolder: string;
  /** Our own, stricter settings of roles. */
  readonly ownSettings: readonly OwnEntry[];
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

/** @throws {Error} one sentence that names the file and every wrong setting */
export function readDevSettings(file: string): DevSettings {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`${file} is missing: it holds the settings of the embedded stack.`);
  }
  const written = parseEnv(content);
  const parsed = settingsSchema.safeParse(written);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path: [name = ''], message }) => `${String(name)} ${written[String(name)] === undefined ? 'is missing' : message}`);
    throw new Error(`${file}: ${faults.join('; ')}.`);
  }
  const values = parsed.data;
  return {
    port: values.PORT,
    emulatorPort: values.EMULATOR_PORT,
    seedFile: values.SEED_FILE,
    people: values.PLAYGROUND_PEOPLE,
    playgroundPort: values.PLAYGROUND_PORT,
    dataFolder: values.DATA_FOLDER,
    ownSettings: readOwnFile(values.ROLE_SETTINGS_FILE),
    logLevel: values.LOG_LEVEL,
  };
}

function readOwnFile(file: string): readonly OwnEntry[] {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch {
    throw new Error(`${file} is missing: it holds the bot's own settings of roles. An empty list is {"roles": []}.`);
  }
  const read = readOwnSettings(content);
  if (!read.ok) throw new Error(`${file}: ${read.faults.join(' ')}`);
  return read.entries;
}
