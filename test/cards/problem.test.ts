import { describe, expect, it } from 'vitest';
import { noticeCard } from '../../src/cards/notice.ts';
import { problemCard } from '../../src/cards/problem.ts';
import { partsOfType, verbsOf, wordsOf } from './card-parts.ts';
import { rules } from './every-problem-card.ts';
import { readers } from './samples.ts';

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

  it.each([
    ['alreadyDecided', 'approvals.show'],
    ['alreadyActive', 'active.show'],
    ['throttled', 'roles.show'],
  ] as const)('%s leads on to %s', (code, verb) => {
    expect(verbsOf(problemCard(readers.en, { problem: { code, rules: [], azureRequestId: null } }))).toEqual([verb]);
  });
});

describe('notices', () => {
  it('name the nearest command where there is one', () => {
    expect(wordsOf(noticeCard(readers.en, { key: 'unknownCommand', params: { typed: 'actvate', nearest: 'activate' } }))).toMatch(/actvate\n[^]*Did you mean "\nactivate/u);
    expect(wordsOf(noticeCard(readers.en, { key: 'unknownCommand', params: { typed: 'sing', nearest: null } }))).not.toContain('Did you mean');
  });

  it('in a group chat there is nothing to click', () => {
    expect(noticeCard(readers.en, { key: 'personalChatOnly' }).actions).toEqual([]);
  });

  it('an internal error gives a reference and no detail', () => {
    expect(wordsOf(noticeCard(readers.en, { key: 'internalError', params: { reference: '0f3c' } }))).toContain('Reference: \n0f3c');
  });
});
