import { describe, expect, it } from 'vitest';
import { cardBytes, largestCard } from '../../src/cards/card-size.ts';
import { portalPages } from '../../src/cards/open-url.ts';
import { parseVerb } from '../../src/cards/verbs.ts';
import { libraryFindings } from './adaptive-cards-library.ts';
import { inputsOf, opensOf, partsOf, partsOfType } from './card-parts.ts';
import { everyCard } from './every-card.ts';
import { consentUrl, guid, locales, stepUpUrl } from './samples.ts';

// Promise 25 (its part that needs no browser) and promise 31. Guards: the templates in src/cards/templates,
// `verbAction` in src/cards/verbs.ts, `largestFitting` in src/cards/card-size.ts, `text` in src/cards/texts.ts.
describe.each(locales)('promise 25 and promise 31: every card in every state (%s)', (locale) => {
  const samples = everyCard(locale).map(({ name, card }) => [name, card] as const);

  it('has a name of its own', () => {
    expect(new Set(samples.map(([name]) => name)).size).toBe(samples.length);
  });

  it.each(samples)('%s: Microsoft’s library finds nothing wrong', (_name, card) => {
    expect(libraryFindings(card)).toEqual([]);
  });

  it.each(samples)('%s: is small enough, with at most six buttons', (_name, card) => {
    expect(cardBytes(card)).toBeLessThanOrEqual(largestCard);
    expect(partsOf(card).filter(({ type }) => type === 'Action.Execute' || type === 'Action.OpenUrl').length).toBeLessThanOrEqual(6);
  });

  it.each(samples)('%s: says its language and has a summary', (_name, card) => {
    expect(card).toMatchObject({ version: '1.5', lang: locale });
    expect(card.speak.length).toBeGreaterThan(3);
    expect(card.fallbackText).toBe(card.speak);
  });

  it.each(samples)('%s: every input has a label, a required one says what is missing', (_name, card) => {
    for (const input of inputsOf(card)) {
      expect(input).toMatchObject({ id: expect.stringMatching(/^\w+$/u), label: expect.stringMatching(/\S/u) });
      expect(input).toMatchObject({ errorMessage: expect.stringMatching(/\S/u) });
    }
  });

  it.each(samples)('%s: no picture without a text in its place', (_name, card) => {
    expect(partsOfType(card, 'Image').filter(({ altText }) => typeof altText !== 'string' || altText === '')).toEqual([]);
  });

  it.each(samples)('%s: nothing that renders markdown but our own sentences, no placeholder left', (_name, card) => {
    expect(partsOfType(card, 'FactSet')).toEqual([]);
    expect(JSON.stringify(card)).not.toMatch(/\$\{|\{\w+\}|undefined/u);
    for (const { text } of partsOfType(card, 'TextBlock')) expect(text).not.toMatch(/[*_`[\]]/u);
  });

  it.each(samples)('%s: every button means the same to old clients, and the bot reads both', (_name, card) => {
    for (const action of partsOfType(card, 'Action.Execute')) {
      const data = { ...Object(action['data']), ...filledIn };
      const execute = parseVerb({ action: { type: 'Action.Execute', verb: action['verb'], data } });
      const submit = parseVerb({ ...Object(Object(action['fallback']).data), ...filledIn });
      expect(execute).not.toBeNull();
      expect(submit).toEqual(execute);
    }
  });

  it.each(samples)('%s: buttons open known pages only, over https', (_name, card) => {
    for (const url of opensOf(card)) expect(known).toContain(url);
  });

  it.each(samples)('%s: every button has a title of its own', (_name, card) => {
    const titles = partsOf(card).filter(({ type }) => type === 'Action.Execute' || type === 'Action.OpenUrl').map(({ title }) => title);
    for (const title of titles) expect(title).toMatch(/\S/u);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it.each(samples)('%s: shows colour only together with words', (_name, card) => {
    const coloured = partsOf(card).filter(({ type, style }) => type === 'Container' && ['good', 'attention', 'warning'].includes(String(style)));
    for (const box of coloured) expect(JSON.stringify(box)).toMatch(/"type":"TextBlock","text":"[^"]{3}/u);
  });
});

const known = ['https://contoso.example/tickets/INC-4711', stepUpUrl, consentUrl, portalPages.start, ...Object.values(portalPages.activate), ...Object.values(portalPages.approve)];

/** What a person would have filled in, where a button reads inputs. */
const filledIn = { eligibleId: guid(1), activeId: guid(2), requestId: guid(3), scopeId: '/subscriptions/1', minutes: '60', justification: 'because', reason: 'fine', choice: '0', assignment: 'active/1' };
