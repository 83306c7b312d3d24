import { describe, expect, it } from 'vitest';
import { activationStatusCard } from '../../src/cards/activation-status.ts';
import type { AdaptiveCard } from '../../src/cards/adaptive-card.ts';
import { requesterNews } from '../../src/cards/news.ts';
import type { AskedApprover, ShownActivation } from '../../src/cards/shown.ts';
import type { ActivationState } from '../../src/pim/activation-status.ts';
import { opensOf, partsOfType, verbsOf, wordsOf } from './card-parts.ts';
import { consentUrl, guid, later, now, readers, shown, stepUpUrl } from './samples.ts';

function show(more: Partial<ShownActivation>, asked: readonly AskedApprover[] = []): AdaptiveCard {
  return activationStatusCard(readers.en, { now, activation: shown('en', more), asked });
}

const headlines: Readonly<Record<ActivationState, string>> = {
  draft: 'Not sent yet',
  held: 'Waiting for approval',
  approved: 'Approved: activate now',
  awaitingStepUp: 'Confirm that it is you',
  submitting: 'Checking with PIM',
  pending: 'Waiting for approval',
  scheduled: 'Planned: begins tomorrow 09:05 (GMT), ends tomorrow 11:05 (GMT)',
  active: 'Active until today 16:05 (GMT)',
  denied: 'Denied',
  timedOut: 'Not decided in time',
  withdrawn: 'Withdrawn',
  failed: 'Not activated',
  deactivated: 'Deactivated',
  expired: 'Ended',
};

const waysOn: Readonly<Record<ActivationState, string>> = {
  draft: 'activation.choose',
  held: 'activation.withdraw',
  approved: 'activation.begin',
  awaitingStepUp: 'activation.withdraw',
  submitting: 'activation.check',
  pending: 'activation.withdraw',
  scheduled: 'activation.withdraw',
  active: 'activation.deactivate',
  denied: 'activation.repeat',
  timedOut: 'activation.repeat',
  withdrawn: 'activation.choose',
  failed: 'activation.repeat',
  deactivated: 'activation.choose',
  expired: 'activation.choose',
};

const needsEligibility = new Set(['activation.choose', 'activation.repeat']);

const states = Object.keys(headlines).filter((name): name is ActivationState => name in headlines);

function at(state: ActivationState): Partial<ShownActivation> {
  return state === 'scheduled' ? { state, start: later(19 * 60), end: later(21 * 60) } : { state, start: now, end: later(120) };
}

