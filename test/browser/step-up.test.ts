import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tellPim, typesAndSees } from '../flows/production-story.ts';
import {
  activationCall, asksFor, becomes, browserArgs, challenges, decidesInPortal, decisionCall, linkIn, linkOf, requestIdOf, sentToPim, strengthsGiven, submits, whyAsked, withRoles,
} from '../flows/step-up-story.ts';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import { startProduction } from '../helpers/stand-ins/production.ts';
import { chromiumFor } from './chromium.ts';
import { takePagePicture } from './pictures.ts';
import { StepUpWindow } from './step-up-window.ts';

// A stronger sign-in from the card in the chat to the card in the chat: `npm start`'s process, and a real browser between
// its page and Entra's.

const production = await startProduction({
  limits: false,
  changeSeed: withRoles([
    { group: 'rg-context', authenticationContext: 'c1' },
    { group: 'rg-both', authenticationContext: 'c1', approval: true },
    { group: 'rg-mfa', mfa: true },
    { group: 'rg-mfa-teams', mfa: true },
    { group: 'rg-unread', authenticationContext: 'c1' },
    { group: 'rg-azure' },
    { group: 'rg-demand' },
    { group: 'rg-restart', authenticationContext: 'c1' },
    { group: 'rg-approve', approval: true },
    { group: 'rg-change', approval: true },
    { group: 'rg-refused', approval: true },
    { group: 'rg-unsure', approval: true },
    { group: 'rg-second', approval: true },
  ]),
});
const browser = await chromiumFor('a stronger sign-in in the browser (test/browser/step-up.test.ts)', browserArgs(production));
const { entra, tokenService } = production;

let alex: FakePerson;
let window: StepUpWindow;

beforeAll(async () => {
  if (browser === null) return;
  alex = await production.person('Alex');
  window = await StepUpWindow.open(browser);
});
afterAll(async () => {
  await browser?.close();
  await production[Symbol.asyncDispose]();
});

