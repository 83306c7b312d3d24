import { describe, expect, it } from 'vitest';
import { askAll, listAllOf } from '../../../src/pim/graph/batch.ts';
import type { BatchAnswer, Question } from '../../../src/pim/graph/batch.ts';
import { PimError } from '../../../src/pim/errors.ts';
import { failureOf } from '../pim-world.ts';
import { answerJson, startWireServer } from '../http/wire-server.ts';
import { list, refusal, startGraph, wrapped } from './graph-stand-in.ts';
import type { GraphReply } from './graph-stand-in.ts';

const get = (url: string): Question => ({ method: 'GET', url });
const codeOf = (answer: BatchAnswer | undefined): unknown => (answer instanceof PimError ? answer.code : answer?.body);

describe('a batch', () => {
  it('answers in the order of the questions, whatever the order of the answers', async () => {
    await using graph = await startGraph({ 'GET /a': { status: 200, body: 'A' }, 'GET /b': { status: 200, body: 'B' }, 'POST /c': { status: 201, body: 'C' } });
    const answers = await askAll(graph.client(), [get('/a'), get('/b'), { method: 'POST', url: '/c', body: { x: 1 } }]);
    expect(answers.map(codeOf)).toEqual(['A', 'B', 'C']);
    expect(graph.wire.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /v1.0/$batch']);
    expect(graph.calls[2]?.body).toEqual({ x: 1 });
  });

  it('holds at most twenty questions, and asks as often as that takes', async () => {
    await using graph = await startGraph({ 'GET /x': ({ query }) => ({ status: 200, body: query.get('n') }) });
    const answers = await askAll(graph.client(), Array.from({ length: 45 }, (_, n) => get(`/x?n=${n}`)));
    expect(answers.map(codeOf)).toEqual(Array.from({ length: 45 }, (_, n) => String(n)));
    const sizes = graph.wire.seen.map(({ body }) => [...JSON.stringify(body).matchAll(/"id":/g)].length);
    expect(sizes).toEqual([20, 20, 5]);
  });

  it('nothing asked costs no call', async () => {
    await using graph = await startGraph({});
    expect(await askAll(graph.client(), [])).toEqual([]);
    expect(graph.wire.seen).toEqual([]);
  });

  it.each<[string, GraphReply, object]>([
    ['a refusal', { status: 403, body: refusal('Authorization_RequestDenied', 'no') }, { code: 'notPermitted', details: { status: 403, pimCode: 'Authorization_RequestDenied', azureRequestId: 'graph-request' } }],
    ['a refusal of PIM inside Graph\'s', { status: 403, body: wrapped('PermissionScopeNotGranted', 'missing') }, { code: 'consentRequired', details: { pimCode: 'PermissionScopeNotGranted' } }],
    ['nothing there', { status: 404, body: refusal('Request_ResourceNotFound', '') }, { code: 'notFound' }],
    ['a failed dependency', { status: 424 }, { code: 'unexpected' }],
    ['a fault that lasts', { status: 501 }, { code: 'unavailable' }],
    ['a long pause', { status: 429, headers: { 'Retry-After': '30' } }, { code: 'throttled', details: { retryAfterMs: 30_000 } }],
    ['a pause of unknown length', { status: 429 }, { code: 'throttled' }],
  ])('leaves %s to the question that it answers, asked once', async (_, reply, error) => {
    await using graph = await startGraph({ 'GET /bad': reply, 'GET /good': { status: 200, body: 'good' } });
    const [bad, good] = await askAll(graph.client(), [get('/bad'), get('/good')]);
    expect(bad).toBeInstanceOf(PimError);
    expect(bad).toMatchObject(error);
    expect(codeOf(good)).toBe('good');
    expect(graph.wire.seen).toHaveLength(1);
  });

  // Guard: askPatiently in src/pim/graph/batch.ts.
  it.each<[string, GraphReply]>([
    ['throttled for a moment', { status: 429, headers: { 'retry-after': '0' } }],
    ['answered with a fault', { status: 503 }],
  ])('asks again what was %s, and only that', async (_, reply) => {
    let times = 0;
    await using graph = await startGraph({ 'GET /slow': () => (times++ < 2 ? reply : { status: 200, body: 'slow' }), 'GET /fast': { status: 200, body: 'fast' } });
    expect((await askAll(graph.client(), [get('/slow'), get('/fast')])).map(codeOf)).toEqual(['slow', 'fast']);
    expect(graph.calls.map(({ path }) => path)).toEqual(['/slow', '/fast', '/slow', '/slow']);
  });

  it('gives up on the third fault in a row', async () => {
    await using graph = await startGraph({ 'GET /slow': { status: 503 } });
    expect((await askAll(graph.client(), [get('/slow')])).map(codeOf)).toEqual(['unavailable']);
    expect(graph.calls).toHaveLength(3);
  });

  it.each<[string, unknown, string]>([
    ['is no batch', { value: [] }, 'badAnswer'], ['is not JSON', undefined, 'badAnswer'],
  ])('promise 24: an answer that %s is none', async (_, body, code) => {
    await using server = await startWireServer((_request, response) => {
      if (body === undefined) response.writeHead(200).end('<html>');
      else answerJson(response, 200, body);
    });
    await using graph = await startGraph({});
    expect((await failureOf(askAll(graph.client({ endpoint: server.origin, caPem: server.caPem }), [get('/a')]))).code).toBe(code);
  });

  it('promise 24: a question without an answer has none, and the others have theirs', async () => {
    await using server = await startWireServer((_request, response) => {
      answerJson(response, 200, { responses: [{ id: '1', status: 200, body: 'B' }, { id: '7', status: 200, body: 'nobody asked' }] });
    });
    await using graph = await startGraph({});
    const answers = await askAll(graph.client({ endpoint: server.origin, caPem: server.caPem }), [get('/a'), get('/b')]);
    expect(answers.map(codeOf)).toEqual(['badAnswer', 'B']);
  });

  it.each([[503, 'unavailable'], [429, 'throttled'], [401, 'signInRequired']])('fails as a whole where the batch itself is answered %d', async (status, code) => {
    await using server = await startWireServer((_request, response) => { answerJson(response, status, refusal('x', '')); });
    await using graph = await startGraph({});
    expect((await failureOf(askAll(graph.client({ endpoint: server.origin, caPem: server.caPem }), [get('/a')]))).code).toBe(code);
    expect(server.seen).toHaveLength(1);
  });
});

describe('lists in a batch', () => {
  it('are each read to their end', async () => {
    await using graph = await startGraph({
      'GET /a': ({ query }) => (query.has('page') ? list([2]) : list([1], `${graph.origin}/v1.0/a?page=2`)),
      'GET /b': list([3]),
      'GET /c': { status: 403, body: refusal('Authorization_RequestDenied', '') },
    });
    const [a, b, c] = await listAllOf(graph.client(), ['/a', '/b', '/c']);
    expect([a, b]).toEqual([[1, 2], [3]]);
    expect(c).toMatchObject({ code: 'notPermitted' });
    expect(graph.wire.seen.map(({ url }) => url)).toEqual(['/v1.0/$batch', '/v1.0/a?page=2']);
  });

  // Guard: ownOriginPolicy in src/pim/http/azure-pipeline.ts.
  it('promise 23: are not followed to another host', async () => {
    await using other = await startWireServer((_request, response) => { answerJson(response, 200, { value: ['intruder'] }); });
    await using graph = await startGraph({ 'GET /a': () => list([1], `${other.origin}/v1.0/a?page=2`), 'GET /b': list([3]) });
    const [a, b] = await listAllOf(graph.client(), ['/a', '/b']);
    expect(a).toMatchObject({ code: 'badAnswer' });
    expect(b).toEqual([3]);
    expect(other.seen).toEqual([]);
  });
});
