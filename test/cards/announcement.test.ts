import { describe, expect, it } from 'vitest';
import { announcement, type AnnouncedActivation } from '../../src/cards/announcement.ts';
import { hostileTexts, invisibleTexts } from './hostile-cards.ts';
import { app, contributor, guid, later, now, readers } from './samples.ts';

const activation: AnnouncedActivation = { person: { name: 'Alex Wilber' }, role: contributor, scope: app, state: 'active', endAt: later(60), justification: 'The deployment hangs' };

/** The words in every place that can hold them. */
function saying(words: string): AnnouncedActivation {
  return { person: { name: words }, role: { definitionId: guid(1), name: words }, scope: { ...app, name: words }, state: 'active', endAt: later(60), justification: words };
}

describe('the announcement of an activation', () => {
  it('says who, which role, where, until when and why', () => {
    expect(announcement(readers.en, activation, now)).toMatch(/^Alex Wilber has activated Contributor on Resource group rg-app until today \d\d:\d\d \(.+\)\. Justification: The deployment hangs$/u);
    expect(announcement(readers.ja, activation, now)).toMatch(/^Alex Wilber が リソース グループ rg-app の Contributor をアクティブ化しました \(.+ まで\)。理由: The deployment hangs$/u);
  });

  it('says of what is told late that it is over, and how it ended', () => {
    for (const state of ['active', 'expired'] as const) {
      const over = announcement(readers.en, { ...activation, state, endAt: later(-5) }, now);
      expect(over).toMatch(/^Alex Wilber had activated Contributor on Resource group rg-app until today \d\d:\d\d \(.+\)\. That time is over\. Justification: The deployment hangs$/u);
    }
    expect(announcement(readers.ja, { ...activation, state: 'expired', endAt: later(-5) }, now)).toMatch(/\(.+ に終了済み\)。理由: The deployment hangs$/u);
    const early = { ...activation, state: 'deactivated' } as const;
    expect(announcement(readers.en, early, now)).toBe('Alex Wilber had activated Contributor on Resource group rg-app. It was ended early. Justification: The deployment hangs');
    expect(announcement(readers.ja, early, now)).toContain('アクティブ化していましたが、期限前に終了しました。');
  });

  it('names no end where there is none, and says that no reason was given', () => {
    expect(announcement(readers.en, { ...activation, endAt: null, justification: ' ' }, now)).toBe('Alex Wilber has activated Contributor on Resource group rg-app. Justification: None given');
  });

  // Guard: `oneLine` (src/cards/plain-text.ts) on each of the four.
  it.each(Object.entries(hostileTexts))('is one short line, whatever stands in it: %s', (_, words) => {
    const line = announcement(readers.en, saying(words), now);
    expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    expect(line).not.toMatch(/\{\{(?:DATE|TIME)\(/u);
    expect(line.length).toBeLessThan(100 + 3 * 100 + 300);
  });

  it.each(Object.entries(invisibleTexts))('shows all that it holds: %s', (_, { written, seen }) => {
    const line = announcement(readers.en, saying(written), now);
    expect(line.startsWith(`${seen.replaceAll('\n', ' ')} has activated`)).toBe(true);
    expect(line.endsWith(`Justification: ${seen.replaceAll('\n', ' ')}`)).toBe(true);
  });
});
