import { text } from './texts.ts';
import type { Reader } from './texts.ts';

/** What the sign-in card says: plain text, because it is Teams' own card and none of our templates. */
export function signInWords({ locale }: Reader): { readonly text: string; readonly button: string } {
  return { text: text(locale, 'signIn.text'), button: text(locale, 'signIn.button') };
}
