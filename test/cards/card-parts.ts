import type { AdaptiveCard } from '../../src/cards/adaptive-card.ts';

export type Part = Readonly<Record<string, unknown>>;

/** Every object of a card that has a type, however deep, fallbacks included. */
export function partsOf(card: AdaptiveCard): readonly Part[] {
  const parts: Part[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(collect);
    if (!isPart(value)) return;
    if (typeof value['type'] === 'string') parts.push(value);
    Object.values(value).forEach(collect);
  };
  // Nobody presses what Teams asks for by itself.
  const { refresh: _, ...shown } = card;
  collect(shown);
  return parts;
}

export function partsOfType(card: AdaptiveCard, type: string): readonly Part[] {
  return partsOf(card).filter((part) => part['type'] === type);
}

export function inputsOf(card: AdaptiveCard): readonly Part[] {
  return partsOf(card).filter((part) => String(part['type']).startsWith('Input.'));
}

/** All words on a card, one after another. */
export function wordsOf(card: AdaptiveCard): string {
  const words = partsOf(card).flatMap(({ type, text, title, label }) => (type === 'Action.Submit' ? [] : [text, title, label]));
  return words.filter((word) => typeof word === 'string').join('\n');
}

/** What its buttons send. */
export function verbsOf(card: AdaptiveCard): readonly string[] {
  return partsOfType(card, 'Action.Execute').map(({ verb }) => String(verb));
}

/** What its buttons open in the browser. */
export function opensOf(card: AdaptiveCard): readonly string[] {
  return partsOfType(card, 'Action.OpenUrl').map(({ url }) => String(url));
}

/** Where strings that contain `needle` stand: "TextRun.text", "Input.Text.value", "card.speak" … */
export function placesOf(card: AdaptiveCard, needle: string): readonly string[] {
  const places = new Set<string>();
  const search = (value: unknown, owner: string, member: string): void => {
    if (typeof value === 'string' && value.includes(needle)) places.add(`${owner}.${member}`);
    if (Array.isArray(value)) value.forEach((item) => search(item, owner, member));
    if (!isPart(value)) return;
    const type = typeof value['type'] === 'string' ? value['type'] : `${owner}.${member}`;
    for (const [name, inner] of Object.entries(value)) search(inner, type, name);
  };
  search(card, 'card', '');
  return [...places].sort();
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
