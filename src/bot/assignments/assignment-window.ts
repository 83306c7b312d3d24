import type { AssignmentSide, Expiration } from '../../pim/model.ts';
import type { Command, PeriodWords } from '../commands/command.ts';
import { readDate, type DateReading } from '../commands/read-date.ts';

/** From when to when something is to be assigned. */
export interface AssignmentWindow {
  /** `null`: at once. */
  readonly start: Date | null;
  readonly expiration: Expiration;
  /** Nothing was said about how long. */
  readonly assumed: boolean;
}

/** Words that make no sense as a time, or name one that is over. */
export interface WindowFault {
  readonly fault: 'unreadable' | 'past' | 'endsBeforeStart' | 'tooLong';
  readonly words: string;
}

const day = 24 * 60;

/** PIM's own usual lengths: an eligibility lasts a year, what is active a working day. */
const usualMinutes: Readonly<Record<AssignmentSide, number>> = { eligible: 365 * day, active: 8 * 60 };
/** Beyond this it is not a period any more: whoever means that says "permanently". */
const longestMinutes = 10 * 365 * day;

type Words = Pick<Extract<Command, { name: 'assign' }>, 'period' | 'starts'>;

/** Reads the times of a command, in the person's own time zone. */
export function readWindow({ period, starts }: Words, side: AssignmentSide, reading: Omit<DateReading, 'edge'>): AssignmentWindow | WindowFault {
  const start = starts === '' ? null : readDate(starts, { ...reading, edge: 'start' });
  if (start === null && starts !== '') return { fault: 'unreadable', words: starts };
  if (start !== null && start.getTime() + day * 60_000 <= reading.now.getTime()) return { fault: 'past', words: starts };
  // Today has begun already.
  const begins = start === null || start <= reading.now ? null : start;
  const expiration = expirationOf(period, side, reading);
  if ('fault' in expiration) return expiration;
  if (expiration.type === 'afterDateTime' && begins !== null && expiration.end <= begins) return { fault: 'endsBeforeStart', words: wordsOf(period) };
  return { start: begins, expiration, assumed: period.kind === 'none' };
}

function expirationOf(period: PeriodWords, side: AssignmentSide, reading: Omit<DateReading, 'edge'>): Expiration | WindowFault {
  switch (period.kind) {
    case 'none': return { type: 'afterDuration', minutes: usualMinutes[side] };
    case 'permanent': return { type: 'noExpiration' };
    case 'minutes': return lasting(period.minutes);
    case 'until': return ending(period.words, reading);
  }
}

function lasting(minutes: number): Expiration | WindowFault {
  const words = `${Math.round(minutes / day)} d`;
  if (!(minutes >= 1)) return { fault: 'unreadable', words };
  return minutes > longestMinutes ? { fault: 'tooLong', words } : { type: 'afterDuration', minutes };
}

function ending(words: string, reading: Omit<DateReading, 'edge'>): Expiration | WindowFault {
  const end = readDate(words, { ...reading, edge: 'end' });
  if (end === null) return { fault: 'unreadable', words };
  if (end <= reading.now) return { fault: 'past', words };
  return end.getTime() - reading.now.getTime() > longestMinutes * 60_000 ? { fault: 'tooLong', words } : { type: 'afterDateTime', end };
}

function wordsOf(period: PeriodWords): string {
  return period.kind === 'until' ? period.words : '';
}
