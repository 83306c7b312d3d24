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
  for (const term of splitTerms(text, 'and')) {
    const [, name = '', argument] = functionPattern.exec(term) ?? [];
    const equation = parseEquation(term);
    if (knows(terms.functions, name) && (argument === undefined || name.toLowerCase() === 'assignedto')) {
      functions.add(name.toLowerCase());
      assignedTo = name.toLowerCase() === 'assignedto' ? (argument ?? '').toLowerCase() : assignedTo;
    } else if (equation !== null && knows(terms.fields, equation.field) && !equals.has(equation.field.toLowerCase())) {
      equals.set(equation.field.toLowerCase(), equation.value);
    } else {
      throw invalidFilter(`The filter term "${term}" is not supported here. ${supported(terms)}`);
    }
  }
  return { functions, assignedTo, equals };
}

/** The values of `field eq 'a' or field eq 'b'`, in lower case; empty without a filter. Throws `Refusal` for another one. */
export function parseAlternatives(text: string | null, field: string): ReadonlySet<string> {
  return new Set(
    splitTerms(text, 'or').map((term) => {
      const equation = parseEquation(term);
      if (equation?.field.toLowerCase() !== field.toLowerCase()) {
        throw invalidFilter(`The filter term "${term}" is not supported here. Supported: ${field} eq '…', joined by or.`);
      }
      return equation.value.toLowerCase();
    }),
  );
}

function parseEquation(term: string): { readonly field: string; readonly value: string } | null {
  const [, field, quoted, bare = ''] = equationPattern.exec(term) ?? [];
  return field === undefined ? null : { field, value: quoted?.replaceAll("''", "'") ?? bare };
}

/**
 * Splits at `and` or `or`, but not inside quotes. A `+` is a blank: Microsoft's documents write it so, and a client that
 * encodes what it is given sends it on as a plus.
 */
function splitTerms(text: string | null, joiner: 'and' | 'or'): readonly string[] {
  const parts = [...(text ?? '').matchAll(/'(?:[^']|'')*'|[^']+|'/g)].map(([part]) => part);
  if (parts.includes("'")) {
    throw invalidFilter(`The filter "${text}" has a quotation mark without its counterpart.`);
  }
  const terms: string[] = [''];
  for (const part of parts) {
    const pieces = part.startsWith("'") ? [part] : part.replaceAll('+', ' ').split(new RegExp(`\\s${joiner}\\s`, 'i'));
    const [first = '', ...others] = pieces;
    terms.push(`${terms.pop() ?? ''}${first}`, ...others);
  }
  return terms.map((term) => term.trim()).filter((term) => term !== '');
}

function invalidFilter(message: string): Refusal {
  return new Refusal(400, 'InvalidFilter', message);
}

function knows(names: readonly string[], name: string): boolean {
  return name !== '' && names.some((known) => known.toLowerCase() === name.toLowerCase());
}

function supported(terms: FilterTerms): string {
  const all = [...terms.functions.map((name) => `${name}()`), ...terms.fields.map((name) => `${name} eq '…'`)];
  return `Supported: ${all.join(', ')}.`;
}
