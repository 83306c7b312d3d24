import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { attachedFiles, largestFile, readAttachedFile, type Ask } from '../../../src/bot/settings/attached-file.ts';

// Guard of promise 23: `readAttachedFile` in src/bot/settings/attached-file.ts.

const good = 'https://contoso-my.sharepoint.com/personal/nestor_contoso_com/_layouts/15/download.aspx?UniqueId=1e1b&Translate=false&tempauth=eyJ0.eyJh.x-_y&ApiVersion=2.0';
const file = (downloadUrl: string) => ({ name: 'settings.json', downloadUrl });

/** Answers like this, and remembers what it was asked. */
function answering(statusCode: number, chunks: readonly Buffer[]): { readonly ask: Ask; readonly asked: string[] } {
  const asked: string[] = [];
  return { asked, ask: (url) => {
    asked.push(url);
    return Promise.resolve(Object.assign(Readable.from(chunks), { statusCode }));
  } };
}

test('a file of OneDrive is read', async () => {
  const { ask, asked } = answering(200, [Buffer.from('{"roles":'), Buffer.from('[]}')]);
  expect(await readAttachedFile(file(good), ask)).toEqual({ ok: true, text: '{"roles":[]}' });
  expect(asked).toEqual([good]);
});

test.each([
  'http://contoso.sharepoint.com/x', 'https://contoso.sharepoint.com.evil.example/x', 'https://evil.example/contoso.sharepoint.com/', 'https://sharepoint.com/x',
  'https://evil.example@contoso.sharepoint.com/x', 'https://contoso.sharepoint.com@evil.example/x', 'https://contoso.sharepoint.com:8443/x', 'https://contoso.sharepoint.com./x',
  'https://a.b.sharepoint.com/x', 'https://contoso.sharepoint.com\\@evil.example/x', 'https://contoso.sharepoint。com/x', 'https://cоntoso.sharepoint.com/x',
  'https://contoso.sharepoint.com%2eevil.example/x', 'https://contoso.sharepoint.com', ' https://contoso.sharepoint.com/x', 'https://contoso.sharepoint.com/x\n', 'https://169.254.169.254/metadata',
  'https://127.0.0.1/x', 'file:///etc/passwd', 'https:/\\evil.example/x', '',
])('promise 23: %j is not asked for', async (url) => {
  const { ask, asked } = answering(200, [Buffer.from('{}')]);
  expect(await readAttachedFile(file(url), ask)).toEqual({ ok: false, why: 'notFromTeams' });
  expect(asked).toEqual([]);
});

test.each([301, 302, 303, 307, 308, 404, 500])('promise 23: an answer of %i leads nowhere else', async (status) => {
  const { ask, asked } = answering(status, [Buffer.from('{}')]);
  expect(await readAttachedFile(file(good), ask)).toEqual({ ok: false, why: 'unreadable' });
  expect(asked).toHaveLength(1);
});

test('a file that is too large is not read to its end', async () => {
  let given = 0;
  const endless = (function* () { while (given < 1_000) { given += 1; yield Buffer.alloc(100_000); } })();
  expect(await readAttachedFile(file(good), () => Promise.resolve(Object.assign(Readable.from(endless), { statusCode: 200 })))).toEqual({ ok: false, why: 'tooLarge' });
  expect(given).toBeLessThan(largestFile / 100_000 + 30);
});

test('an address that does not answer is no file', async () => {
  expect(await readAttachedFile(file(good), () => Promise.reject(new Error('no answer')))).toEqual({ ok: false, why: 'unreadable' });
});

test('only what Teams calls an upload is one', () => {
  const upload = { contentType: 'application/vnd.microsoft.teams.file.download.info', name: 'a.json', content: { downloadUrl: good, uniqueId: '1', fileType: 'json' } };
  expect(attachedFiles([upload, { contentType: 'text/html', content: '<p>' }, { contentType: upload.contentType, content: {} }, null])).toEqual([{ name: 'a.json', downloadUrl: good }]);
  expect(attachedFiles(undefined)).toEqual([]);
});
