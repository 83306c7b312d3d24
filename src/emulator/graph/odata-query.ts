import { badRequest } from '../reply.ts';
import { findField, parseCondition, valueAt } from './odata-filter.ts';
import type { Condition, EntityMembers } from './odata-filter.ts';

/** What may be asked of one type of entity, and how it is answered. */
export interface EntityType<T> {
  /** `$filter`, `$select` and `$orderby` know no others. */
  readonly members: EntityMembers;
  /** Its annotations (`@odata.type`) are always answered. */
  readonly toObject: (item: T) => object;
  /** Without `$orderby`, as `$orderby` writes it; otherwise as they come. */
  readonly defaultOrder?: string;
  /** What `$expand` knows. */
  readonly navigations?: Readonly<Record<string, Navigation<T>>>;
}

/** Takes the options in the parentheses of `$expand=name(…)`. Throws `Refusal`. */
export type Navigation<T> = (options: string) => (item: T) => unknown;

/** A navigation to one other entity, or to none. */
export function toOne<T, U>(type: EntityType<U>, of: (item: T) => U | null): Navigation<T> {
  return (options) => {
    const view = nestedView(type, options);
    return (item) => {
      const other = of(item);
      return other === null ? null : view(other);
    };
  };
}

export function toMany<T, U>(type: EntityType<U>, of: (item: T) => readonly U[]): Navigation<T> {
  return (options) => {
    const view = nestedView(type, options);
    return (item) => of(item).map(view);
  };
}

export interface Order {
  readonly compare: (a: object, b: object) => number;
  readonly isDescending: boolean;
}

/** The query options of one request, each checked against the type. */
export interface Query<T> {
  readonly filter: Condition | null;
  /** `null`: as they come. */
  readonly order: Order | null;
  /** `$top`, which is the size of a page; `null` without. */
  readonly top: number | null;
  readonly counts: boolean;
  /** `$select` and `$expand` carried out. */
  readonly view: (item: T) => object;
}

const entityOptions: readonly string[] = ['select', 'expand'];
const collectionOptions: readonly string[] = [...entityOptions, 'filter', 'top', 'count', 'orderby', 'skiptoken'];

/** Graph takes its options with and without the `$`. Throws `Refusal` for any that would be ignored. */
export function parseQuery<T>(query: URLSearchParams, type: EntityType<T>, kind: 'entity' | 'collection'): Query<T> {
  const options = checkedOptions([...query], kind === 'entity' ? entityOptions : collectionOptions);
  const filter = options.get('filter');
  return {
    filter: filter === undefined ? null : parseCondition(filter, type.members),
    order: parseOrder(options.get('orderby') ?? type.defaultOrder, type.members),
    top: parseTop(options.get('top')),
    counts: parseCount(options.get('count')),
    view: viewOf(type, options),
  };
}

function checkedOptions(given: readonly (readonly [string, string])[], known: readonly string[]): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const [written, value] of given) {
    const name = written.replace(/^\$/, '').toLowerCase();
    if (!known.includes(name)) {
      throw badRequest(`The query option ${written} is not supported here. Supported: ${known.map((option) => `$${option}`).join(', ')}.`);
    }
    if (options.has(name)) {
      throw badRequest(`The query option ${written} must be given once.`);
    }
    options.set(name, value);
  }
  return options;
}

function nestedView<T>(type: EntityType<T>, text: string): (item: T) => object {
  const given = splitOutside(text, ';').map((option): readonly [string, string] => {
    const at = option.indexOf('=');
    return at < 0 ? [option, ''] : [option.slice(0, at).trim(), option.slice(at + 1)];
  });
  return viewOf(type, checkedOptions(given, entityOptions));
}

function viewOf<T>(type: EntityType<T>, options: ReadonlyMap<string, string>): (item: T) => object {
  const selected = parseSelect(options.get('select'), type.members);
  const expansions = parseExpand(options.get('expand'), type);
  return (item) => {
    const own = Object.entries(type.toObject(item));
    const shown = own.filter(([name]) => selected === null || name === 'id' || name.startsWith('@') || selected.has(name));
    return Object.fromEntries([...shown, ...expansions.map(({ name, of }) => [name, of(item)] as const)]);
  };
}

function parseSelect(text: string | undefined, members: EntityMembers): ReadonlySet<string> | null {
  if (text === undefined || text.trim() === '*') {
    return null;
  }
  const wanted = text.split(',').map((name) => {
    const known = Object.keys(members).find((member) => member.toLowerCase() === name.trim().toLowerCase());
    if (known === undefined) {
      throw badRequest(`Could not find a property named '${name.trim()}'. There are: ${Object.keys(members).join(', ')}.`);
    }
    return known;
  });
  return new Set(wanted);
}

interface Expansion<T> {
  readonly name: string;
  readonly of: (item: T) => unknown;
}

function parseExpand<T>(text: string | undefined, { navigations = {} }: EntityType<T>): readonly Expansion<T>[] {
  return splitOutside(text ?? '', ',').map((part) => {
    const [, written = '', options = ''] = /^\s*(\w+)\s*(?:\((.*)\))?\s*$/s.exec(part) ?? [];
    const found = Object.entries(navigations).find(([name]) => name.toLowerCase() === written.toLowerCase());
    if (found === undefined) {
      const names = Object.keys(navigations);
      const known = names.length === 0 ? 'Nothing can be expanded here.' : `Supported: ${names.join(', ')}.`;
      throw badRequest(`The $expand of '${part.trim()}' is not supported. ${known}`);
    }
    return { name: found[0], of: found[1](options) };
  });
}

/** Splits a list, but not inside parentheses or quotes. An empty text is an empty list. */
function splitOutside(text: string, separator: ',' | ';'): readonly string[] {
  if (text.trim() === '') {
    return [];
  }
  const parts: string[] = [''];
  let depth = 0;
  let isQuoted = false;
  for (const char of text) {
    isQuoted = char === "'" ? !isQuoted : isQuoted;
    depth += isQuoted ? 0 : Number(char === '(') - Number(char === ')');
    if (char === separator && depth === 0 && !isQuoted) {
      parts.push('');
    } else {
      parts.push((parts.pop() ?? '') + char);
    }
  }
  return parts;
}

function parseOrder(text: string | undefined, members: EntityMembers): Order | null {
  if (text === undefined) {
    return null;
  }
  const [, path = '', direction = 'asc'] = /^\s*([\w/]+)(?:\s+(asc|desc))?\s*$/i.exec(text) ?? [];
  const field = findField(path, members);
  return {
    compare: (a, b) => compare(valueAt(a, field) ?? '', valueAt(b, field) ?? ''),
    isDescending: direction.toLowerCase() === 'desc',
  };
}

function compare<V extends string | number | boolean>(a: V, b: V): number {
  return Number(a > b) - Number(a < b);
}

function parseTop(text: string | undefined): number | null {
  if (text === undefined) {
    return null;
  }
  const size = Number(text);
  if (!/^\d+$/.test(text) || size < 1 || size > 999) {
    throw badRequest('$top must be a number from 1 to 999.');
  }
  return size;
}

function parseCount(text: string | undefined): boolean {
  if (text !== undefined && !/^(true|false)$/i.test(text)) {
    throw badRequest('$count must be true or false.');
  }
  return text?.toLowerCase() === 'true';
}
