import { beforeAll, describe, expect, it } from 'vitest';
import { chromiumFor } from './chromium.ts';
import { takePicture } from './pictures.ts';
import { openTwoWindows, type TwoWindows } from './two-windows.ts';

const alexId = 'a1e00000-0000-4000-8000-000000000001';
const rgApp = '/subscriptions/c3e00000-0000-4000-8000-000000000001/resourceGroups/rg-app';
const typed = 'the deployment hangs';
const why = 'The deployment hangs: its slot has to be swapped back by hand';
const reason = 'Seen in the incident channel, go ahead';

const browser = await chromiumFor('the story of Alex and Megan in two Agents Playground windows (test/browser/story.test.ts)');

describe.skipIf(browser === null)('two people in two Agents Playground windows', () => {
  let windows: TwoWindows;

  beforeAll(async () => {
    if (browser === null) return undefined;
    windows = await openTwoWindows(browser);
    return () => windows.close();
  });

  it('a role asked for in one window and approved in the other is active at PIM, and both cards say so', async () => {
    const { alex, megan, witness } = windows;
    for (const window of [alex, megan]) await window.waitForCardText('Here you use Privileged Identity Management');

    await alex.type(`activate Contributor on rg-app for 1h because ${typed}`);
    const form = await alex.waitForCardText('Activate a role');
    expect(await form.getByLabel('Justification').inputValue()).toBe(typed);
    await alex.choose('Duration', '1 h 30 min', form);
    await alex.fill('Justification', why, form);
    await takePicture(alex, 'form');
    await alex.click('Activate', form);
    await alex.waitForCardText('Waiting for approval');
    expect(await witness.activated()).toEqual([]);

    const request = await megan.waitForCardText('Approval wanted');
    expect(await request.innerText()).toContain(why);
    await megan.fill('Reason for your decision', reason, request);
    await takePicture(megan, 'approval-request');
    await megan.click('Approve', request);

    const decided = await megan.waitForCardText('Megan Bowen approved the request.');
    await expect.poll(() => decided.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    const active = await alex.waitForCardText('Active until');
    expect(await active.innerText()).toMatch(/Active until (?:today|tomorrow) \d\d:\d\d/u);
    expect(await active.innerText()).toContain(reason);
    await takePicture(alex, 'active');
    await takePicture(megan, 'approved');

    const [activation, ...others] = await witness.activated();
    expect(others).toEqual([]);
    expect(activation?.properties).toMatchObject({ principalId: alexId, scope: rgApp });
  });

  it('the active role stands in the requester’s list and in the approver’s digest', async () => {
    const { alex, megan } = windows;
    await alex.type('roles');
    const roles = await alex.waitForCardText('Your roles');
    expect(await roles.innerText()).toMatch(/Active now \(1\)\s+Contributor/u);

    await megan.type('digest now');
    const digest = await megan.waitForCardText('Who holds what');
    for (const words of ['1 active', 'Alex Wilber', 'Contributor', why]) expect(await digest.innerText()).toContain(words);
  });
});
