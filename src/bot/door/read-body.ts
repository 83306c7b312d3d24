import type { IncomingMessage } from 'node:http';

/**
 * Reads a body of at most `most` bytes; how long it may take is the server's `requestTimeout`. What comes after the limit
 * is dropped, not cut off: the sender can still read the answer.
 */
export function readBody(request: IncomingMessage, most: number): Promise<Buffer | 'tooLarge' | 'aborted'> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= most) {
        chunks.push(chunk);
      } else {
        chunks = [];
        resolve('tooLarge');
      }
    });
    request.once('end', () => { resolve(Buffer.concat(chunks)); });
    request.once('close', () => { resolve('aborted'); });
    request.once('error', () => { resolve('aborted'); });
  });
}
