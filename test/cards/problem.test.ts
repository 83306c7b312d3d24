import { describe, expect, it } from 'vitest';
import { noticeCard } from '../../src/cards/notice.ts';
import { problemCard } from '../../src/cards/problem.ts';
import { withProblem } from '../../src/cards/refusal.ts';
import { opensOf, partsOf, partsOfType, verbsOf, wordsOf } from './card-parts.ts';
import { rules } from './every-problem-card.ts';
import { consentUrl, readers } from './samples.ts';

describe('the problem card', () => {
  it('tells every failed rule, why and what next', () => {
    const words = wordsOf(problemCard(readers.en, { problem: { code: 'policyRefused', rules: ['TicketingRule', 'JustificationRule'], azureRequestId: null } }));
    expect(words).toMatch(/Why\n[^]*asks for a ticket\.\n[^]*asks for a justification\.\nWhat to do\nEnter ticket number[^]*Say what you need/u);
  });

  it('rules are told apart; one that is not known is named', () => {
    const told = rules.map((rule) => wordsOf(problemCard(readers.en, { problem: { code: 'policyRefused', rules: [rule], azureRequestId: null } })));
    expect(new Set(told).size).toBe(rules.length);
    expect(told.at(-1)).toContain('MoonPhaseRule');
  });

  it('rule names are read in any case', () => {
    expect(wordsOf(problemCard(readers.en, { problem: { code: 'policyRefused', rules: ['mfarule'], azureRequestId: null } }))).toContain('multi-factor');
  });

  it('a refusal without a rule still says what to do', () => {
    expect(wordsOf(problemCard(readers.en, { problem: { code: 'policyRefused', rules: [], azureRequestId: null } }))).toContain('Begin again');
  });

  // Guard: `mayHaveHappened` in src/cards/problem.ts.
  it.each(['outcomeUnknown', 'badAnswer'] as const)('promise 15 (the card’s part): %s is not told as a failure', (code) => {
    const card = problemCard(readers.en, { problem: { code, rules: [], azureRequestId: null } });
    expect(partsOfType(card, 'Container')[0]).toMatchObject({ style: 'warning' });
    expect(wordsOf(card)).toMatch(/may or may not have been carried out/u);
  });

  it('gives Azure’s request id for Microsoft’s support', () => {
    expect(wordsOf(problemCard(readers.en, { problem: { code: 'unexpected', rules: [], azureRequestId: 'abc-1' } }))).toContain('Azure request ID abc-1');
    expect(wordsOf(problemCard(readers.en, { problem: { code: 'unexpected', rules: [], azureRequestId: null } }))).not.toContain('Azure request ID');
  });

  // Guard: `nextPause` in src/cards/problem-words.ts.
  it.each([
    [undefined, 'Try again in a minute.', '1 分ほど待ってから、やり直してください。'],
    [60_000, 'Try again in a minute.', '1 分ほど待ってから、やり直してください。'],
    [60_001, 'Try again in 2 minutes.', '2 分ほど待ってから、やり直してください。'],
    [300_000, 'Try again in 5 minutes.', '5 分ほど待ってから、やり直してください。'],
    [9_000_000, 'Try again in 2 h 30 min.', '2 時間 30 分ほど待ってから、やり直してください。'],
  ])('a pause of %s ms that PIM has named is told', (retryAfterMs, en, ja) => {
    const problem = { code: 'throttled', rules: [], azureRequestId: null, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } as const;
    expect(wordsOf(problemCard(readers.en, { problem }))).toContain(en);
    expect(wordsOf(problemCard(readers.ja, { problem }))).toContain(ja);
  });

  it.each([
    ['alreadyDecided', 'approvals.show'],
    ['alreadyActive', 'active.show'],
    ['throttled', 'roles.show'],
    ['signInRequired', 'roles.show'],
    ['otherAccount', 'roles.show'],
    ['consentRequired', 'roles.show'],
    ['stepUpRequired', 'roles.show'],
  ] as const)('%s leads on to %s', (code, verb) => {
    expect(verbsOf(problemCard(readers.en, { problem: { code, rules: [], azureRequestId: null } }))).toEqual([verb]);
  });

  it('what only an administrator can allow leads to the page where they do, and names it to be passed on', () => {
    const problem = { code: 'consentRequired', rules: [], azureRequestId: null } as const;
    const card = problemCard(readers.en, { problem, consentUrl });
    expect(opensOf(card)).toEqual([consentUrl]);
    expect(partsOf(card)).toContainEqual({ type: 'TextRun', text: `The administrators' page: ${consentUrl}` });
    expect(opensOf(problemCard(readers.en, { problem }))).toEqual([]);
  });

  it('the administrators’ page is offered for nothing else', () => {
    for (const code of ['signInRequired', 'notPermitted', 'policyRefused'] as const) {
      const card = problemCard(readers.en, { problem: { code, rules: [], azureRequestId: null }, consentUrl });
      expect(opensOf(card)).toEqual([]);
      expect(wordsOf(card)).not.toContain(consentUrl);
    }
  });

  it('a stronger sign-in that this bot cannot offer leads to the portal, on a card of its own and above a clicked one', () => {
    const problem = { code: 'stepUpRequired', rules: [], azureRequestId: null } as const;
    for (const card of [problemCard(readers.en, { problem }), withProblem(readers.en, noticeCard(readers.en, { key: 'signedIn' }), problem)]) {
      expect(opensOf(card)).toEqual(['https://portal.azure.com/#view/Microsoft_Azure_PIMCommon/CommonMenuBlade/~/quickStart']);
    }
  });

  it('a problem above a card leaves the card’s buttons alone and brings none that it does not need', () => {
    const card = noticeCard(readers.en, { key: 'signedIn' });
    const told = withProblem(readers.en, card, { code: 'notPermitted', rules: [], azureRequestId: null });
    expect(told.actions).toEqual(card.actions);
    expect(partsOfType(told, 'ActionSet')).toEqual([]);
  });
});

describe('notices', () => {
  it('name the nearest command where there is one', () => {
    expect(wordsOf(noticeCard(readers.en, { key: 'unknownCommand', params: { typed: 'actvate', nearest: 'activate' } }))).toMatch(/actvate\n[^]*Did you mean "\nactivate/u);
    expect(wordsOf(noticeCard(readers.en, { key: 'unknownCommand', params: { typed: 'sing', nearest: null } }))).not.toContain('Did you mean');
  });

  it.each([
    ['signedOut', 'Sign in'],
    ['signedIn', 'My roles'],
    ['signInFailed', 'Try again'],
  ] as const)('%s offers "%s"', (key, title) => {
    const card = noticeCard(readers.en, { key });
    expect(card.actions.map((action) => action['title'])).toEqual([title]);
    expect(verbsOf(card)).toEqual(['roles.show']);
  });

  it('guests and external people are told so, with nothing to click', () => {
    const card = noticeCard(readers.en, { key: 'membersOnly' });
    expect(wordsOf(card)).toContain('not guests or external people');
    expect(card.actions).toEqual([]);
  });

  it('in a group chat there is nothing to click', () => {
    expect(noticeCard(readers.en, { key: 'personalChatOnly' }).actions).toEqual([]);
  });

  it('an internal error gives a reference and no detail', () => {
    expect(wordsOf(noticeCard(readers.en, { key: 'internalError', params: { reference: '0f3c' } }))).toContain('Reference: \n0f3c');
  });
});