describe.skipIf(browser === null)('a stronger sign-in', () => {
  test('that a role asks for by its settings: nothing is sent before it, and the same request after it', async () => {
    const { card, requestId } = await asksFor(alex, 'rg-context');
    expect(card.has('Confirm that it is you')).toBe(true);

    expect(await window.opens(linkOf(card))).toBe('Confirm that it is you');
    await takePagePicture(window.page, 'step-up-page');
    for (const part of ['Contributor', 'rg-context', whyAsked, '30 min']) expect(await window.text()).toContain(part);
    await window.begins();
    expect(await sentToPim(production, requestId)).toEqual([]);
    await window.picks();
    expect(await window.answersOnPhone('Approve')).toBe('Done');
    await takePagePicture(window.page, 'step-up-done');

    expect((await becomes(alex, card, 'Active until')).verbs).toContain('activation.deactivate');
    expect(await sentToPim(production, requestId)).toEqual([201]);
    expect((await production.pim.request(requestId))?.properties).toMatchObject({ principalId: alex.account.aadObjectId, justification: whyAsked });
    expect(strengthsGiven(production)).toContainEqual({ acrs: ['c1'], amr: ['pwd', 'mfa'] });
  });

  test('for a role that takes an approval, too, ends with an approver being asked', async () => {
    const megan = await production.person('Megan');
    const { card, requestId } = await asksFor(alex, 'rg-both');
    expect(await window.confirms(linkOf(card))).toBe('Waiting for approval');
    await becomes(alex, card, 'Waiting for approval');
    expect((await production.pim.request(requestId))?.properties.status).toBe('PendingApproval');
    const request = await megan.waitForCard((shown) => shown.has('rg-both') && shown.verbs.includes('approval.approve'));
    await megan.clicks(request, 'approval.approve', { reason: 'go ahead' });
    await becomes(alex, card, 'Active until');
  });

  test('that PIM asks for by its MFA rule', async () => {
    const { card, requestId } = await asksFor(alex, 'rg-mfa');
    expect(await sentToPim(production, requestId)).toEqual([400]);
    expect(await window.confirms(linkOf(card))).toBe('Done');
    await becomes(alex, card, 'Active until');
    expect(await sentToPim(production, requestId)).toEqual([400, 201]);
  });

  test('that PIM asks for by its MFA rule is not needed by somebody who has signed in to Teams with a second factor', async () => {
    entra.signedInWith.set(alex.account.aadObjectId, ['pwd', 'mfa']);
    tokenService.forget(alex.account.mri);
    const { card, requestId } = await asksFor(alex, 'rg-mfa-teams');
    expect([card.has('Active until'), linkIn(card)]).toEqual([true, null]);
    expect(await sentToPim(production, requestId)).toEqual([201]);
    entra.signedInWith.clear();
    tokenService.forget(alex.account.mri);
  });

  test('that PIM asks for with a code of its own, where the settings could not be read beforehand', async () => {
    await tellPim(production, '/emulator/faults', {
      match: { path: 'rg-unread/.*roleManagementPolicyAssignments' }, times: 2, fault: { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'No.' } } },
    });
    const { card, requestId } = await asksFor(alex, 'rg-unread');
    expect(await sentToPim(production, requestId)).toEqual([400]);
    expect(await window.confirms(linkOf(card))).toBe('Done');
    await becomes(alex, card, 'Active until');
    expect(await sentToPim(production, requestId)).toEqual([400, 201]);
  });

  test('that Azure asks for whoever changes anything, and that cannot be had on behalf of a person', async () => {
    await challenges(production, activationCall, { access_token: { acrs: { essential: true, values: ['p1'] } } });
    const { card, requestId } = await asksFor(alex, 'rg-azure');
    expect(entra.requests.filter(({ grant, status }) => grant === 'on_behalf_of' && status === 400)).toMatchObject([{ claims: expect.stringContaining('"p1"') }]);
    expect(await window.confirms(linkOf(card))).toBe('Done');
    await becomes(alex, card, 'Active until');
    expect(await sentToPim(production, requestId)).toEqual([401, 201]);
    expect(strengthsGiven(production)).toContainEqual(expect.objectContaining({ acrs: ['p1'] }));
  });

  test('that Conditional Access asks for as soon as a token is wanted', async () => {
    const form = await typesAndSees(alex, 'activate Contributor on rg-demand', (card) => card.verbs.includes('activation.submit'));
    entra.demand(alex.account.aadObjectId, JSON.stringify({ access_token: { acrs: { essential: true, value: 'c3' } } }));
    tokenService.forget(alex.account.mri);
    const { card, requestId } = await submits(alex, form);
    expect(await sentToPim(production, requestId)).toEqual([]);
    expect(await window.confirms(linkOf(card))).toBe('Done');
    entra.demand(alex.account.aadObjectId, null);
    await becomes(alex, card, 'Active until');
    expect(strengthsGiven(production).map(({ acrs }) => acrs)).toContainEqual(['c3']);
  });

  test('goes on when the bot is stopped and started in its middle', async () => {
    const { card, requestId } = await asksFor(alex, 'rg-restart');
    await window.opens(linkOf(card));
    await window.begins();
    await production.bot.kill();
    await production.restart();
    await window.picks();
    expect(await window.answersOnPhone('Approve')).toBe('Done');
    await becomes(alex, card, 'Active until');
    expect(await sentToPim(production, requestId)).toEqual([201]);
  });
});

