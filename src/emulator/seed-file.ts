import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import type { ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import { scopeType } from './scopes.ts';
import { findSeedDuplicates } from './seed-duplicates.ts';
import { findSeedFaults } from './seed-references.ts';
import { findUnassignable } from './seed-roles.ts';
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
  // Where it was looked for: npm may have changed the folder before.
  const place = path.resolve(file);
  const text = readSeed(place);
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new SeedError(`The seed ${place} is not JSON: ${reason(error)}`);
  }
  return checkSeed(value, place);
}

function readSeed(place: string): string {
  try {
    return readFileSync(place, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new SeedError(isMissing ? `There is no seed file at ${place}.` : `The seed ${place} cannot be read: ${reason(error)}.`);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `source` names the seed in the message of the `SeedError` that a wrong one throws. */
export function checkSeed(value: unknown, source = 'The seed'): Seed {
  if (!isSeed(value)) {
    throw wrongSeed(source, shapeFaults(isSeed.errors ?? []));
  }
  const faults = [...findSeedDuplicates(value), ...findSeedFaults(value)];
  // Where a scope lies is only certain in a seed that is right otherwise.
  const all = faults.length > 0 ? faults : findUnassignable(value);
  if (all.length > 0) {
    throw wrongSeed(source, all);
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
  // A failed branch repeats itself as `if`, which says nothing.
  const places = new Map<string, string>();
  for (const error of errors.filter(({ keyword }) => keyword !== 'if')) {
    const place = jsonPath(error);
    places.set(place, `${place}: expected ${expectation(error)}`);
  }
  return [...places.values()];
}

/** `/people/0/id` → `people[0].id`; a missing or unknown member is named itself, and so is the one that tells the kind. */
function jsonPath({ instancePath, params }: ErrorObject): string {
  const named: unknown = params['missingProperty'] ?? params['additionalProperty'] ?? params['tag'];
  const whole = instancePath + (typeof named === 'string' ? `/${named}` : '');
  const dotted = whole.replace(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.');
  return dotted.replace(/^\./, '') || 'the seed itself';
}

function expectation(error: ErrorObject): string {
  switch (error.keyword) {
    case 'required':
      return 'a value, found none';
    case 'additionalProperties':
      return `no such member, only ${knownMembers(error).join(', ')}`;
    case 'discriminator':
      return `"azure", "entra" or "group", found ${shown(error.params['tagValue'])}`;
    default:
      return `${wanted(error)}, found ${shown(error.data)}`;
  }
}

function knownMembers({ parentSchema }: ErrorObject): readonly string[] {
  const properties: unknown = parentSchema?.['properties'];
  return typeof properties === 'object' && properties !== null ? Object.keys(properties).filter((name) => name !== '$schema') : [];
}

const typeNames: Readonly<Record<string, string>> = { object: 'an object', array: 'a list', string: 'a text', boolean: 'true or false' };

function wanted({ keyword, params, parentSchema, message }: ErrorObject): string {
  const description: unknown = parentSchema?.['description'];
  if (keyword === 'anyOf') {
    return '"/" or the path of a management group, subscription, resource group or resource';
  }
  if (keyword === 'enum') {
    const allowed: unknown = params['allowedValues'];
    return Array.isArray(allowed) ? allowed.map((value) => JSON.stringify(value)).join(' or ') : String(allowed);
  }
  if (typeof description === 'string') {
    return description;
  }
  return keyword === 'type' ? (typeNames[String(params['type'])] ?? String(params['type'])) : (message ?? 'another value');
}

const longestShown = 100;

/** What was found, as the file has it. */
function shown(value: unknown): string {
  if (value === undefined) {
    return 'none';
  }
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? 'a list' : 'an object';
  }
  const text = JSON.stringify(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
