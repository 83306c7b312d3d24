/** Teams' own cards about files. https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4 */
import { oneLine } from './plain-text.ts';
import { text } from './texts.ts';
import type { Reader } from './texts.ts';

/** An attachment: Teams draws the card. */
export interface FileCard {
  readonly contentType: `application/vnd.microsoft.teams.card.file.${'consent' | 'info'}`;
  readonly name: string;
  readonly contentUrl?: string;
  readonly content: Readonly<Record<string, unknown>>;
}

const longestName = 200;

export interface OfferedFile {
  readonly name: string;
  /** As far as it is known: what is saved is read when the person agrees. */
  readonly bytes: number;
  readonly roles: number;
  /** Under which the command is kept that the file is the answer to. */
  readonly inquiryId: string;
}

/** Asks the person whether the file may be put into their OneDrive. */
export function fileConsentCard({ locale }: Reader, { name, bytes, roles, inquiryId }: OfferedFile): FileCard {
  const context = { inquiryId };
  return {
    contentType: 'application/vnd.microsoft.teams.card.file.consent',
    name,
    content: { description: text(locale, 'fileConsent.description', { count: String(roles) }), sizeInBytes: bytes, acceptContext: context, declineContext: context },
  };
}

export interface SavedFile {
  /** As Teams has called it, and everything else. */
  readonly name: string;
  readonly contentUrl: string;
  readonly uniqueId: string;
  readonly fileType: string;
}

/** The file as it lies in the person's OneDrive. */
export function fileInfoCard({ name, contentUrl, uniqueId, fileType }: SavedFile): FileCard {
  return { contentType: 'application/vnd.microsoft.teams.card.file.info', name: oneLine(name, longestName), contentUrl, content: { uniqueId, fileType } };
}
