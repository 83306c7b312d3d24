import { parseTime } from '../iso-time.ts';
import { badRequest } from '../reply.ts';

/** What a member of an entity holds. A `list` cannot be filtered by; an object's members are named `object/member`. */
export type MemberType = 'text' | 'boolean' | 'number' | 'time' | 'list' | EntityMembers;

export interface EntityMembers {
  readonly [name: string]: MemberType;
}

type Literal = string | number | boolean | null;
type Operator = 'eq' | 'ne' | 'ge' | 'gt' | 'le' | 'lt';

/** A parsed `$filter`. A time is held in milliseconds since 1970, a text in lower case: Graph compares without regard to case. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'compare'; readonly field: Field; readonly operator: Operator; readonly value: Literal }
  | { readonly kind: 'startsWith'; readonly field: Field; readonly value: string };

interface Field {
  readonly path: readonly string[];
  readonly type: Exclude<MemberType, EntityMembers | 'list'>;
}

/** Throws `Refusal` for anything that the entity does not have or this service does not do. */
export function parseCondition(text: string, members: EntityMembers): Condition {
  const parser = new Parser(tokens(text), members);
  return parser.whole();
}

export function holds(condition: Condition, entity: unknown): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, entity) && holds(condition.right, entity);
    case 'or':
      return holds(condition.left, entity) || holds(condition.right, entity);
    case 'startsWith': {
      const value = valueAt(entity, condition.field);
      return typeof value === 'string' && value.startsWith(condition.value);
    }
    case 'compare':
      return comparisonHolds(valueAt(entity, condition.field), condition.operator, condition.value);
  }
}

/**
 * The member behind a path such as `scheduleInfo/startDateTime`, whatever its case. Throws `Refusal` for one that is
 * unknown or cannot be compared.
 */
export function findField(text: string, members: EntityMembers): Field {
  const path: string[] = [];
  let at: MemberType | undefined = members;
  for (const name of text.split('/')) {
    const known: string | undefined =
      typeof at === 'object' ? Object.keys(at).find((member) => member.toLowerCase() === name.toLowerCase()) : undefined;
    at = known === undefined || typeof at !== 'object' ? undefined : at[known];
    path.push(known ?? name);
  }
  if (at === undefined || typeof at === 'object' || at === 'list') {
    const names = Object.keys(members).filter((name) => members[name] !== 'list');
    throw badRequest(`There is no property '${text}' to compare. There are: ${names.join(', ')}.`);
  }
  return { path, type: at };
}

/** A value as conditions and `$orderby` compare it. */
export function valueAt(entity: unknown, { path, type }: Field): Literal {
  const found = path.reduce<unknown>((inner, name) => memberOf(inner, name), entity);
  if (typeof found === 'string') {
    return type === 'time' ? parseTime(found) : found.toLowerCase();
  }
  return typeof found === 'boolean' || typeof found === 'number' ? found : null;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? new Map<string, unknown>(Object.entries(value)).get(name) : undefined;
}

function comparisonHolds(value: Literal, operator: Operator, wanted: Literal): boolean {
  if (operator === 'eq' || operator === 'ne') {
    return (value === wanted) === (operator === 'eq');
  }
  if (value === null || wanted === null || typeof value !== typeof wanted) {
    return false;
  }
  switch (operator) {
    case 'ge':
      return value >= wanted;
    case 'gt':
      return value > wanted;
    case 'le':
      return value <= wanted;
    case 'lt':
      return value < wanted;
  }
}

/** Deeper parentheses than anybody writes would exhaust the stack. */
const deepest = 50;
const operators: readonly Operator[] = ['eq', 'ne', 'ge', 'gt', 'le', 'lt'];

interface Token {
  readonly kind: 'word' | 'text' | 'mark';
  /** As it was written; a quoted text without its quotes. */
  readonly text: string;
}

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  const pattern = /\s*(?:'((?:[^']|'')*)'|([(),])|([^\s(),']+))/y;
  const trimmed = text.trimEnd();
  while (pattern.lastIndex < trimmed.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(trimmed);
    if (match === null) {
      throw wrong(`there is an open quotation mark at position ${start}`);
    }
    const [, quoted, mark, word = ''] = match;
    found.push(
      quoted === undefined
        ? { kind: mark === undefined ? 'word' : 'mark', text: mark ?? word }
        : { kind: 'text', text: quoted.replaceAll("''", "'") },
    );
  }
  return found;
}

