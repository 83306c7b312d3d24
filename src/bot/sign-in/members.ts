import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import { PimError } from '../../pim/errors.ts';
import type { PimReader } from '../../pim/pim.ts';

/** Whether a person is an enabled member of the tenant, and no guest. @throws {PimError} `unavailable` when the directory does not say */
export type IsMember = (personId: string) => Promise<boolean>;

const mostPeople = 10_000;
/** For so long an answer of the directory is as good as new … */
const freshMs = 10 * 60_000;
/** … and for so long it does, while the directory is out of reach. */
const usableMs = 24 * 3_600_000;
/** How long a turn waits for a newer answer where an older one will do. */
const patienceMs = 1_000;

interface Answer {
  readonly member: boolean;
  readonly at: number;
}

/**
 * Guests and external people are served nothing. The directory is asked with the bot's own identity, and once in ten
 * minutes for each person; while it does not answer, what it said within a day stays good.
 */
export function createMembership(reader: Pick<PimReader, 'readMember'>, { clock, log }: { readonly clock: Clock; readonly log: Log }): IsMember {
  const known = new LRUCache<string, Answer>({ max: mostPeople });
  const underWay = new Map<string, Promise<Answer | null>>();
  const ask = async (personId: string): Promise<Answer | null> => {
    try {
      const answer = { member: await reader.readMember(personId) !== null, at: clock.now().getTime() };
      known.set(personId, answer);
      return answer;
    } catch (error) {
      log.error({ error }, 'the directory does not say who is a member');
      return null;
    }
  };
  /** Turns that come at once share the question. */
  const askOnce = (personId: string): Promise<Answer | null> => {
    const asking = underWay.get(personId) ?? ask(personId).finally(() => underWay.delete(personId));
    underWay.set(personId, asking);
    return asking;
  };
  return async (personId) => {
    const old = known.get(personId);
    const age = old === undefined ? Infinity : clock.now().getTime() - old.at;
    if (old !== undefined && age < freshMs) return old.member;
    const asking = askOnce(personId);
    const usable = age < usableMs ? old : undefined;
    const answer = usable === undefined ? await asking : await Promise.race([asking, delay(patienceMs, usable, { ref: false })]) ?? usable;
    if (answer === null) throw new PimError('unavailable', 'the directory does not say whether this person is a member');
    return answer.member;
  };
}
