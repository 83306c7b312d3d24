import { Refusal } from './reply.ts';

/** A `$filter` of ARM's PIM listings: functions and equations, joined by `and`. */
export interface Filter {
  /** Names in lower case, e.g. `astarget`. */
  readonly functions: ReadonlySet<string>;
  /** Argument of `assignedTo('…')`, in lower case. */
  readonly assignedTo: string | null;
  /** Field in lower case → value. */
  readonly equals: ReadonlyMap<string, string>;
}

/** What one listing understands, in the documented spelling. */
export interface FilterTerms {
  readonly functions: readonly string[];
  readonly fields: readonly string[];
}

const functionPattern = /^(\w+)\(\s*(?:'([^']*)')?\s*\)$/;
const equationPattern = /^(\w+)\s+eq\s+(?:'((?:[^']|'')*)'|(\S+))$/i;

/** Throws `Refusal` for a term that the listing does not know. */
export function parseFilter(text: string | null, terms: FilterTerms): Filter {
  const functions = new Set<string>();
  const equals = new Map<string, string>();
  let assignedTo: string | null = null;
  for (const term of splitTerms(text ?? '')) {
    const [, name = '', argument] = functionPattern.exec(term) ?? [];
    const [, field = '', quoted, bare = ''] = equationPattern.exec(term) ?? [];
    if (knows(terms.functions, name)) {
      functions.add(name.toLowerCase());
      assignedTo = name.toLowerCase() === 'assignedto' ? (argument ?? '').toLowerCase() : assignedTo;
    } else if (knows(terms.fields, field)) {
      equals.set(field.toLowerCase(), quoted?.replaceAll("''", "'") ?? bare);
    } else {
      throw new Refusal(400, 'InvalidFilter', `The filter term "${term}" is not supported here. ${supported(terms)}`);
    }
  }
  return { functions, assignedTo, equals };
}

/** Splits at `and`, but not inside quotes. */
function splitTerms(text: string): readonly string[] {
  const terms = text.match(/(?:'(?:[^']|'')*'|(?!\sand\s)[^'])+/gi) ?? [];
  return terms.map((term) => term.replace(/^\s*and\s+/i, '').trim()).filter((term) => term !== '');
}

function knows(names: readonly string[], name: string): boolean {
  return name !== '' && names.some((known) => known.toLowerCase() === name.toLowerCase());
}

function supported(terms: FilterTerms): string {
  const all = [...terms.functions.map((name) => `${name}()`), ...terms.fields.map((name) => `${name} eq '…'`)];
  return `Supported: ${all.join(', ')}.`;
}
