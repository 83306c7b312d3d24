import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import { scopeType } from './scopes.ts';
import { findSeedDuplicates } from './seed-duplicates.ts';
import { findSeedFaults } from './seed-references.ts';
import type { Seed } from './seed.ts';
import schema from './seed.schema.json' with { type: 'json' };

/** A seed that cannot be used. The message names each place and what was expected there. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
}

const ajv = new Ajv({ allErrors: true, discriminator: true, verbose: true, strictRequired: false });
addFormats.default(ajv, ['date-time', 'duration']);
ajv.addFormat('azure-scope', (text) => text !== '' && scopeType(text) !== null);
const isSeed = ajv.compile<Seed>(schema);

/** Reads and checks a seed file. Throws `SeedError`. */
export function loadSeed(file: string): Seed {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new SeedError(`There is no seed file at ${file}.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new SeedError(`The seed ${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return checkSeed(value, file);
}

/** `source` names the seed in the message of the `SeedError` that a wrong one throws. */
export function checkSeed(value: unknown, source = 'The seed'): Seed {
  if (!isSeed(value)) {
    throw wrongSeed(source, shapeFaults(isSeed.errors ?? []));
  }
  const faults = [...findSeedDuplicates(value), ...findSeedFaults(value)];
  if (faults.length > 0) {
    throw wrongSeed(source, faults);
  }
  return value;
}

function wrongSeed(source: string, faults: readonly string[]): SeedError {
  const shown = faults.slice(0, 5).join('; ');
  const more = faults.length > 5 ? `; and ${faults.length - 5} more` : '';
  return new SeedError(`${source} is wrong: ${shown}${more}.`);
}

function shapeFaults(errors: readonly ErrorObject[]): readonly string[] {
  // A failed alternative repeats itself one level up as `anyOf`; the inner errors say less than the alternative's text.
  const places = new Map<string, string>();
  for (const error of errors) {
    const place = jsonPath(error);
    places.set(place, `${place}: expected ${expectation(error)}`);
  }
  return [...places.values()];
}

/** `/people/0/id` → `people[0].id`; a missing or unknown member is named itself. */
function jsonPath(error: ErrorObject): string {
  const named: unknown = error.params['missingProperty'] ?? error.params['additionalProperty'];
  const path = error.instancePath + (typeof named === 'string' ? `/${named}` : '');
  const dotted = path.replace(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.');
  return dotted.replace(/^\./, '') || 'the whole';
}

function expectation(error: ErrorObject): string {
  const description: unknown = error.parentSchema?.['description'];
  switch (error.keyword) {
    case 'required':
      return 'a value, found none';
    case 'additionalProperties':
      return 'no such member';
    case 'anyOf':
      return '"/" or the path of a management group, subscription, resource group or resource';
    case 'enum':
      return `one of ${JSON.stringify(error.params['allowedValues'])}`;
    case 'discriminator':
      return '"azure", "entra" or "group"';
    case 'format':
      return error.params['format'] === 'duration' ? 'an ISO 8601 duration such as PT2H' : String(description);
    case 'type':
      return typeof description === 'string' ? description : `a value of type ${String(error.params['type'])}`;
    default:
      return typeof description === 'string' ? description : (error.message ?? 'another value');
  }
}
