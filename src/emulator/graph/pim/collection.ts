import { identitiesOf } from '../../directory.ts';
import { isNoticed } from '../../lag.ts';
import { badRequest } from '../../reply.ts';
import type { Reply } from '../../reply.ts';
import { directory, directoryScopeId, groupScopeId } from '../../scopes.ts';
import type { Scope } from '../../scopes.ts';
import { requestDenied, resourceNotFound } from '../call.ts';
import type { GraphCall, GraphOperation } from '../call.ts';
import { parseCondition } from '../odata-filter.ts';
import type { Condition } from '../odata-filter.ts';
import type { EntityType } from '../odata-query.ts';
import { collectionReply, entityReply } from '../odata.ts';
import type { Held, PimBranch } from './branch.ts';
import { requireGranted } from './permissions.ts';
import type { PimPermissions } from './permissions.ts';
import { mayReadOthers } from './readers.ts';

/** Tells which items are the caller's own, in one sense or another. */
export type Own<T> = (call: GraphCall) => (item: T) => boolean;

/** One collection of Graph's PIM, and who sees what of it. */
export interface PimCollection<T extends Held> {
  readonly branch: PimBranch;
  readonly name: string;
  readonly typeName: string;
  readonly permissions: PimPermissions;
  readonly type: (call: GraphCall) => EntityType<T>;
  readonly items: (call: GraphCall) => readonly T[];
  /** Listings show it from then on; milliseconds since 1970. */
  readonly bornAt: (item: T) => number;
  /** What `filterByCurrentUser(on='…')` knows here. */
  readonly mine: Readonly<Record<string, Own<T>>>;
  /** Who sees one item by its id, beside its holder and those who read everybody's. */
  readonly maySee: (call: GraphCall, item: T) => boolean;
}

/** List, get and `filterByCurrentUser`. */
export function readOperations<T extends Held>(collection: PimCollection<T>): readonly GraphOperation[] {
  const path = `${collection.branch.path}/${collection.name}`;
  return [
    { method: 'GET', path, handle: (call) => list(call, collection) },
    { method: 'GET', path: `${path}/filterByCurrentUser(on='{on}')`, handle: (call) => listMine(call, collection) },
    { method: 'GET', path: `${path}/{id}`, handle: (call) => get(call, collection) },
  ];
}

/** Held by the caller, or by a group that the caller is in. */
export const isTargetOf: Own<Held> = (call) => {
  const identities = identitiesOf(call, call.caller.id);
  return ({ principalId }) => identities.has(principalId);
};

function list<T extends Held>(call: GraphCall, collection: PimCollection<T>): Reply {
  const { branch, name, permissions } = collection;
  requireGranted(call, permissions);
  const type = collection.type(call);
  const filter = call.incoming.query.get('$filter') ?? call.incoming.query.get('filter');
  const asked = equations(filter === null ? null : parseCondition(filter, type.members));
  const isReadable = branch.kind === 'entra' ? readableRoles(call, asked) : readableGroups(call, asked);
  return collectionReply(call, `${branch.path}/${name}`, type, visible(call, collection).filter(isReadable));
}

/** All or nothing: of the directory, or of the administrative unit that is asked for. */
function readableRoles(call: GraphCall, asked: ReadonlyMap<string, string>): (item: Held) => boolean {
  const scope = call.tenant.scopes.find(directoryScopeId(asked.get('directoryScopeId') ?? '/'));
  if (!mayReadOthers(call, directory) && (scope === undefined || !mayReadOthers(call, scope))) {
    throw requestDenied();
  }
  return () => true;
}

/** A list has to name a group or a principal: of a group all or nothing, of a principal what the caller may see. */
function readableGroups(call: GraphCall, asked: ReadonlyMap<string, string>): (item: Held) => boolean {
  const groupId = asked.get('groupId');
  const principalId = asked.get('principalId');
  if (groupId === undefined && principalId === undefined) {
    throw badRequest("A $filter on groupId or principalId is required, e.g. $filter=groupId eq '…'.");
  }
  const isMine = isTargetOf(call);
  const mayRead = remembered((scope) => mayReadOthers(call, scope));
  const scope = groupId === undefined ? undefined : call.tenant.scopes.find(groupScopeId(groupId));
  if (scope !== undefined && principalId !== call.caller.id && !mayRead(scope)) {
    throw requestDenied();
  }
  return (item) => (groupId === undefined || item.scope === scope) && (isMine(item) || mayRead(item.scope));
}

/** Asks once for each scope. */
function remembered(ask: (scope: Scope) => boolean): (scope: Scope) => boolean {
  const answers = new Map<string, boolean>();
  return (scope) => {
    const answer = answers.get(scope.id) ?? ask(scope);
    answers.set(scope.id, answer);
    return answer;
  };
}

function listMine<T extends Held>(call: GraphCall, collection: PimCollection<T>): Reply {
  requireGranted(call, collection.permissions);
  const on = call.names['on'] ?? '';
  const own = Object.entries(collection.mine).find(([name]) => name.toLowerCase() === on.toLowerCase())?.[1];
  if (own === undefined) {
    throw badRequest(`filterByCurrentUser(on='${on}') is not supported here. Supported: ${Object.keys(collection.mine).join(', ')}.`);
  }
  const type = collection.type(call);
  const typed = { ...type, toObject: (item: T) => ({ '@odata.type': `#microsoft.graph.${collection.typeName}`, ...type.toObject(item) }) };
  return collectionReply(call, `Collection(${collection.typeName})`, typed, visible(call, collection).filter(own(call)));
}

/** By its id it does not lag. */
function get<T extends Held>(lagging: GraphCall, collection: PimCollection<T>): Reply {
  const call = { ...lagging, lagMs: 0 };
  requireGranted(call, collection.permissions);
  const item = findItem(call, collection);
  if (!isTargetOf(call)(item) && !collection.maySee(call, item) && !mayReadOthers(call, item.scope)) {
    throw requestDenied();
  }
  return entityReply(call, `${collection.branch.path}/${collection.name}/$entity`, collection.type(call), item);
}

function findItem<T extends Held>(call: GraphCall, collection: PimCollection<T>): T {
  const wanted = call.names['id'] ?? '';
  const { toObject } = collection.type(call);
  const idOf = (item: T): string => String(new Map<string, unknown>(Object.entries(toObject(item))).get('id'));
  const found = collection.items(call).find((item) => idOf(item).toLowerCase() === wanted.toLowerCase());
  if (found === undefined) {
    throw resourceNotFound(wanted);
  }
  return found;
}

function visible<T extends Held>(call: GraphCall, { items, bornAt }: PimCollection<T>): readonly T[] {
  return items(call).filter((item) => isNoticed(call, bornAt(item)));
}

/** Members that the whole filter equates with a text, in lower case. */
export function equations(condition: Condition | null): ReadonlyMap<string, string> {
  switch (condition?.kind) {
    case 'and':
    case 'or':
      return condition.kind === 'or' ? new Map() : new Map([...equations(condition.left), ...equations(condition.right)]);
    case 'compare': {
      const { field, operator, value } = condition;
      return new Map(operator === 'eq' && typeof value === 'string' ? [[field.path.join('/'), value]] : []);
    }
    case 'startsWith':
    case undefined:
      return new Map();
  }
}
