import { z } from 'zod';
import type { Question } from '../../cards/choose-one.ts';
import type { AssignmentTarget, Principal, Role, Scope } from '../../pim/model.ts';
import { findInquiry, saveInquiry } from '../../store/assignment-inquiries.ts';
import type { AssignmentCommand, SettingsCommand } from '../commands/command.ts';
import type { BotParts } from '../parts.ts';
import type { Turn } from '../turn.ts';

/**
 * A command about assignments or settings, with what its words have turned out to mean so far. It is kept by us: cards carry its id and
 * the number of a candidate, and whatever PIM is told comes from what PIM itself has said (promise 13).
 */
export interface Inquiry {
  readonly command: AssignmentCommand | SettingsCommand;
  readonly chosen: Chosen;
  /** What a card has asked; `null` when nothing is open. */
  readonly question: Question | null;
}

export interface Chosen {
  readonly principal?: Principal;
  /** `everywhere`: no scope was named. */
  readonly scope?: Scope | 'everywhere';
  readonly role?: Role;
  /** What to take away. */
  readonly target?: AssignmentTarget;
}

// It was ours when it was stored; the types above say the rest.
const inquirySchema = z.custom<Inquiry>((value) => typeof value === 'object' && value !== null && 'command' in value && 'chosen' in value && 'question' in value);

/** Keeps it for the person's next click. */
export async function keepInquiry(parts: BotParts, turn: Turn, inquiry: Inquiry): Promise<string> {
  const inquiryId = crypto.randomUUID();
  await saveInquiry(parts.store.db, { inquiryId, personId: turn.actor.id, inquiry }, parts.clock.now());
  return inquiryId;
}

/** `gone`: nobody has gone on with it for days; `notYours`: somebody else's. */
export async function ownInquiry(parts: BotParts, turn: Turn, inquiryId: string): Promise<Inquiry | 'gone' | 'notYours'> {
  const stored = await findInquiry(parts.store.db, inquiryId);
  const inquiry = inquirySchema.safeParse(stored?.inquiry).data;
  if (stored === null || inquiry === undefined) return 'gone';
  return stored.personId === turn.actor.id ? inquiry : 'notYours';
}

/** What is known once the person has answered; `null` when there is no such candidate. */
export function answered({ chosen, question }: Inquiry, choice: number): Chosen | null {
  const answer = question === null ? null : answerTo(question, choice);
  return answer === null ? null : { ...chosen, ...answer };
}

function answerTo(question: Question, choice: number): Chosen | null {
  switch (question.about) {
    case 'principal': return picked(question.candidates[choice], (principal) => ({ principal }));
    case 'scope': return picked(question.candidates[choice], (scope) => ({ scope }));
    case 'role': return picked(question.candidates[choice], (role) => ({ role }));
    case 'target': return picked(question.candidates[choice], (target) => ({ target }));
  }
}

function picked<T>(candidate: T | undefined, answer: (candidate: T) => Chosen): Chosen | null {
  return candidate === undefined ? null : answer(candidate);
}
