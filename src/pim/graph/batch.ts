/**
 * Several questions to Graph in one call. https://learn.microsoft.com/graph/json-batching
 * Questions only: what becomes of a write is told by its own answer (`http/azure-client.ts`).
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createHttpHeaders } from '@azure/core-rest-pipeline';
import { z } from 'zod';
import { PimError } from '../errors.ts';
import { listAllRaw, parseAnswer } from '../http/azure-client.ts';
import type { AzureClient } from '../http/azure-client.ts';
import { errorOfAnswer, toPimError } from '../http/to-pim-error.ts';

export interface Question {
  readonly method: 'GET' | 'POST';
  /** Path with its query, without the version of the API. */
  readonly url: string;
  readonly body?: unknown;
}

/** The body of its answer, or why there is none. */
export type BatchAnswer = { readonly body: unknown } | PimError;

const version = '/v1.0';
const mostQuestions = 20;
const repeats = 2;
const pauseMs = 200;
/** As everywhere: a service that asks for a longer pause is not waited for. */
const longestPauseMs = 1000;

/** Answers in the order of the questions, each with its own failure. Rejects when the batch itself fails. */
export async function askAll(graph: AzureClient, questions: readonly Question[], limit: AbortSignal = graph.limit()): Promise<readonly BatchAnswer[]> {
  const answers: BatchAnswer[] = [];
  for (let from = 0; from < questions.length; from += mostQuestions) {
    answers.push(...await askPatiently(graph, questions.slice(from, from + mostQuestions), limit));
  }
  return answers;
}

/** Each question is throttled on its own: those whose trouble passes soon are asked once more, the others are not. */
async function askPatiently(graph: AzureClient, questions: readonly Question[], limit: AbortSignal): Promise<readonly BatchAnswer[]> {
  const answers = [...await ask(graph, questions, limit)];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const again = answers.flatMap((answer, index) => (answer instanceof PimError && soonOver(answer) ? [index] : []));
    if (again.length === 0) break;
    await delay(longestPause(again.flatMap((index) => answers[index] ?? []), repeat), undefined, { signal: limit }).catch(() => undefined);
    const repeated = await ask(graph, again.flatMap((index) => questions[index] ?? []), limit);
    again.forEach((index, place) => { answers[index] = repeated[place] ?? missing(); });
  }
  return answers;
}

function soonOver({ code, details }: PimError): boolean {
  if (code === 'throttled') return details.retryAfterMs !== undefined && details.retryAfterMs <= longestPauseMs;
  return code === 'unavailable' && details.status !== 501 && details.status !== 505 && (details.retryAfterMs ?? 0) <= longestPauseMs;
}

function longestPause(failures: readonly BatchAnswer[], repeat: number): number {
  return Math.max(...failures.map((failure) => (failure instanceof PimError ? failure.details.retryAfterMs : undefined) ?? pauseMs * 2 ** repeat));
}

const batchAnswer = z.object({
  responses: z.array(z.object({
    id: z.string(),
    status: z.number(),
    headers: z.record(z.string(), z.string()).nullish(),
    body: z.unknown().optional(),
  })),
});
type ItemAnswer = z.infer<typeof batchAnswer>['responses'][number];

async function ask(graph: AzureClient, questions: readonly Question[], limit: AbortSignal): Promise<readonly BatchAnswer[]> {
  const requests = questions.map(({ method, url, body }, index) => ({
    id: String(index), method, url, ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body }),
  }));
  const answer = await graph.send({ method: 'POST', kind: 'read', url: `${version}/$batch`, body: { requests } }, limit);
  // They come in any order.
  const byId = new Map(parseAnswer(batchAnswer, answer).responses.map((item) => [item.id, item]));
  return requests.map(({ id }) => {
    const item = byId.get(id);
    return item === undefined ? missing() : outcomeOf(item);
  });
}

function outcomeOf({ status, headers, body }: ItemAnswer): BatchAnswer {
  if (status >= 200 && status < 300) return { body: body ?? null };
  return errorOfAnswer({ status, headers: createHttpHeaders(headers ?? {}), bodyAsText: typeof body === 'string' ? body : JSON.stringify(body ?? '') }, 'read');
}

function missing(): PimError {
  return new PimError('badAnswer', 'the batch holds no answer to one of its questions');
}

const firstPage = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().nullish() });

/** Several lists, each read to its end: the first pages in one call. */
export async function listAllOf(graph: AzureClient, urls: readonly string[]): Promise<readonly (readonly unknown[] | PimError)[]> {
  const limit = graph.limit();
  const answers = await askAll(graph, urls.map((url) => ({ method: 'GET', url })), limit);
  return Promise.all(answers.map(async (answer) => (answer instanceof PimError ? answer : await readOn(graph, answer.body, limit))));
}

/** The rest of a list, whose first page has come. */
export async function readOn(graph: AzureClient, page: unknown, limit: AbortSignal): Promise<readonly unknown[] | PimError> {
  try {
    const { value, '@odata.nextLink': next } = parseAnswer(firstPage, page);
    return next === undefined || next === null || next === '' ? value : [...value, ...await listAllRaw(graph, next, limit)];
  } catch (error) {
    return toPimError(error, 'read');
  }
}
