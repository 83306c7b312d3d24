import { PimError } from '../pim/errors.ts';
import { withinTime } from '../pim/http/within-time.ts';

/** Milliseconds for one token, from asking to having it. */
export const timeLimitMs = 10_000;
/** Bytes. A person in many groups has a token of some ten kilobytes. */
const largestAnswer = 256 * 1024;

/** @throws {PimError} `unavailable` when the time for one token is over */
export function inTime<T>(work: Promise<T>): Promise<T> {
  return withinTime(work, timeLimitMs, 'no token came in time');
}

/** Reads an answer as text. @throws {PimError} `unavailable` when it is too large */
export async function readAnswer(body: AsyncIterable<string | Uint8Array>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > largestAnswer) throw new PimError('unavailable', 'the answer is too large for a token');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