/** By recursive descent: `or` binds less than `and`. */
class Parser {
  readonly #tokens: readonly Token[];
  readonly #members: EntityMembers;
  #at = 0;
  #depth = 0;

  constructor(tokenList: readonly Token[], members: EntityMembers) {
    this.#tokens = tokenList;
    this.#members = members;
  }

  whole(): Condition {
    const condition = this.#disjunction();
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) {
      throw wrong(`'${rest.text}' was not expected`);
    }
    return condition;
  }

  #disjunction(): Condition {
    let left = this.#conjunction();
    while (this.#takeWord('or')) {
      left = { kind: 'or', left, right: this.#conjunction() };
    }
    return left;
  }

  #conjunction(): Condition {
    let left = this.#term();
    while (this.#takeWord('and')) {
      left = { kind: 'and', left, right: this.#term() };
    }
    return left;
  }

  #term(): Condition {
    if (this.#takeMark('(')) {
      this.#depth += 1;
      if (this.#depth > deepest) {
        throw wrong('its parentheses are too deep');
      }
      const inner = this.#disjunction();
      this.#expectMark(')');
      this.#depth -= 1;
      return inner;
    }
    const word = this.#word();
    return this.#takeMark('(') ? this.#startsWith(word) : this.#comparison(word);
  }

  #startsWith(name: string): Condition {
    if (name.toLowerCase() !== 'startswith') {
      throw wrong(`the function ${name} is not supported here, only startswith`);
    }
    const field = findField(this.#word(), this.#members);
    this.#expectMark(',');
    const value = this.#next();
    this.#expectMark(')');
    if (field.type !== 'text' || value.kind !== 'text') {
      throw wrong('startswith compares a text with a text in single quotes');
    }
    return { kind: 'startsWith', field, value: value.text.toLowerCase() };
  }

  #comparison(path: string): Condition {
    const field = findField(path, this.#members);
    const word = this.#word();
    const operator = operators.find((known) => known === word.toLowerCase());
    if (operator === undefined) {
      throw wrong(`the operator ${word} is not supported here, only ${operators.join(', ')}`);
    }
    return { kind: 'compare', field, operator, value: literal(this.#next(), field) };
  }

  #takeWord(text: string): boolean {
    const token = this.#tokens[this.#at];
    const fits = token?.kind === 'word' && token.text.toLowerCase() === text;
    this.#at += fits ? 1 : 0;
    return fits;
  }

  #takeMark(text: string): boolean {
    const token = this.#tokens[this.#at];
    const fits = token?.kind === 'mark' && token.text === text;
    this.#at += fits ? 1 : 0;
    return fits;
  }

  #expectMark(text: string): void {
    if (!this.#takeMark(text)) {
      throw wrong(`'${text}' was expected instead of ${this.#found()}`);
    }
  }

  #word(): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word') {
      throw wrong(`a name was expected instead of ${this.#found()}`);
    }
    this.#at += 1;
    return token.text;
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) {
      throw wrong('a value was expected instead of its end');
    }
    this.#at += 1;
    return token;
  }

  #found(): string {
    const token = this.#tokens[this.#at];
    return token === undefined ? 'its end' : `'${token.text}'`;
  }
}

function literal({ kind, text }: Token, field: Field): Literal {
  if (kind === 'word' && text.toLowerCase() === 'null') {
    return null;
  }
  const value = kind === 'mark' ? null : literalOf(field.type, kind === 'text', text);
  if (value === null) {
    throw wrong(`${field.path.join('/')} is compared with ${expected[field.type]}, found ${text}`);
  }
  return value;
}

const expected: Readonly<Record<Field['type'], string>> = {
  text: 'a text in single quotes',
  boolean: 'true or false',
  number: 'a number',
  time: 'a time such as 2026-01-31T08:00:00Z, without quotes',
};

function literalOf(type: Field['type'], isQuoted: boolean, text: string): Literal {
  if (type === 'text') {
    return isQuoted ? text.toLowerCase() : null;
  }
  if (isQuoted) {
    return null;
  }
  if (type === 'boolean') {
    return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : null;
  }
  return type === 'time' ? parseTime(text) : numberOf(text);
}

function numberOf(text: string): number | null {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

function wrong(why: string): Error {
  return badRequest(`Invalid filter clause: ${why}.`);
}
