import { expect, test } from 'vitest';
import { isFilePage } from '../../../src/bot/settings/file-address.ts';
import { readFileConsent } from '../../../src/bot/settings/save-export.ts';
import { saveFile, type Put } from '../../../src/bot/settings/save-file.ts';

// Guards of promise 23: `saveFile` in src/bot/settings/save-file.ts, `isFileAddress` and `isFilePage` in src/bot/settings/file-address.ts.

const good = 'https://contoso-my.sharepoint.com/personal/nestor_contoso_com/_api/v2.0/drive/items/01ABC/uploadSession?guid=\'1e1b\'&overwrite=True&tempauth=eyJ0.eyJh.x-_y';

/** Answers like this, and remembers what it was sent, and where to. */
function answering(statusCode: number | undefined): { readonly put: Put; readonly sent: string[] } {
  const sent: string[] = [];
  return { sent, put: (url, body) => {
    sent.push(`${url} ${body.toString()}`);
    return Promise.resolve({ statusCode, destroy: () => undefined });
  } };
}

test.each([200, 201])('a file that is answered by %i is saved', async (status) => {
  const { put, sent } = answering(status);
  expect(await saveFile(good, '{"役割":1}', put)).toBe('saved');
  expect(sent).toEqual([`${good} {"役割":1}`]);
});

test.each([
  'http://contoso.sharepoint.com/x', 'https://contoso.sharepoint.com.evil.example/x', 'https://evil.example/contoso.sharepoint.com/', 'https://sharepoint.com/x',
  'https://evil.example@contoso.sharepoint.com/x', 'https://contoso.sharepoint.com@evil.example/x', 'https://contoso.sharepoint.com:8443/x', 'https://contoso.sharepoint.com:443/x',
  'https://a.b.sharepoint.com/x', 'https://contoso.sharepoint.com\\@evil.example/x', 'https://contoso.sharepoint。com/x', 'https://cоntoso.sharepoint.com/x',
  'https://contoso.sharepoint.com%2eevil.example/x', 'https://contoso.sharepoint.com', ' https://contoso.sharepoint.com/x', 'https://contoso.sharepoint.com/x\n',
  'https://169.254.169.254/metadata', 'https://127.0.0.1/x', 'https://[::1]/x', 'file:///etc/passwd', 'https:/\\evil.example/x', 'https://contoso.sharepoint.com/x y', '',
])('promise 23: nothing is sent to %j', async (url) => {
  const { put, sent } = answering(201);
  expect(await saveFile(url, '{}', put)).toBe('notToTeams');
  expect(sent).toEqual([]);
});

test.each([undefined, 202, 204, 301, 302, 303, 307, 308, 401, 404, 416, 500, 507])('promise 23: an answer of %s is no saved file, and leads nowhere else', async (status) => {
  const { put, sent } = answering(status);
  expect(await saveFile(good, '{}', put)).toBe('failed');
  expect(sent).toHaveLength(1);
});

test('an address that does not answer has no file', async () => {
  expect(await saveFile(good, '{}', () => Promise.reject(new Error('no answer')))).toBe('failed');
});

test('a file is shown where OneDrive has it, and nowhere else', () => {
  expect(isFilePage('https://contoso-my.sharepoint.com/personal/nestor/Documents/Microsoft Teams Chat Files/役割 1.json')).toBe(true);
  for (const url of ['http://contoso.sharepoint.com/x', 'https://evil.example/x', 'https://a@contoso.sharepoint.com/x', 'https://contoso.sharepoint.com:8443/x', 'https://contoso.sharepoint.com.evil.example/', 'javascript:alert(1)', 'x', '']) {
    expect([url, isFilePage(url)]).toEqual([url, false]);
  }
});

test('what a person answers is read to the letter, or not at all', () => {
  const context = { inquiryId: '5a3c0000-0000-4000-8000-000000000001' };
  const asked = { verb: 'settings.export', ...context };
  const uploadInfo = { uploadUrl: good, contentUrl: 'https://x', name: 'a.json', uniqueId: '1', fileType: 'json' };
  expect(readFileConsent({ type: 'fileUpload', action: 'accept', context, uploadInfo: { ...uploadInfo, etag: '1' } })).toEqual({ asked, room: uploadInfo });
  expect(readFileConsent({ type: 'fileUpload', action: 'decline', context })).toEqual({ asked, room: null });
  for (const value of [
    undefined, null, 'accept', [], { type: 'fileUpload', action: 'accept', context }, { type: 'fileUpload', action: 'maybe', context, uploadInfo }, { action: 'accept', context, uploadInfo },
    { type: 'fileUpload', action: 'decline', context: { inquiryId: '../x' } }, { type: 'fileUpload', action: 'decline', context: { inquiryId: 7 } }, { type: 'fileUpload', action: 'decline', context: 'x' },
    { type: 'fileUpload', action: 'decline' }, { type: 'fileUpload', action: 'accept', context, uploadInfo: { ...uploadInfo, uploadUrl: null } },
  ]) expect([value, readFileConsent(value)]).toEqual([value, null]);
});
