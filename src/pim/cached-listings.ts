/**
 * What a person is told of roles, kept for some seconds: one conversation asks for the same several times in a row.
 * What is kept is the person's own; PIM itself judges everything that is done.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import type { ActiveAssignment, EligibleAssignment, Gap, Listing, Role, RoleSettings, Scope } from './model.ts';
import type { PimUser } from './pim.ts';
import { lastSegment, scopeKey } from './scope.ts';

export interface ListingCacheOptions {
  readonly clock: Clock;
  /** How long an answer is as good as new, in milliseconds. */
  readonly freshMs?: number;
  readonly mostPeople?: number;
}

export interface ListingCache {
  /** This person, whose listings are kept until they are too old or something was changed. */
  of(user: PimUser): PimUser;
  /** This person by another token of theirs: asks PIM itself each time, and what it changes drops what is kept. */
  beside(user: PimUser): PimUser;
  forget(personId: string): void;
}

const defaultFreshMs = 20_000;
const defaultMostPeople = 200;
/** Of one person, of one sort. */
const mostAnswers = 50;

/** What is kept of one person. */
interface Kept {
  readonly eligible: Memory<Listing<EligibleAssignment>>;
  readonly active: Memory<Listing<ActiveAssignment>>;
  readonly children: Memory<readonly Scope[]>;
  readonly settings: Memory<RoleSettings>;
  readonly foundRoles: Memory<readonly Role[]>;
  readonly foundScopes: Memory<Listing<Scope>>;
  readonly widestScopes: Memory<Listing<Scope>>;
}

export function createListingCache({ clock, freshMs = defaultFreshMs, mostPeople = defaultMostPeople }: ListingCacheOptions): ListingCache {
  const people = new LRUCache<string, Kept>({ max: mostPeople });
  const now = (): number => clock.now().getTime();
  const isFresh = (at: number): boolean => now() >= at && now() - at < freshMs;
  const keptOf = (personId: string): Kept => {
    const kept = people.get(personKey(personId)) ?? emptyKept({ now, isFresh });
    people.set(personKey(personId), kept);
    return kept;
  };
  const forget = (personId: string): void => { people.delete(personKey(personId)); };
  const beside = (user: PimUser): PimUser => ({
    ...user,
    ...withDrop(user, {
      own: () => { forget(user.personId); },
      everybody: () => { people.clear(); },
    }),
  });
  const of = (user: PimUser): PimUser => {
    const { assignments, ...dropping } = beside(user);
    const kept = (): Kept => keptOf(user.personId);
    return {
      ...dropping,
      listEligible: () => kept().eligible.ask('', () => user.listEligible()),
      listActive: (eligible) => kept().active.ask(scopesKey(eligible), () => user.listActive(eligible)),
      listChildren: (scope, types = []) => kept().children.ask([scopeKey(scope.id), ...types].join(' '), () => user.listChildren(scope, types)),
      readRoleSettings: (role, scope) => kept().settings.ask(roleKey(role, scope), () => user.readRoleSettings(role, scope)),
      assignments: {
        ...assignments,
        findRoles: (scope, words) => kept().foundRoles.ask(`${scopeKey(scope.id)} ${words}`, () => user.assignments.findRoles(scope, words)),
        findScopes: (words) => kept().foundScopes.ask(words, () => user.assignments.findScopes(words)),
        findWidestScopes: () => kept().widestScopes.ask('', () => user.assignments.findWidestScopes()),
      },
    };
  };
  return { of, beside, forget };
}

function emptyKept(time: MemoryOptions): Kept {
  const always = (): boolean => true;
  return {
    eligible: createMemory<Listing<EligibleAssignment>>(time, isWhole),
    active: createMemory<Listing<ActiveAssignment>>(time, isWhole),
    children: createMemory(time, always),
    settings: createMemory(time, always),
    foundRoles: createMemory(time, always),
    foundScopes: createMemory<Listing<Scope>>(time, isWhole),
    widestScopes: createMemory<Listing<Scope>>(time, isWhole),
  };
}

/** One text for all spellings of an object id. */
function personKey(personId: string): string {
  return personId.toLowerCase();
}

function roleKey({ definitionId }: Role, scope: Scope): string {
  return `${lastSegment(definitionId).toLowerCase()} ${scopeKey(scope.id)}`;
}

/** The scopes are all that the question depends on; a thousand of them make a long text. */
function scopesKey(eligible: readonly EligibleAssignment[]): string {
  const scopes = [...new Set(eligible.map(({ scope }) => scopeKey(scope.id)))].sort();
  return createHash('sha256').update(JSON.stringify(scopes)).digest('base64');
}

/** Gaps that asking again would not close. */
const lasting: ReadonlySet<Gap['why']> = new Set(['tooManyScopes', 'notPermitted', 'licenceMissing']);

function isWhole({ gaps }: Pick<Listing<unknown>, 'gaps'>): boolean {
  return gaps.every(({ why }) => lasting.has(why));
}

type Changes = Pick<PimUser, 'activate' | 'deactivate' | 'cancel' | 'decide' | 'assignments' | 'settings'>;

/**
 * Drops what is kept once a change has ended, however it ended: one that failed may have been carried out. A decision and
 * an administrator's change are about somebody else, whom nobody names here, or a group of people.
 */
function withDrop(user: PimUser, drop: { readonly own: () => void; readonly everybody: () => void }): Changes {
  const { assignments, settings } = user;
  return {
    activate: (requestId, draft) => user.activate(requestId, draft).finally(drop.own),
    deactivate: (requestId, role, scope) => user.deactivate(requestId, role, scope).finally(drop.own),
    cancel: (request) => user.cancel(request).finally(drop.own),
    decide: (approval, decision) => user.decide(approval, decision).finally(drop.everybody),
    assignments: {
      ...assignments,
      assign: (requestId, draft) => assignments.assign(requestId, draft).finally(drop.everybody),
      unassign: (requestId, draft) => assignments.unassign(requestId, draft).finally(drop.everybody),
    },
    settings: { ...settings, write: (policy, change) => settings.write(policy, change).finally(drop.everybody) },
  };
}

/** Answers to questions of one sort. Questions that come while one is under way share its answer. */
interface Memory<T> {
  ask(question: string, answer: () => Promise<T>): Promise<T>;
}

interface MemoryOptions {
  readonly now: () => number;
  readonly isFresh: (at: number) => boolean;
}

function createMemory<T>({ now, isFresh }: MemoryOptions, worthKeeping: (answer: T) => boolean): Memory<T> {
  const answers = new LRUCache<string, { readonly at: number; readonly answer: Promise<T> }>({ max: mostAnswers });
  const find = async (question: string, answer: () => Promise<T>): Promise<T> => {
    let keep = false;
    try {
      const found = await answer();
      keep = worthKeeping(found);
      return found;
    } finally {
      if (!keep) answers.delete(question);
    }
  };
  return {
    ask(question, answer) {
      const known = answers.get(question);
      if (known !== undefined && isFresh(known.at)) return known.answer;
      const found = find(question, answer);
      answers.set(question, { at: now(), answer: found });
      return found;
    },
  };
}
