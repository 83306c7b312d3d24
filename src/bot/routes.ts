import type { Verb } from '../cards/verbs.ts';
import { answerInquiry } from './assignments/answer-inquiry.ts';
import { isAssignmentCommand, isAssignmentVerb, runAssignmentVerb } from './assignments/assignment-routes.ts';
import { chooseRole, startActivation } from './activations/activate.ts';
import type { Command } from './commands/command.ts';
import { deactivateByWords, deactivateChosen, deactivateShown, listActive } from './activations/deactivate.ts';
import { beginApproved } from './approvals/begin-approved.ts';
import { nudgeApprovers } from './approvals/nudge-approvers.ts';
import { openOffer, sendOffer } from './approvals/counter-offer.ts';
import { refreshApproval, refreshStatus } from './approvals/refresh-card.ts';
import { decideApproval } from './approvals/decide-approval.ts';
import { listApprovals, openApproval } from './approvals/open-approval.ts';
import { showDigest, startDigest, stopDigest } from './digest.ts';
import { checkActivationAgain, withdrawActivation } from './activations/follow-activation.ts';
import { listRoles } from './activations/list-roles.ts';
import { repeatActivation } from './activations/repeat-activation.ts';
import type { BotParts } from './parts.ts';
import type { Reply } from './reply.ts';
import { isSettingsCommand, isSettingsVerb, runSettingsCommand, runSettingsVerb } from './settings/settings-routes.ts';
import { signOut } from './sign-in/sign-out.ts';
import { submitActivation } from './activations/submit-activation.ts';
import type { Turn } from './turn.ts';
import { validateActivation } from './activations/validate-activation.ts';
import { showHelp, showUnknown } from './welcome.ts';

/** The whole bot on one screen: what a person types, and what a card sends. */
export function runCommand(parts: BotParts, turn: Turn, command: Command): Promise<Reply> {
  if (isAssignmentCommand(command)) return answerInquiry(parts, turn, command);
  if (isSettingsCommand(command)) return runSettingsCommand(parts, turn, command);
  switch (command.name) {
    case 'help': return showHelp(turn);
    case 'roles': return listRoles(parts, turn);
    case 'active': return listActive(parts, turn);
    case 'approvals': return listApprovals(parts, turn);
    case 'activate': return startActivation(parts, turn, command);
    case 'deactivate': return deactivateByWords(parts, turn, command);
    case 'digestNow': return showDigest(parts, turn);
    case 'digestOn': return startDigest(parts, turn, command.time);
    case 'digestOff': return stopDigest(parts, turn);
    case 'signOut': return signOut(parts, turn);
    case 'unknown': return showUnknown(turn, command);
  }
}

export function runVerb(parts: BotParts, turn: Turn, action: Verb): Promise<Reply> {
  if (isActivationVerb(action)) return runActivationVerb(parts, turn, action);
  if (isApprovalVerb(action)) return runApprovalVerb(parts, turn, action);
  if (isAssignmentVerb(action)) return runAssignmentVerb(parts, turn, action);
  if (isSettingsVerb(action)) return runSettingsVerb(parts, turn, action);
  switch (action.verb) {
    case 'roles.show': return listRoles(parts, turn);
    case 'active.show': return listActive(parts, turn);
    case 'active.deactivate': return deactivateChosen(parts, turn, action.activeId);
    case 'approvals.show': return listApprovals(parts, turn);
    case 'digest.off': return stopDigest(parts, turn);
  }
}

type ApprovalVerb = Extract<Verb, { verb: `approval.${string}` }>;

function isApprovalVerb(action: Verb): action is ApprovalVerb {
  return action.verb.startsWith('approval.');
}

function runApprovalVerb(parts: BotParts, turn: Turn, action: ApprovalVerb): Promise<Reply> {
  switch (action.verb) {
    case 'approval.open': return openApproval(parts, turn, action.requestId);
    case 'approval.approve': return decideApproval(parts, turn, 'approve', action);
    case 'approval.deny': return decideApproval(parts, turn, 'deny', action);
    case 'approval.offer': return openOffer(parts, turn, action);
    case 'approval.sendOffer': return sendOffer(parts, turn, action);
    case 'approval.refresh': return refreshApproval(parts, turn, action.requestId);
  }
}

type ActivationVerb = Extract<Verb, { verb: `activation.${string}` }>;

function isActivationVerb(action: Verb): action is ActivationVerb {
  return action.verb.startsWith('activation.');
}

function runActivationVerb(parts: BotParts, turn: Turn, action: ActivationVerb): Promise<Reply> {
  switch (action.verb) {
    case 'activation.choose': return chooseRole(parts, turn, action.eligibleId, action);
    case 'activation.submit': return submitActivation(parts, turn, action);
    case 'activation.validate': return validateActivation(parts, turn, action);
    case 'activation.repeat': return repeatActivation(parts, turn, action.requestId);
    case 'activation.begin': return beginApproved(parts, turn, action);
    case 'activation.refresh': return refreshStatus(parts, turn, action.requestId);
    case 'activation.nudge': return nudgeApprovers(parts, turn, action.requestId);
    case 'activation.check': return checkActivationAgain(parts, turn, action.requestId);
    case 'activation.withdraw': return withdrawActivation(parts, turn, action.requestId);
    case 'activation.deactivate': return deactivateShown(parts, turn, action.requestId);
  }
}
