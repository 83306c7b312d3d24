import { describe, expect, it } from 'vitest';
import { openUrlAction, portalAction, portalPages, stepUpAction } from '../../src/cards/open-url.ts';
import { stepUpUrl } from './samples.ts';

describe('a button that opens a page', () => {
  it('opens https', () => {
    expect(openUrlAction(stepUpUrl, 'Continue', 'positive')).toEqual({ type: 'Action.OpenUrl', title: 'Continue', style: 'positive', url: stepUpUrl });
  });

  it.each(['http://contoso.example', 'javascript:alert(1)', 'ms-teams://x', '//contoso.example', '', ' https://contoso.example'])('refuses "%s"', (url) => {
    expect(() => openUrlAction(url, 'Continue')).toThrow('https');
  });

  it('for a stronger sign-in goes to our page', () => {
    expect(stepUpAction('en', stepUpUrl)).toMatchObject({ url: stepUpUrl, title: 'Continue in the browser' });
    expect(stepUpAction('ja', stepUpUrl)).toMatchObject({ url: stepUpUrl, title: 'ブラウザーで続ける' });
  });

  it('knows the portal’s pages of PIM', () => {
    const pages = [portalPages.start, ...Object.values(portalPages.activate), ...Object.values(portalPages.approve)];
    expect(new Set(pages).size).toBe(7);
    for (const url of pages) {
      expect(portalAction('en', url)['url']).toBe(url);
      expect(new URL(url)).toMatchObject({ origin: 'https://portal.azure.com', search: '' });
    }
  });
});
