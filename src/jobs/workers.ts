import type { BotParts } from '../bot/parts.ts';
import { endSignIn } from '../bot/sign-in/sign-out.ts';
import { announceActivation } from './announce-activation.ts';
import { dailyDigest } from './daily-digest.ts';
import { escalateApprovers } from './escalate-approvers.ts';
import { expireRequest } from './expire-request.ts';
import { findApprovers } from './find-approvers.ts';
import { createFindElsewhere } from './find-elsewhere.ts';
import { notifyApprover } from './notify-approver.ts';
import { notifyRequester } from './notify-requester.ts';
import { refreshCards } from './refresh-cards.ts';
import { remindApprover } from './remind-approver.ts';
import { tellEscalated } from './tell-escalated.ts';
import { tellRequester } from './tell-requester.ts';
import { againAfterPause } from './try-again.ts';
import { watchActivation } from './watch-activation.ts';
import { watchAssignment } from './watch-assignment.ts';
import { watchSettings } from './watch-settings.ts';

/** Work nobody is waiting for: each queue with the one function that serves it. */
export async function startWorkers(parts: BotParts): Promise<void> {
  const work: BotParts['jobs']['work'] = (name, serve) => parts.jobs.work(name, (data, run) => againAfterPause(parts, serve(data, run)));
  await work('find-approvers', ({ requestId }) => findApprovers(parts, requestId));
  await work('notify-approver', ({ requestId, approverId }, run) => notifyApprover(parts, requestId, approverId, run));
  await work('notify-requester', ({ requestId }, run) => notifyRequester(parts, requestId, run));
  await work('find-elsewhere', parts.looksElsewhere ? createFindElsewhere(parts) : () => Promise.resolve());
  await work('remind-approver', (data, run) => remindApprover(parts, data, run));
  await work('escalate-approvers', ({ requestId }) => escalateApprovers(parts, requestId));
  await work('tell-escalated', (data, run) => tellEscalated(parts, data, run));
  await work('expire-request', ({ requestId }) => expireRequest(parts, requestId));
  await work('watch-activation', ({ requestId, round }) => watchActivation(parts, requestId, round));
  await work('watch-assignment', ({ requestId, round }) => watchAssignment(parts, requestId, round));
  await work('watch-settings', ({ requestId, round }) => watchSettings(parts, requestId, round));
  await work('announce-activation', (data, run) => announceActivation(parts, data, run));
  await work('refresh-cards', ({ requestId }) => refreshCards(parts, requestId));
  await work('tell-requester', ({ requestId, version }, run) => tellRequester(parts, requestId, version, run));
  await work('daily-digest', ({ personId }, run) => dailyDigest(parts, personId, run));
  await work('sign-out', ({ personId }) => endSignIn(parts, personId));
}