describe.skipIf(browser === null)('a stronger sign-in of an approver', () => {
  let megan: FakePerson;
  let requests: readonly ShownCard[];
  let asked: ShownCard;

  /** Alex asks, Megan and Diego are asked, and Megan's decision is challenged. */
  async function challenged(group: string, verb: 'approval.approve' | 'approval.deny', reason: string): Promise<ShownCard> {
    megan = await production.person('Megan');
    const diego = await production.person('Diego');
    ({ card: asked } = await asksFor(alex, group));
    requests = await Promise.all([megan, diego].map((person) => person.waitForCard((card) => card.has(group) && card.verbs.includes('approval.approve'))));
    return decides(requests[0] ?? asked, verb, reason);
  }

  async function decides(request: ShownCard, verb: 'approval.approve' | 'approval.deny', reason: string): Promise<ShownCard> {
    await challenges(production, decisionCall, { access_token: { acrs: { essential: true, value: 'c2' } } });
    await megan.clicks(request, verb, { reason });
    return becomes(megan, request, 'Confirm that it is you');
  }

  test('keeps their decision and their reason, and all cards say what came of it', async () => {
    const request = await challenged('rg-approve', 'approval.approve', 'seen in the incident channel');
    const requestId = requestIdOf(request);
    expect((await production.pim.request(requestId))?.properties.status).toBe('PendingApproval');
    // The link in somebody else's hands: the requester's own.
    await window.opens(linkOf(request));
    await takePagePicture(window.page, 'step-up-decision-page');
    expect(await window.text()).toContain('seen in the incident channel');
    await window.begins();
    await window.picks('Alex Wilber');
    expect(await window.answersOnPhone('Approve')).toBe('You signed in with another account');
    await takePagePicture(window.page, 'step-up-other-account');
    expect(JSON.stringify((await alex.clicks(request, 'approval.approve', { reason: 'mine' })).value)).toMatch(/own request/iu);
    expect((await production.pim.request(requestId))?.properties.status).toBe('PendingApproval');

    expect(await window.confirms(linkOf(request))).toBe('Done');
    await becomes(alex, asked, 'seen in the incident channel');
    for (const [at, person] of [megan, await production.person('Diego')].entries()) {
      const decided = await person.waitForCard((card) => card.activityId === requests[at]?.activityId && card.has('Megan Bowen approved the request'));
      expect([decided.verbs, linkIn(decided)]).toEqual([[], null]);
    }
    expect(await sentToPim(production, requestId)).toEqual([201, 401, 200]);
  });

  test('is for their last decision: one that they have taken back is not carried out', async () => {
    const first = await challenged('rg-change', 'approval.approve', 'go ahead');
    await window.opens(linkOf(first));
    await window.begins();
    const second = await decides(first, 'approval.deny', 'on second thoughts: no');
    expect(linkOf(second)).not.toBe(linkOf(first));
    await window.picks();
    expect(await window.answersOnPhone('Approve')).toBe('This sign-in is over');
    expect((await production.pim.request(requestIdOf(first)))?.properties.status).toBe('PendingApproval');
    expect(await window.confirms(linkOf(second))).toBe('Done');
    await becomes(alex, asked, 'on second thoughts: no');
    expect((await production.pim.request(requestIdOf(first)))?.properties.status).toBe('Denied');
  });

  test.each([
    { what: 'that PIM refuses all the same', group: 'rg-refused', status: 403, headline: 'PIM refused it', words: 'You are not allowed to do this' },
    { what: 'whose effect PIM does not confirm', group: 'rg-unsure', status: 500, headline: 'Not confirmed yet', words: 'It may or may not have been carried out' },
  ])('$what is told on their card, on which they can decide again', async ({ group, status, headline, words }) => {
    const request = await challenged(group, 'approval.approve', 'go ahead');
    await tellPim(production, '/emulator/faults', { match: decisionCall, times: 1, fault: { status } });
    expect(await window.confirms(linkOf(request))).toBe(headline);
    const told = await becomes(megan, request, words);
    expect([linkIn(told), told.verbs]).toEqual([null, ['approval.approve', 'approval.deny', 'approval.offer']]);
    await megan.clicks(told, 'approval.approve', { reason: 'once more' });
    await becomes(alex, asked, 'once more');
  });

  test('that comes after another approver\'s decision is not said to be done', async () => {
    const request = await challenged('rg-second', 'approval.approve', 'go ahead');
    await window.opens(linkOf(request));
    await window.begins();
    await window.picks();
    await decidesInPortal(production, await production.person('Diego'), requestIdOf(request), 'Deny');
    expect(await window.answersOnPhone('Approve')).toBe('Nothing to do here');
    await becomes(megan, request, 'Denied');
    await becomes(alex, asked, 'Denied');
  });
});
