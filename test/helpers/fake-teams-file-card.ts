import { isJsonObject, objectOf, textOf, type Json } from './fake-teams-json.ts';

const consentType = 'application/vnd.microsoft.teams.card.file.consent';
const infoType = 'application/vnd.microsoft.teams.card.file.info';

/** Teams' own cards about files: the one that asks, and the one that shows. */
export interface FileCard {
  readonly kind: 'consent' | 'info';
  readonly name: string;
  readonly description: string;
  readonly sizeInBytes: number;
  readonly contentUrl: string;
  readonly acceptContext: unknown;
  readonly declineContext: unknown;
}

export function isFileCard({ contentType }: Json): boolean {
  return contentType === consentType || contentType === infoType;
}

export function readFileCard({ contentType, name, contentUrl, content }: Json): FileCard {
  const { description, sizeInBytes, acceptContext, declineContext } = objectOf(content);
  return {
    kind: contentType === consentType ? 'consent' : 'info',
    name: textOf(name), description: textOf(description), sizeInBytes: Number(sizeInBytes ?? 0), contentUrl: textOf(contentUrl), acceptContext, declineContext,
  };
}

/**
 * Why Teams could not show this; `null` when it could.
 * https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4
 */
export function faultOfFileCard({ contentType, name, contentUrl, content }: Json): string | null {
  const { description, sizeInBytes, acceptContext, declineContext, uniqueId, fileType } = objectOf(content);
  if (textOf(name) === '') return 'A file needs a name.';
  if (contentType === infoType) {
    if (!textOf(contentUrl).startsWith('https://')) return 'A file lies at an https address.';
    return textOf(uniqueId) === '' || textOf(fileType) === '' ? 'A file has an id and a type.' : null;
  }
  if (textOf(description) === '' || !Number.isSafeInteger(sizeInBytes) || Number(sizeInBytes) <= 0) return 'A file that is offered has a description and a size.';
  return isJsonObject(acceptContext) && isJsonObject(declineContext) ? null : 'A file that is offered has a context for either answer.';
}
