import { z } from 'zod';
import { fileInfoCard, type SavedFile } from '../../cards/file-cards.ts';
import { noticeCard } from '../../cards/notice.ts';
import { settingsSavedCard } from '../../cards/settings-saved.ts';
import { parseVerb, type Verb } from '../../cards/verbs.ts';
import { printSettingsFile } from '../../pim/settings/print-settings-file.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';
import { consentCard, nothingRead, ownExport, readSettingsAt } from './export-settings.ts';
import { isFilePage } from './file-address.ts';
import { saveFile } from './save-file.ts';

/** What a person has answered to Teams' question about a file. */
export interface FileConsent {
  /** The command that the file is the answer to, as a card would send it. */
  readonly asked: Extract<Verb, { verb: 'settings.export' }>;
  /** Where Teams has made room for the file; `null`: the person does not want it. */
  readonly room: Room | null;
}

interface Room extends SavedFile {
  readonly uploadUrl: string;
}

/** https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4#invoke-activity-when-the-user-accepts-the-file */
const roomSchema: z.ZodType<Room> = z.object({
  uploadUrl: z.string().max(16_000),
  contentUrl: z.string().max(4_000),
  name: z.string().max(1_000),
  uniqueId: z.string().max(200),
  fileType: z.string().max(50),
});
const context = z.object({ inquiryId: z.string() });
const consentSchema = z.discriminatedUnion('action', [
  z.object({ type: z.literal('fileUpload'), action: z.literal('accept'), context, uploadInfo: roomSchema }),
  z.object({ type: z.literal('fileUpload'), action: z.literal('decline'), context }),
]);

/** `null` when it is none; never throws. */
export function readFileConsent(value: unknown): FileConsent | null {
  const { data } = consentSchema.safeParse(value);
  const asked = data === undefined ? null : parseVerb({ verb: 'settings.export', inquiryId: data.context.inquiryId });
  if (data === undefined || asked?.verb !== 'settings.export') return null;
  return { asked, room: data.action === 'accept' ? data.uploadInfo : null };
}

/** The person has agreed to the file, or not: it is what PIM has now, read with their own token, of what they have asked for. */
export async function saveExport(parts: BotParts, turn: Turn, { asked: { inquiryId }, room }: FileConsent): Promise<Reply> {
  const asked = await ownExport(parts, turn, inquiryId);
  if ('card' in asked) return asked;
  if (room === null) return { card: noticeCard(turn.reader, { key: 'settingsFile.declined' }) };
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const { scope } = asked.chosen;
  const listing = await readSettingsAt(pim, scope === undefined || scope === 'everywhere' ? null : scope);
  const { items, gaps } = listing;
  if (items.length === 0) return nothingRead(parts, turn, listing);
  const outcome = await saveFile(room.uploadUrl, printSettingsFile(items));
  if (outcome !== 'saved') {
    parts.log.warn({ outcome }, 'a file could not be put into a person\'s OneDrive');
    return { card: noticeCard(turn.reader, { key: `settingsFile.${outcome}` }), file: consentCard(turn, inquiryId, items) };
  }
  const card = settingsSavedCard(turn.reader, { name: room.name, count: items.length, gaps, consentUrl: parts.consentUrl });
  return isFilePage(room.contentUrl) ? { card, file: fileInfoCard(room) } : { card };
}
