/** Most characters of a long text (a justification) and of a name that a card shows. */
const longestShown = 500;
const longestName = 100;
const mostLines = 10;

/** Shown in place of a text of which nothing can be seen. */
export const nothing = '–';

// Control and format characters (bidirectional marks, zero-width characters, tags), and letters and marks that show nothing.
const unseen = /\p{Cc}|\p{Cf}|\p{Default_Ignorable_Code_Point}/gu;
const lineBreak = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/gu;
const pileOfMarks = /(\p{M}{4})\p{M}+/gu;

// The web renderer's own macro works in every text: {{DATE(…)}}, {{TIME(…)}}.
// https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features#datetime-formatting-and-localization
const macro = /\{(?=\{(?:DATE|TIME)\()/gu;
const wordJoiner = '\u2060';

/**
 * A text without what cannot be seen: no control, bidirectional or zero-width characters, no piles of marks, plain
 * line breaks; at most `longest` characters, a cut is shown by "…".
 */
export function cleaned(value: string, longest: number): string {
  const lines = value
    .slice(0, longest * 8)
    .toWellFormed()
    .replace(lineBreak, '\n')
    .replaceAll('\t', ' ')
    .split('\n')
    .map((line) => line.replace(unseen, '').replace(pileOfMarks, '$1').trim());
  return cut(lines.join('\n').trim(), longest);
}

/**
 * What a person wrote, safe to be looked at: `cleaned`, at most ten lines. Markup is left as it is: cards show this text
 * only in places that know no markup.
 */
export function plainText(value: string, longest: number = longestShown): string {
  const tidy = cleaned(value, longest).replace(/\n{3,}/gu, '\n\n');
  return firstLines(tidy).replace(macro, `{${wordJoiner}`);
}

/** A name, a ticket number, a role: one line, never empty. */
export function oneLine(value: string, longest: number = longestName): string {
  const line = plainText(value, longest).replace(/\s+/gu, ' ');
  return line === '' ? nothing : line;
}

function firstLines(value: string): string {
  const lines = value.split('\n');
  return lines.length <= mostLines ? value : `${lines.slice(0, mostLines).join('\n')}…`;
}

function cut(value: string, longest: number): string {
  const characters = Array.from(value);
  return characters.length <= longest ? value : `${characters.slice(0, longest - 1).join('').trimEnd()}…`;
}
