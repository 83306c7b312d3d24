/** The code under which Graph passes on an error of PIM's that it does not know. */
export const unknownError = 'UnknownError';

/** PIM's own error, as the text that then is Graph's message. */
export function nestedError(errorCode: string, message: string): string {
  return JSON.stringify({ errorCode, message, instanceAnnotations: [] });
}
