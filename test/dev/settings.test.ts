import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readDevSettings } from '../../src/dev/settings.ts';

function fileWith(content: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pim-settings-'));
  onTestFinished(() => { rmSync(folder, { recursive: true }); });
  writeFileSync(path.join(folder, 'settings'), content);
  return path.join(folder, 'settings');
}

test('the settings of the embedded stack that come with the product are right', () => {
  expect(readDevSettings('env/.env.local')).toMatchObject({ port: 3978, seedFile: 'env/local.seed.json', people: expect.arrayContaining(['alex@contoso.example']) });
});

test('a missing file is named', () => {
  expect(() => readDevSettings('env/nothing')).toThrow('env/nothing is missing');
});

test('every wrong or missing setting is named at once', () => {
  const file = fileWith('PORT=high\nEMULATOR_PORT=1\nSEED_FILE=x\nPLAYGROUND_PEOPLE=,\nPLAYGROUND_PORT=70000\nLOG_LEVEL=loud\n');
  expect(() => readDevSettings(file)).toThrow(/PORT must be a port number.*PLAYGROUND_PEOPLE must name at least one person.*PLAYGROUND_PORT must be a port number.*DATA_FOLDER is missing.*LOG_LEVEL must be/);
});
