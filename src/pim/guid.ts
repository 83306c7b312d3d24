import { PimError } from './errors.ts';

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function isGuid(text: string): boolean {
  return guid.test(text);
}

/** The id of a request goes into a URL, or stands for a request: nothing but a GUID may. */
export function requireGuid(requestId: string): void {
  if (!isGuid(requestId)) throw new PimError('invalidRequest', 'a request is named by a GUID');
}
