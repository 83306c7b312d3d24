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
import { tellRequester } from './tell-requester.ts';
import { watchActivation } from './watch-activation.ts';
import { watchAssignment } from './watch-assignment.ts';

/** Work nobody is waiting for: each queue with the one function that serves it. */
export async function startWorkers(parts: BotParts): Promise<void> {
  const { jobs } = parts;
  await jobs.work('find-approvers', ({ requestId }) => findApprovers(parts, requestId));
  await jobs.work('notify-approver', ({ requestId, approverId }, run) => notifyApprover(parts, requestId, approverId, run));
  await jobs.work('notify-requester', ({ requestId }, run) => notifyRequester(parts, requestId, run));
  await jobs.work('find-elsewhere', parts.looksElsewhere ? createFindElsewhere(parts) : () => Promise.resolve());
  await jobs.work('remind-approver', (data, run) => remindApprover(parts, data, run));
  await jobs.work('escalate-approvers', ({ requestId }) => escalateApprovers(parts, requestId));
  await jobs.work('expire-request', ({ requestId }) => expireRequest(parts, requestId));
  await jobs.work('watch-activation', ({ requestId, round }) => watchActivation(parts, requestId, round));
  await jobs.work('watch-assignment', ({ requestId, round }) => watchAssignment(parts, requestId, round));
  await jobs.work('announce-activation', (data, run) => announceActivation(parts, data, run));
  await jobs.work('refresh-cards', ({ requestId }) => refreshCards(parts, requestId));
  await jobs.work('tell-requester', ({ requestId, version }, run) => tellRequester(parts, requestId, version, run));
  await jobs.work('daily-digest', ({ personId }, run) => dailyDigest(parts, personId, run));
  await jobs.work('sign-out', ({ personId }) => endSignIn(parts, personId));
}
