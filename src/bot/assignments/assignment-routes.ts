import type { Verb } from '../../cards/verbs.ts';
import { chooseCandidate } from './answer-inquiry.ts';
import type { AssignmentCommand, Command } from '../commands/command.ts';
import { cancelAssignment, checkAssignmentAgain, confirmAssignment, repeatAssignment, undoAssignment } from './confirm-assignment.ts';
import { showAssignments, takeFromList } from './list-assignments.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';

const commandNames: ReadonlySet<string> = new Set<AssignmentCommand['name']>(['assign', 'unassign', 'whoHas', 'whoIs', 'assignmentsOn']);

/** Whether it is about others' assignments: what administrators type. */
export function isAssignmentCommand(command: Command): command is AssignmentCommand {
  return commandNames.has(command.name);
}

type AssignmentVerb = Extract<Verb, { verb: `assignment${string}` | `inquiry.${string}` }>;

export function isAssignmentVerb(action: Verb): action is AssignmentVerb {
  return /^(?:assignments?|inquiry)\./u.test(action.verb);
}

/** What the cards of administrators send. */
export function runAssignmentVerb(parts: BotParts, turn: Turn, action: AssignmentVerb): Promise<Reply> {
  switch (action.verb) {
    case 'inquiry.choose': return chooseCandidate(parts, turn, action);
    case 'assignments.show': return showAssignments(parts, turn, action);
    case 'assignments.take': return takeFromList(parts, turn, action);
    case 'assignment.confirm': return confirmAssignment(parts, turn, action);
    case 'assignment.cancel': return cancelAssignment(parts, turn, action.requestId);
    case 'assignment.check': return checkAssignmentAgain(parts, turn, action.requestId);
    case 'assignment.undo': return undoAssignment(parts, turn, action.requestId);
    case 'assignment.repeat': return repeatAssignment(parts, turn, action.requestId);
  }
}
