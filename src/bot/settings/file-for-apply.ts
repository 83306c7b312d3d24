import { z } from 'zod';
import { parseCommand } from '../commands/parse-command.ts';
import type { Turn } from '../turn.ts';
import { readAttachedFile, type AttachedFile, type FileReadBefore } from './attached-file.ts';

/** The file that stands in for the JSON: the only one, where there is none in the message. */
export function fileFor({ files = [] }: Pick<Turn, 'files'>, json: string): AttachedFile | FileReadBefore | null {
  const [file, another] = files;
  return json.trim() === '' && file !== undefined && another === undefined ? file : null;
}

/**
 * Reads the file of a `settings apply` that a sign-in interrupts: its address is good for minutes and lets in whoever has
 * it, so what is kept meanwhile is its text. `null`: the message needs no file.
 */
export async function readBeforeSignIn(turn: Turn): Promise<FileReadBefore | null> {
  if ((turn.files ?? []).length === 0) return null;
  const command = parseCommand(turn.text);
  const file = command.name === 'settingsApply' ? fileFor(turn, command.json) : null;
  return file === null ? null : { name: file.name, read: await readAttachedFile(file) };
}

const readBefore: z.ZodType<FileReadBefore> = z.object({
  name: z.string(),
  read: z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), text: z.string() }),
    z.object({ ok: z.literal(false), why: z.enum(['notFromTeams', 'tooLarge', 'unreadable']) }),
  ]),
});

/** What was kept of it. */
export function filesKept(kept: unknown): readonly FileReadBefore[] {
  const { data } = readBefore.safeParse(kept);
  return data === undefined ? [] : [data];
}