describe('the status card', () => {
  it.each(states)('%s has a headline of its own and a way on', (state) => {
    const card = show(at(state));
    expect(partsOfType(card, 'TextBlock')[0]).toMatchObject({ text: headlines[state], style: 'heading' });
    expect(verbsOf(card)).toEqual([waysOn[state], ...(state === 'approved' ? ['activation.withdraw'] : [])]);
  });

  it.each(states)('%s, with an eligibility that is not known any more, offers no activation', (state) => {
    const [verb] = verbsOf(show({ ...at(state), eligibleId: null }));
    expect(verb).toBe(needsEligibility.has(waysOn[state]) ? 'roles.show' : waysOn[state]);
  });

  it.each([
    ['alreadyActive', ['active.show', 'activation.repeat']], ['alreadyRequested', ['roles.show', 'activation.repeat']], ['resourceLocked', ['activation.repeat']],
  ] as const)('what PIM has already is one click away: %s', (code, verbs) => {
    expect(verbsOf(show({ state: 'failed', problem: { code, rules: [], azureRequestId: null } }))).toEqual(verbs);
  });

  it('what only an administrator can allow leads to the page where they do', () => {
    const problem = { code: 'consentRequired', rules: [], azureRequestId: null } as const;
    const card = activationStatusCard(readers.en, { now, activation: shown('en', { state: 'failed', problem }), asked: [], consentUrl });
    expect(opensOf(card)).toEqual([consentUrl]);
    expect(wordsOf(card)).toContain(consentUrl);
    expect(opensOf(show({ state: 'failed', problem }))).toEqual([]);
  });

  it('a stronger sign-in that is wanted is one click away, and so is cancelling', () => {
    const card = activationStatusCard(readers.en, { now, activation: shown('en', { state: 'awaitingStepUp' }), asked: [], stepUpUrl });
    expect(card.actions.map(({ title }) => title)).toEqual(['Continue in the browser', 'Cancel']);
    expect(opensOf(card)).toEqual([stepUpUrl]);
    expect(wordsOf(card)).toMatch(/PIM has not taken the request yet[^]*good for one hour/u);
  });

  it('without a link that is still good the portal is one click away', () => {
    const card = show({ state: 'awaitingStepUp' });
    expect(card.actions.map(({ title }) => title)).toEqual(['Open the Azure portal', 'Cancel']);
    expect(opensOf(card)).toEqual(['https://portal.azure.com/#view/Microsoft_Azure_PIMCommon/ActivationMenuBlade/~/azurerbac']);
    expect(wordsOf(card)).not.toContain('one hour');
  });

  it.each(states.filter((state) => state !== 'awaitingStepUp'))('%s opens no page for a sign-in, even if there is one', (state) => {
    expect(opensOf(activationStatusCard(readers.en, { now, activation: shown('en', at(state)), asked: [], stepUpUrl }))).toEqual([]);
  });

  it('what is planned says from when to when, and can be cancelled', () => {
    const card = show({ state: 'scheduled', plannedStart: later(19 * 60), start: later(19 * 60), end: later(21 * 60) });
    expect(wordsOf(card)).toContain('Planned: begins tomorrow 09:05 (GMT), ends tomorrow 11:05 (GMT)');
    expect(card.actions.map(({ title }) => title)).toEqual(['Cancel']);
    expect(wordsOf(show({ state: 'scheduled', start: later(60), end: null }))).toContain('Planned: begins today 15:05 (GMT)');
  });

  it('the window that was asked for is told until it begins, and afterwards where it began later', () => {
    const plannedStart = later(60);
    for (const state of ['awaitingStepUp', 'submitting', 'pending', 'withdrawn'] as const) {
      expect(wordsOf(show({ state, plannedStart }))).toContain('Planned\ntoday 15:05 (GMT) to today 17:05 (GMT)');
    }
    expect(wordsOf(show({ state: 'pending', plannedStart: later(-60) }))).toContain('today 13:05 (GMT). That time has passed: it can only begin later.');
    const began = { state: 'active', end: later(120) } as const;
    expect(wordsOf(show({ ...began, plannedStart: later(-60), start: now }))).toMatch(/Planned start\ntoday 13:05 \(GMT\)[^]*Started\ntoday 14:05/u);
    expect(wordsOf(show({ ...began, plannedStart: now, start: later(0.5) }))).not.toContain('Planned start');
  });

  it('a failure that only the portal can mend leads there', () => {
    const card = show({ state: 'failed', problem: { code: 'stepUpRequired', rules: [], azureRequestId: null } });
    expect(card.actions.map(({ title }) => title)).toEqual(['Open the Azure portal', 'Try again']);
  });

  it('says who was asked and who could not be reached, while it is pending only', () => {
    const asked: readonly AskedApprover[] = [
      { name: 'Megan Bowen', outcome: 'sent' },
      { name: 'Lee Gu', outcome: 'blocked' },
    ];
    expect(wordsOf(show({ state: 'pending' }, asked))).toMatch(/Megan Bowen\n · \ntold\nLee Gu\n · \nnot reached: has blocked this bot/u);
    expect(wordsOf(show({ state: 'active' }, asked))).not.toContain('Lee Gu');
  });

  it('says what to do when nobody could be reached', () => {
    expect(wordsOf(show({ state: 'pending' }, [{ name: 'Lee Gu', outcome: 'failed' }]))).toContain('Nobody could be told');
    expect(wordsOf(show({ state: 'pending' }, []))).toContain('Nobody could be told');
    expect(wordsOf(show({ state: 'pending' }, [{ name: 'Lee Gu', outcome: 'queued' }]))).not.toContain('Nobody could be told');
  });

  it('a failure says what, why and what next, rule by rule', () => {
    const words = wordsOf(show({ state: 'failed', problem: { code: 'policyRefused', rules: ['ExpirationRule', 'MfaRule'], azureRequestId: 'abc' } }));
    for (const part of ['settings do not allow', 'longer than the role allows', 'multi-factor', 'shorter time', 'Azure request ID abc']) expect(words).toContain(part);
  });

  it('a denial says by whom and why', () => {
    const words = wordsOf(show({ state: 'denied', decidedByName: 'Megan Bowen', decisionReason: 'Freeze' }));
    expect(words).toContain('Megan Bowen\n denied the request');
    expect(words).toContain('Reason\nFreeze');
  });

  it('a start or an end that PIM did not name is not made up', () => {
    expect(partsOfType(show({ state: 'scheduled' }), 'TextBlock')[0]).toMatchObject({ text: 'Planned: begins later' });
    expect(wordsOf(show({ state: 'active', end: null }))).toContain('no end');
  });
});

// Guards: `toneOfState` and `statusHeadline` in src/cards/status-words.ts; the state itself is `activationState` in src/pim.
describe('promise 15 (the card’s part): a card never claims what PIM has not confirmed', () => {
  it.each(states.filter((state) => state !== 'active' && state !== 'scheduled'))('%s is neither green nor called active or granted', (state) => {
    const card = show(at(state));
    expect(partsOfType(card, 'Container').map(({ style }) => style)).not.toContain('good');
    expect(String(partsOfType(card, 'TextBlock')[0]?.['text'])).not.toMatch(/^(?:Active|Granted)/u);
  });

  it('an unanswered request says that it is not confirmed', () => {
    expect(wordsOf(show({ state: 'submitting' }))).toContain('PIM has not confirmed the request yet');
  });
});

describe('requesterNews', () => {
  it('is one line that names role, scope and what became of the request', () => {
    expect(requesterNews(readers.en, { now, activation: shown('en', { state: 'active', end: later(60) }) })).toBe(
      'Contributor · Resource group rg-app: Active until today 15:05 (GMT)',
    );
    expect(requesterNews(readers.ja, { now, activation: shown('ja', { state: 'denied', requestId: guid(5) }) })).toBe(
      'Contributor · リソース グループ rg-app: 拒否されました',
    );
  });
});
