import https from 'node:https';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { refuseCallsInside } from '../../store/database.ts';
import { isFileAddress } from './file-address.ts';

/** A file that a person has put into their own chat: Teams keeps it in their OneDrive, and names an address that lets in whoever has it. */
export interface AttachedFile {
  readonly name: string;
  readonly downloadUrl: string;
}

/** What came of reading one before a sign-in came in between. */
export interface FileReadBefore {
  readonly name: string;
  readonly read: FileText;
}

/** https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4#message-activity-with-file-attachment-example */
const fileInfo = z.object({
  contentType: z.literal('application/vnd.microsoft.teams.file.download.info'),
  name: z.string().catch(''),
  content: z.object({ downloadUrl: z.string() }),
});

export function attachedFiles(attachments: unknown): readonly AttachedFile[] {
  return (Array.isArray(attachments) ? attachments : []).flatMap((attachment) => {
    const { data } = fileInfo.safeParse(attachment);
    return data === undefined ? [] : [{ name: data.name, downloadUrl: data.content.downloadUrl }];
  });
}

export type FileText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: 'notFromTeams' | 'tooLarge' | 'unreadable' };

/** One try at an address, without redirects. Rejects when nothing answers in time. */
export type Ask = (url: string, signal: AbortSignal) => Promise<AsyncIterable<unknown> & { readonly statusCode?: number | undefined; destroy(): unknown }>;

/** An export of twenty scopes, each with its hundreds of roles, has room. */
export const largestFile = 10_000_000;
const timeLimitMs = 8_000;

export async function readAttachedFile(file: AttachedFile | FileReadBefore, ask: Ask = askOnce): Promise<FileText> {
  if ('read' in file) return file.read;
  if (!isFileAddress(file.downloadUrl)) return { ok: false, why: 'notFromTeams' };
  refuseCallsInside();
  try {
    const response = await ask(file.downloadUrl, AbortSignal.timeout(timeLimitMs));
    try {
      return response.statusCode === 200 ? await read(response) : { ok: false, why: 'unreadable' };
    } finally {
      response.destroy();
    }
  } catch {
    return { ok: false, why: 'unreadable' };
  }
}

async function read(response: AsyncIterable<unknown>): Promise<FileText> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    if (!(chunk instanceof Buffer)) return { ok: false, why: 'unreadable' };
    size += chunk.length;
    if (size > largestFile) return { ok: false, why: 'tooLarge' };
    chunks.push(chunk);
  }
  // NUL is text to nothing that stores it.
  return { ok: true, text: new TextDecoder('utf-8').decode(Buffer.concat(chunks)).replaceAll('\0', '\u{FFFD}') };
}

function askOnce(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  https.get(url, { signal, agent: false, headers: { accept: 'application/json, text/plain, */*' } }, resolve).on('error', reject);
  return promise;
}
