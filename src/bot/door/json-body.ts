import type { IncomingMessage } from 'node:http';
import { largestBody } from './gate.ts';
import { readBody } from './read-body.ts';

/** Cards nest about fifteen deep. Deeper than this, what walks the value would run out of stack. */
const deepest = 32;
const mostValues = 20_000;

export type JsonBody =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status: 400 | 413 };

/** Reads a body of at most 256 KB and parses it. How long it may take is the server's `requestTimeout`. */
export async function readJsonBody(request: IncomingMessage): Promise<JsonBody> {
  const bytes = await readBody(request, largestBody);
  if (typeof bytes === 'string') return { ok: false, status: bytes === 'tooLarge' ? 413 : 400 };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return isBounded(text) ? { ok: true, value: JSON.parse(text, storable) } : { ok: false, status: 400 };
  } catch {
    return { ok: false, status: 400 };
  }
}

/** Half a character and NUL are text to JSON and to nothing that stores it: a client that cuts a text off may send either. */
function storable(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '') : value;
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);

/** Depth and number of values, counted in the text in one pass: nothing is built of a value that is too deep or too many. */
function isBounded(text: string): boolean {
  let depth = 0;
  let values = 1;
  let inString = false;
  // Stryker disable next-line EqualityOperator: there is no mark behind the end.
  for (let at = 0; at < text.length; at += 1) {
    const mark = text.charCodeAt(at);
    if (mark === quote) inString = !inString;
    else if (inString) at += mark === backslash ? 1 : 0;
    else if (opening.has(mark)) { depth += 1; values += 1; }
    else if (closing.has(mark)) depth -= 1;
    else if (mark === comma) values += 1;
    if (depth > deepest || values > mostValues) return false;
  }
  return true;
}
