import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, describe, expect, test } from 'vitest';
import { chromiumFor } from '../browser/chromium.ts';
import { smallPng } from '../cards/small-png.ts';
import { everyPage } from './every-page.ts';

// UPDATE_PICTURES=1 draws all pictures again; otherwise only those that are not there yet.
const folder = new URL('../../docs/pages/', import.meta.url);
const redraw = process.env['UPDATE_PICTURES'] === '1';

const browser = await chromiumFor('pictures of the step-up page (test/web/pictures.test.ts)');
const window = await browser?.newPage({ viewport: { width: 390, height: 200 }, deviceScaleFactor: 1 });
const fonts = await fontFaces();

afterAll(() => browser?.close());

const pictures = (['en', 'ja'] as const).flatMap((locale) => everyPage(locale).flatMap(({ name, body }) => {
  const file = `${name}${locale === 'en' ? '' : '.ja'}`;
  const light = { file: `${file}.png`, body, scheme: 'light' as const };
  return name === 'step-up-activate' ? [light, { file: `${name}-dark${locale === 'en' ? '' : '.ja'}.png`, body, scheme: 'dark' as const }] : [light];
}));

describe.skipIf(window === undefined)('every page is drawn in Chromium, as wide as a phone', () => {
  test.each(pictures)('$file', async ({ file, body, scheme }) => {
    if (window === undefined) return;
    await window.emulateMedia({ colorScheme: scheme });
    await window.setContent(body);
    await window.addStyleTag({ content: fonts });
    await window.evaluate('document.fonts.ready');
    expect(await window.evaluate('document.documentElement.scrollWidth'), 'nothing is wider than the window').toBe(390);
    expect(await window.getByRole('heading', { level: 1 }).count()).toBe(1);
    const said = await window.locator('body').innerText();
    expect(said).not.toMatch(/\{\w+\}|undefined|null|NaN/u);
    expect(await lowestContrast(), 'contrast of text, WCAG 2.2 AA').toBeGreaterThanOrEqual(4.5);
    const picture = new URL(file, folder);
    if (!redraw && existsSync(picture)) return;
    await mkdir(folder, { recursive: true });
    await writeFile(picture, smallPng(await window.screenshot({ fullPage: true, animations: 'disabled' })));
  });

  test('docs/pages holds these pictures and lists them', async () => {
    const list = index(everyPage('en').map(({ name }) => name));
    await writeFile(new URL('README.md', folder), list);
    expect((await readdir(folder)).filter((file) => file.endsWith('.png')).sort()).toEqual(pictures.map(({ file }) => file).sort());
    for (const { file } of pictures) expect(list).toContain(`(${file})`);
  });
});

function index(names: readonly string[]): string {
  const shown = names.flatMap((name) => name === 'step-up-activate' ? [name, `${name}-dark`] : [name]);
  return [
    '# The step-up page in pictures\n',
    'What a browser shows when PIM asks for a stronger sign-in, before and after it; as wide as a phone.',
    'The pictures and this list are made by `test/web/pictures.test.ts`; `UPDATE_PICTURES=1 npx vitest run test/web/pictures.test.ts` draws them again.\n',
    ...shown.map((name) => `## ${name}\n\n| English | 日本語 |\n|---|---|\n| ![${name}](${name}.png) | ![${name}, Japanese](${name}.ja.png) |\n`),
  ].join('\n');
}

/** The least contrast of any text to what is behind it. https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
async function lowestContrast(): Promise<number> {
  const ratio: unknown = await window?.evaluate(`(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
    const light = (colour) => rgba(colour).slice(0, 3).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (element) => { const { backgroundColor } = getComputedStyle(element); return rgba(backgroundColor)[3] === 255 ? backgroundColor : behind(element.parentElement); };
    return Math.min(...[...document.querySelectorAll('h1, p, dt, dd, a, button')].map((element) => {
      const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }));
  })()`);
  return typeof ratio === 'number' ? ratio : 0;
}

/** Latin and Japanese of one typeface, which the machine need not have. */
async function fontFaces(): Promise<string> {
  const fonts = createRequire(import.meta.url).resolve('@fontsource/noto-sans-jp/package.json').replace(/package\.json$/u, 'files/');
  const faces = (['latin', 'japanese'] as const).flatMap((script) => ([400, 600] as const).map(async (weight) => {
    const data = await readFile(`${fonts}noto-sans-jp-${script}-${weight}-normal.woff2`, 'base64');
    const range = script === 'latin' ? 'U+0000-02FF, U+2000-206F' : 'U+2070-FFFF';
    return `@font-face { font-family: Page; font-weight: ${weight}; src: url(data:font/woff2;base64,${data}) format('woff2'); unicode-range: ${range}; }`;
  }));
  return `${(await Promise.all(faces)).join('\n')}\nbody { font-family: Page; }`;
}
