/** The list of all pictures, English beside Japanese. */
export function picturesIndex(names: readonly string[]): string {
  const cards = names.map((name) => `## ${name}\n\n| English | 日本語 |\n|---|---|\n| ![${name}](${name}.png) | ![${name}, Japanese](${name}.ja.png) |\n`);
  return [
    '# The cards in pictures\n',
    'Every card in every state, drawn by Microsoft’s `adaptivecards` renderer with a Teams-like host configuration.',
    'The pictures and this list are made by `test/cards/pictures.test.ts`; `UPDATE_PICTURES=1 npx vitest run test/cards/pictures.test.ts` draws them again.\n',
    ...cards,
  ].join('\n');
}
