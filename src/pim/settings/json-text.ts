/** JSON with the places of its parts, so that a fault can be pointed at. Strict: no comments, no comma at the end. */
import { findNodeAtLocation, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import type { JsonExpected, Position, SettingsFault } from './settings-fault.ts';

export type JsonPath = readonly (string | number)[];

export interface JsonText {
  readonly value: unknown;
  /** Where the part begins: a member by its name, an item by itself; where there is no such part, what would hold it. */
  readonly positionOf: (path: JsonPath) => Position;
  readonly has: (path: JsonPath) => boolean;
}

export type JsonTextReading = { readonly ok: true; readonly json: JsonText } | { readonly ok: false; readonly faults: readonly SettingsFault[] };

const deepest = 32;

export function readJsonText(given: string): JsonTextReading {
  const text = given.replace(/^\uFEFF/, '');
  const positionAt = positionsIn(text);
  const tooDeep = offsetBeyond(text, deepest);
  if (tooDeep !== null) return { ok: false, faults: [{ field: '', at: positionAt(tooDeep), reason: { code: 'tooDeep' } }] };
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  const [error] = errors; // what follows the first is seldom a fault of its own
  if (root === undefined || error !== undefined) return { ok: false, faults: [syntaxFault(text, error, positionAt)] };
  const faults = duplicatesIn(root, '', positionAt);
  return faults.length > 0 ? { ok: false, faults } : { ok: true, json: jsonText(root, JSON.parse(text), positionAt) };
}

type PositionAt = (offset: number) => Position;

function positionsIn(text: string): PositionAt {
  const starts = [0, ...Array.from(text.matchAll(/\r\n|\r|\n/g), ({ index, 0: end }) => index + end.length)];
  return (offset) => {
    const line = lineAt(starts, offset);
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

/** The last line that starts at or before it. A file has as many faults as lines, at worst. */
function lineAt(starts: readonly number[], offset: number): number {
  let [at, beyond] = [0, starts.length];
  while (beyond - at > 1) {
    const middle = Math.floor((at + beyond) / 2);
    if ((starts[middle] ?? 0) <= offset) at = middle;
    else beyond = middle;
  }
  return at;
}

/** The parser follows each level by a call of its own. A bracket inside a text is none. */
function offsetBeyond(text: string, levels: number): number | null {
  let depth = 0;
  for (const { index, 0: token } of text.matchAll(/"(?:[^"\\]+|\\.)*"?|[{}[\]]/gs)) {
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    if (depth > levels) return index;
  }
  return null;
}

const expectedBy: Readonly<Partial<Record<string, JsonExpected>>> = {
  ValueExpected: 'value', PropertyNameExpected: 'name', ColonExpected: 'colon', CommaExpected: 'comma', CloseBraceExpected: 'closingBrace',
  CloseBracketExpected: 'closingBracket', UnexpectedEndOfString: 'quotation', EndOfFileExpected: 'end',
};

function syntaxFault(text: string, error: ParseError | undefined, positionAt: PositionAt): SettingsFault {
  const offset = error?.offset ?? 0;
  const found = /^[^\s{}[\],:]{1,20}|^\S/u.exec(text.slice(offset))?.[0] ?? null;
  const expected = error === undefined ? 'value' : expectedBy[printParseErrorCode(error.error)] ?? 'other';
  return { field: '', at: positionAt(offset), reason: { code: 'notJson', found, expected } };
}

/** JSON.parse keeps the last of several members of one name, and says nothing. */
function duplicatesIn(node: Node, path: string, positionAt: PositionAt): readonly SettingsFault[] {
  const children = node.children ?? [];
  if (node.type === 'array') return children.flatMap((item, index) => duplicatesIn(item, `${path}[${index}]`, positionAt));
  if (node.type !== 'object') return [];
  const seen = new Set<string>();
  return children.flatMap(({ children: [key, value] = [] }) => {
    const name = String(key?.value);
    const field = path === '' ? name : `${path}.${name}`;
    const again = seen.has(name);
    seen.add(name);
    return [
      ...(again ? [{ field, at: positionAt(key?.offset ?? 0), reason: { code: 'duplicateMember', name } } as const] : []),
      ...(value === undefined ? [] : duplicatesIn(value, field, positionAt)),
    ];
  });
}

function jsonText(root: Node, value: unknown, positionAt: PositionAt): JsonText {
  const find = (path: JsonPath): Node | undefined => findNodeAtLocation(root, [...path]);
  const positionOf = (path: JsonPath): Position => {
    const node = find(path);
    if (node === undefined) return positionOf(path.slice(0, -1));
    return positionAt(node.parent?.type === 'property' ? node.parent.offset : node.offset);
  };
  return { value, positionOf, has: (path) => find(path) !== undefined };
}

/** `roles[2].settings.approverIds[0]` */
export function fieldName(path: JsonPath): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`)).join('');
}
