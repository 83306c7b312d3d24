import { createHash } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import type { PageAnswer } from '../../src/http-page.ts';
import { openTestStore } from '../helpers/test-store.ts';
import { signInSource, StepUpWorld, tenantId } from './step-up-world.ts';

// Guards: `pageHeaders`, `documentOf` (src/web/page-frame.ts).

const store = await openTestStore();
afterAll(() => store.close());

/** One of each kind of answer that the pages give. */
async function everyAnswer(): Promise<ReadonlyMap<string, PageAnswer>> {
  const world = new StepUpWorld(store);
  const record = await world.awaitingActivation();
  const redirect = await world.post(record.id);
  const { url, cookie } = await world.begin(record);
  const callback = world.client.signIn(url, record.person.id, tenantId);
  const broken = await world.awaitingActivation();
  world.client.signInUrl = () => Promise.reject(new Error('broken'));
  return new Map([
    ['confirm', await world.get(record.id)],
    ['redirect', redirect],
    ['another browser', await world.callback({ state: 'A'.repeat(43), code: 'x' }, {})],
    ['done', await world.callback(callback, { cookie })],
    ['cross-site', await world.post(record.id, {})],
    ['not found', await world.get('unknown')],
    ['fault', await world.post(broken.id)],
  ]);
}

const answers = await everyAnswer();

test('the answers are the ones that were meant', () => {
  expect([...answers].map(([name, { status }]) => `${name} ${status}`)).toEqual(['confirm 200', 'redirect 303', 'another browser 403', 'done 200', 'cross-site 403', 'not found 404', 'fault 500']);
});

test.each([...answers])('promise 32: every page is in no frame, loads nothing, runs nothing and is kept nowhere: %s', (_name, { headers, body }) => {
  expect(headers).toMatchObject({
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'strict-transport-security': 'max-age=31536000',
    'cross-origin-opener-policy': 'same-origin',
  });
  const [, hash] = /^default-src 'none'; style-src 'sha256-([^']+)'; form-action 'self' (?:\S+); base-uri 'none'; frame-ancestors 'none'$/.exec(headers['content-security-policy'] ?? '') ?? [];
  expect(headers['content-security-policy']).toContain(` ${signInSource};`);
  if (body === '') return;
  const [, style = ''] = /<style>(.*?)<\/style>/s.exec(body) ?? [];
  expect(createHash('sha256').update(style).digest('base64')).toBe(hash);
  expect(body).not.toMatch(/<(?:script|img|link|iframe|object|base)\b|\bstyle=|\bon\w+=|javascript:/i);
});

test.each([...answers].filter(([, { body }]) => body !== ''))('every page has a language, a title, one headline and room on a phone: %s', (_name, { headers, body }) => {
  expect(body).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'content-language': 'en' });
  const [, title] = /<title>(.*?)<\/title>/.exec(body) ?? [];
  expect(title).toBeTruthy();
  expect(body.match(/<h1>.*?<\/h1>/g)).toEqual([`<h1>${title}</h1>`]);
  expect(body).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
});
