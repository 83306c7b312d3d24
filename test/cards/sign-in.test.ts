import { expect, it } from 'vitest';
import { signInWords } from '../../src/cards/sign-in.ts';
import { locales, readers } from './samples.ts';

it('the sign-in card says what the bot does with the sign-in, in the reader’s language and without markup', () => {
  expect(signInWords(readers.en)).toEqual({ text: expect.stringMatching(/your own rights/u), button: 'Sign in' });
  expect(signInWords(readers.ja)).toEqual({ text: expect.stringMatching(/あなた自身の権限/u), button: 'サインイン' });
  for (const locale of locales) expect(Object.values(signInWords(readers[locale])).join('')).not.toMatch(/[*_`[\]<>#]/u);
});
