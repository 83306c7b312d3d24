import { LRUCache } from 'lru-cache';
import type { Log } from '../log.ts';
import { PimError } from '../pim/errors.ts';
import type { PimReader } from '../pim/pim.ts';

/** Whether a person is an enabled member of the tenant, and no guest. @throws {PimError} `unavailable` when the directory does not say */
export type IsMember = (personId: string) => Promise<boolean>;

const mostPeople = 10_000;
const knownForMs = 10 * 60_000;

/**
 * Guests and external people are served nothing. The directory is asked with the bot's own identity, and once in ten
 * minutes for each person; while it does not answer, what it last said stays good.
 */
export function createMembership(reader: PimReader, log: Log): IsMember {
  const known = new LRUCache<string, { readonly member: boolean }>({
    max: mostPeople,
    ttl: knownForMs,
    allowStaleOnFetchRejection: true,
    noDeleteOnFetchRejection: true,
    fetchMethod: async (personId) => ({ member: await reader.readMember(personId) !== null }),
  });
  return async (personId) => {
    try {
      const answer = await known.fetch(personId);
      if (answer !== undefined) return answer.member;
    } catch (error) {
      log.error({ error }, 'the directory does not say who is a member');
    }
    throw new PimError('unavailable', 'the directory does not say whether this person is a member');
  };
}
