import { isJsonObject, listOf, objectOf, textOf, type Json } from './fake-teams-json.ts';

type Read = (element: Json) => readonly string[];

/**
 * What a person reads in each element, in reading order. What Teams may not know is read as its `fallback`.
 * https://adaptivecards.io/explorer/
 */
const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['TextBlock', ({ text }) => [textOf(text)]],
  ['RichTextBlock', ({ inlines }) => [listOf(inlines).map(inlineText).join('')]],
  ['FactSet', ({ facts }) => listOf(facts).map(factText)],
  ['Container', ({ items }) => readAll(items)],
  ['ColumnSet', ({ columns }) => listOf(columns).flatMap(inside)],
  ['Table', ({ rows }) => listOf(rows).flatMap((row) => listOf(objectOf(row)['cells']).flatMap(inside))],
  ['Image', () => []],
  ['ImageSet', () => []],
  ['ActionSet', ({ actions }) => readAll(actions)],
  ['Input.Text', readField],
  ['Input.Number', readField],
  ['Input.Date', readField],
  ['Input.Time', readField],
  ['Input.Toggle', ({ label, title }) => [textOf(label), textOf(title)]],
  ['Input.ChoiceSet', ({ label, choices }) => [textOf(label), ...listOf(choices).map((choice) => textOf(objectOf(choice)['title']))]],
  ['Action.Execute', ({ title }) => [textOf(title)]],
  ['Action.Submit', ({ title }) => [textOf(title)]],
  ['Action.OpenUrl', ({ title }) => [textOf(title)]],
  ['Action.ToggleVisibility', ({ title }) => [textOf(title)]],
  ['Action.ShowCard', ({ title, card }) => [textOf(title), ...cardLines(objectOf(card))]],
]);

/** All that is visible in the card, one line for each element. `speak`, `fallbackText` and alternative texts are not. */
export function cardText(card: Json): string {
  return cardLines(card).join('\n');
}

function cardLines({ body, actions }: Json): readonly string[] {
  return [...readAll(body), ...readAll(actions)].filter((line) => line !== '');
}

function readAll(elements: unknown): readonly string[] {
  return listOf(elements).flatMap(read);
}

function read(value: unknown): readonly string[] {
  const element = objectOf(value);
  if (element['isVisible'] === false) return [];
  const reader = readers.get(textOf(element['type']));
  if (reader !== undefined) return reader(element);
  return isJsonObject(element['fallback']) ? read(element['fallback']) : [];
}

/** Columns and cells: their type may be left out, what is in them counts. */
function inside(value: unknown): readonly string[] {
  const { isVisible, items } = objectOf(value);
  return isVisible === false ? [] : readAll(items);
}

function inlineText(inline: unknown): string {
  return typeof inline === 'string' ? inline : textOf(objectOf(inline)['text']);
}

function factText(fact: unknown): string {
  const { title, value } = objectOf(fact);
  return `${textOf(title)} ${textOf(value)}`.trim();
}

/** A field shows its value, or what it says while it is empty. */
function readField({ label, value, placeholder }: Json): readonly string[] {
  const filled = typeof value === 'number' ? String(value) : textOf(value);
  return [textOf(label), filled === '' ? textOf(placeholder) : filled];
}
