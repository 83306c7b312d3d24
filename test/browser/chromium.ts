import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import chromium from '@sparticuz/chromium';
import { chromium as playwright } from 'playwright-core';
import type { Browser } from 'playwright-core';
import packageJson from '../../package.json' with { type: 'json' };

/**
 * Starts the Chromium that comes as an npm package; whoever starts it closes it. `CHROMIUM_PATH` names another binary
 * (Chrome, Edge) for machines where the packaged one, Linux x64, does not run.
 */
async function launchChromium(moreArgs: readonly string[]): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'] ?? (await unpackedChromium());
  return playwright.launch({ executablePath, args: [...chromium.args, ...moreArgs], headless: true });
}

/**
 * The same for a test that can be left out where no Chromium runs: `null`, after saying on standard error what was not
 * run and why. On a build machine (`CI` is set) it throws, so that nothing is left out unseen.
 */
export async function chromiumFor(part: string, moreArgs: readonly string[] = []): Promise<Browser | null> {
  try {
    return await launchChromium(moreArgs);
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`\n*** NOT RUN: ${part}. Chromium does not start on this machine: ${reason}\n\n`);
    return null;
  }
}

/**
 * The package unpacks itself to one fixed place, where test files that start together would meet a half-written file and
 * a later version the binary of an earlier one. So it unpacks into a folder of its own, which then gets its final name at once.
 */
async function unpackedChromium(): Promise<string> {
  const folder = join(tmpdir(), `chromium-${packageJson.devDependencies['@sparticuz/chromium']}`);
  const binary = join(folder, 'chromium');
  if (existsSync(binary)) return binary;
  const ownFolder = await mkdtemp(`${folder}-`);
  const unpack = `import chromium from '@sparticuz/chromium'; await chromium.executablePath();`;
  const options = { cwd: import.meta.dirname, env: { ...process.env, TMPDIR: ownFolder } };
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', unpack], options);
  await rename(ownFolder, folder).catch(() => rm(ownFolder, { recursive: true }));
  return binary;
}
