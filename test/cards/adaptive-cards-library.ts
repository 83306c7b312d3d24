import { createRequire } from 'node:module';
import type { AdaptiveCard } from '../../src/cards/adaptive-card.ts';

// The package's types describe its sources, not the one file that runs in Node; this is what the tests use of it.
interface Library {
  readonly AdaptiveCard: new () => LibraryCard;
  readonly SerializationContext: new () => { readonly eventCount: number; getEventAt(index: number): { readonly message: string } };
}

interface LibraryCard {
  parse(card: unknown, context: InstanceType<Library['SerializationContext']>): void;
  validateProperties(): { readonly validationEvents: readonly { readonly message: string }[] };
}

const loaded: unknown = createRequire(import.meta.url)('adaptivecards/dist/adaptivecards.js');

/** Everything that Microsoft's own library finds wrong with a card: unknown elements, bad values, duplicate ids. */
export function libraryFindings(card: AdaptiveCard): readonly string[] {
  if (!isLibrary(loaded)) throw new Error('adaptivecards has changed: AdaptiveCard or SerializationContext is missing.');
  const context = new loaded.SerializationContext();
  const parsed = new loaded.AdaptiveCard();
  parsed.parse(card, context);
  const whileParsing = Array.from({ length: context.eventCount }, (_, index) => context.getEventAt(index).message);
  const findings = [...whileParsing, ...parsed.validateProperties().validationEvents.map(({ message }) => message)];
  // The library's pattern for `lang` keeps its place between calls and refuses every second card, whatever the language.
  return findings.filter((finding) => finding !== `Invalid value "${card.lang}" for property "lang".`);
}

function isLibrary(value: unknown): value is Library {
  return typeof value === 'object' && value !== null && 'AdaptiveCard' in value && 'SerializationContext' in value;
}
