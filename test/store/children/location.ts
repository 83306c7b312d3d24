import type { StoreLocation } from '../../../src/store/database.ts';

/** The first two parameters of a child process: `postgres URL` or `embedded FOLDER`. */
export function locationFromParameters(): StoreLocation {
  const [kind, place = ''] = process.argv.slice(2);
  return kind === 'postgres' ? { kind, url: place } : { kind: 'embedded', folder: place };
}
