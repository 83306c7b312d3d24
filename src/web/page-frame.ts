import { createHash } from 'node:crypto';
import type { Fact } from '../cards/activation-facts.ts';
import type { Locale } from '../cards/texts.ts';
import type { PageAnswer } from '../http-page.ts';
import { html, markupOf, type Html } from './html.ts';
import { pageStyle } from './page-style.ts';

/** What a page says. */
export interface PageContent {
  readonly title: string;
  readonly body: string;
  readonly facts?: readonly Fact[];
  /** One button that posts to `action`. */
  readonly form?: { readonly action: string; readonly button: string };
  readonly links?: readonly { readonly url: string; readonly text: string }[];
  readonly close?: string;
}

export interface PageFrame {
  answer(locale: Locale, status: number, content: PageContent, headers?: Readonly<Record<string, string>>): PageAnswer;
  /** 303: the browser goes on by GET. */
  redirect(url: string, headers: Readonly<Record<string, string>>): PageAnswer;
}

/**
 * How every page looks and which headers it has: no script, no frame, nothing loaded, nothing kept.
 *
 * @param signInSource where the form's answer may lead: Chromium applies `form-action` to every redirect on the way.
 * https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy/form-action
 */
export function pageFrame(signInSource: string): PageFrame {
  const common = pageHeaders(signInSource);
  return {
    answer: (locale, status, content, headers = {}) => ({
      status,
      headers: { ...common, ...headers, 'content-type': 'text/html; charset=utf-8', 'content-language': locale },
      body: markupOf(documentOf(locale, content)),
    }),
    redirect: (url, headers) => ({ status: 303, headers: { ...common, ...headers, location: url }, body: '' }),
  };
}

function pageHeaders(signInSource: string): Readonly<Record<string, string>> {
  const styleHash = createHash('sha256').update(pageStyle).digest('base64');
  const policy = [
    `default-src 'none'`, `style-src 'sha256-${styleHash}'`, `form-action 'self' ${signInSource}`, `base-uri 'none'`, `frame-ancestors 'none'`,
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'strict-transport-security': 'max-age=31536000',
    'cross-origin-opener-policy': 'same-origin',
  };
}

function documentOf(locale: Locale, content: PageContent): Html {
  return html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${content.title}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>${content.title}</h1>
<p>${content.body}</p>
${factList(content.facts ?? [])}${formOf(content.form)}${(content.links ?? []).map(({ url, text }) => html`<p><a href="${url}">${text}</a></p>
`)}${content.close === undefined ? '' : html`<p>${content.close}</p>
`}</main>
</body>
</html>
`;
}

function factList(facts: readonly Fact[]): Html | '' {
  if (facts.length === 0) return '';
  return html`<dl>
${facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>
`)}</dl>
`;
}

function formOf(form: PageContent['form']): Html | '' {
  return form === undefined ? '' : html`<form method="post" action="${form.action}"><button type="submit">${form.button}</button></form>
`;
}
