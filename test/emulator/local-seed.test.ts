import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { loadSeed } from '../../src/emulator/seed-file.ts';

const root = path.resolve(import.meta.dirname, '../..');
const rows = (file: string): readonly string[] => readFileSync(path.join(root, file), 'utf8').split('\n').filter((line) => line.startsWith('|'));

/** Names of permissions that stand in backticks, e.g. `User.Read.All`. */
function permissionsIn(text: string): readonly string[] {
  return [...text.matchAll(/`([A-Z]\w*(?:\.\w+)+)`/g)].map(([, name = '']) => name);
}

const cellsOf = (row: string): readonly string[] => row.split('|').slice(1, -1);

const sources: readonly (readonly [string, readonly string[]])[] = [
  ['SECURITY.md', rows('SECURITY.md').filter((row) => row.includes('| application, admin consent |')).flatMap(permissionsIn)],
  ['what is needed, of docs/tenant-set-up.md', rows('docs/tenant-set-up.md').filter((row) => row.includes('| application |')).flatMap(permissionsIn)],
  ['the steps of docs/tenant-set-up.md', rows('docs/tenant-set-up.md').flatMap((row) => (cellsOf(row).length === 3 ? permissionsIn(cellsOf(row)[2] ?? '') : []))],
];

it.each(sources)('the bot of the local tenant may read what an administrator is asked to grant, and no more: %s', (_, named) => {
  const bot = loadSeed(path.join(root, 'env/local.seed.json')).apps?.find(({ name }) => name === 'pim-bot');
  expect([...new Set(named)].toSorted()).toEqual(bot?.permissions?.toSorted());
});
