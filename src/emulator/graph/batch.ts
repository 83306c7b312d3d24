import { bodyMembers, objectMember, objectsMember, parseTarget, textMember, textsMember } from '../incoming.ts';
import type { Incoming, Members } from '../incoming.ts';
import { badRequest, ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { GraphCall, GraphOperation } from './call.ts';

/** https://learn.microsoft.com/graph/json-batching */
export const batches: readonly GraphOperation[] = [{ method: 'POST', path: '$batch', handle: answerBatch }];

const mostItems = 20;
const methods: readonly string[] = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'];

interface Item {
  readonly id: string;
  readonly dependsOn: readonly string[];
  readonly incoming: Incoming;
}

/** The batch is judged as a whole before anything of it is carried out; then each item goes its own way. */
function answerBatch(call: GraphCall): Reply {
  const entries = objectsMember(bodyMembers(call.incoming.body), 'requests');
  if (entries.length === 0 || entries.length > mostItems) {
    throw badRequest(`A batch holds from 1 to ${mostItems} requests, found ${entries.length}.`);
  }
  const items: Item[] = [];
  for (const entry of entries) {
    items.push(parseItem(call, entry, items));
  }
  const statuses = new Map<string, number>();
  const responses = items.map((item) => {
    const failed = item.dependsOn.find((id) => (statuses.get(id) ?? 0) >= 400);
    const reply = failed === undefined ? (call.answerItem(item.incoming) ?? lostAnswer) : failedDependency(failed);
    statuses.set(item.id, reply.status);
    return responseOf(item.id, reply);
  });
  return ok({ responses });
}

/** Throws `Refusal`. `earlier`: those before it, the only ones that it may depend on. */
function parseItem(call: GraphCall, entry: Members, earlier: readonly Item[]): Item {
  const id = textMember(entry, 'id') ?? '';
  if (id === '' || earlier.some((item) => item.id === id)) {
    throw badRequest(`Each request of a batch needs an id of its own, found '${id}'.`);
  }
  const dependsOn = textsMember(entry, 'dependsOn') ?? [];
  const unknown = dependsOn.find((name) => !earlier.some((item) => item.id === name));
  if (unknown !== undefined) {
    throw badRequest(`The request ${id} depends on ${unknown}, which is no request before it.`);
  }
  const method = (textMember(entry, 'method') ?? '').toUpperCase();
  if (!methods.includes(method)) {
    throw badRequest(`The request ${id} needs one of the methods ${methods.join(', ')}.`);
  }
  const { path, query } = parseTarget(targetOf(entry, id, call.version));
  const incoming = { method, path, query, headers: parseHeaders(entry), body: parseBody(entry, id, method), origin: call.incoming.origin };
  return { id, dependsOn, incoming };
}

/** An address without host and version, with or without a leading slash. */
function targetOf(entry: Members, id: string, version: string): string {
  const url = textMember(entry, 'url') ?? '';
  if (url === '' || /^(\w+:|\/\/)/.test(url)) {
    throw badRequest(`The request ${id} needs a relative url such as /me, found '${url}'.`);
  }
  if (/^\/?\$batch(\?|$)/i.test(url)) {
    throw badRequest(`The request ${id} is a batch itself.`);
  }
  return `/${version}/${url.replace(/^\//, '')}`;
}

/** An `Authorization` among them is not looked at: the caller is the one of the batch. */
function parseHeaders(entry: Members): Readonly<Record<string, string>> {
  const headers = [...objectMember(entry, 'headers')];
  return Object.fromEntries(headers.map(([name, value]) => [name, String(value)]));
}

/** A body comes with POST, PATCH and PUT, and then says what it is. */
function parseBody(entry: Members, id: string, method: string): string {
  const body = entry.get('body') ?? null;
  if (body === null) {
    return '';
  }
  if (method === 'GET' || method === 'DELETE') {
    throw badRequest(`The request ${id} has a body, which ${method} does not take.`);
  }
  if (!objectMember(entry, 'headers').has('content-type')) {
    throw badRequest(`The request ${id} has a body but no Content-Type header.`);
  }
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function responseOf(id: string, { status, headers = {}, body }: Reply): object {
  const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
  return { id, status, headers: { ...type, ...headers }, ...(body === undefined ? {} : { body }) };
}

function failedDependency(id: string): Reply {
  const message = `The request was not carried out, because the request ${id} that it depends on failed.`;
  return { status: 424, body: { error: { code: 'FailedDependency', message } } };
}

/** What Graph tells of an item whose own answer never came. */
const lostAnswer: Reply = {
  status: 504,
  body: { error: { code: 'GatewayTimeout', message: 'The request did not get an answer in time.' } },
};
