const pair = /"([^"]*)"|“([^”]*)”|„([^“”]*)[“”]|「([^」]*)」|『([^』]*)』/gu;
/** Of Unicode's private use: no name has one. */
const mark = '\uE000';

export interface Unquoted {
  /** The text with a mark in the place of each quoted name, so that no word of a name is taken for one of the command. */
  readonly text: string;
  /** The names in place of their marks again. */
  readonly restore: (words: string) => string;
}

export function withoutQuoted(text: string): Unquoted {
  const names: string[] = [];
  const marked = text.replaceAll(mark, '').replaceAll(pair, (quoted) => {
    names.push(quoted.slice(1, -1).trim());
    return `${mark}${names.length - 1}${mark}`;
  });
  return { text: marked, restore: (words) => words.replace(/\uE000(\d+)\uE000/gu, (_, number: string) => names[Number(number)] ?? '').trim() };
}
