import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { asObject, isObject, readSpec, specFolder, specsArePresent, toJsonSchema } from './spec-schema.ts';
import type { Json } from './spec-schema.ts';

/**
 * Holds answers against Microsoft's OpenAPI files: `null` counts as absent, an unknown member fails, a value that an open
 * enumeration does not list is reported.
 */

/** One answered request. `url` is path and query. */
export interface Exchange {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  /** `undefined`: empty. */
  readonly body: unknown;
}

export interface Seen {
  readonly operationId: string;
  readonly status: number;
}

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: RegExp;
  readonly version: string;
  /** By status, or `default`; `null`: the answer has no body. */
  readonly answers: ReadonlyMap<string, ValidateFunction | null>;
}

export class SpecError extends Error {
  override readonly name = 'SpecError';
}

const unlisted: string[] = [];
const ajv = new Ajv({ discriminator: true, strict: false, allErrors: true });
addFormats.default(ajv, ['date-time']);
ajv.addKeyword({
  keyword: 'openEnum',
  validate: (values: readonly unknown[], value: unknown) => {
    if (!values.includes(value)) {
      unlisted.push(String(value));
    }
    return true;
  },
});

const operations: readonly Operation[] = specsArePresent ? specFiles().flatMap(operationsOf) : [];

/** Throws `SpecError` unless the answer is one that Microsoft describes for this operation. */
export function validateAnswer({ method, url, status, body }: Exchange): Seen {
  const { pathname, searchParams } = new URL(url.replace(/\/{2,}/g, '/'), 'https://management.azure.com');
  const operation = operations.find((candidate) => candidate.method === method && candidate.path.test(decodeURIComponent(pathname)));
  if (operation === undefined) {
    throw new SpecError(`${method} ${pathname} is not described`);
  }
  if (status < 400 && searchParams.get('api-version') !== operation.version) {
    throw new SpecError(`${operation.id} answered ${status} for another version than ${operation.version}`);
  }
  const check = operation.answers.get(String(status)) ?? (status >= 400 ? operation.answers.get('default') : undefined);
  if (check === undefined && !operation.answers.has(String(status))) {
    throw new SpecError(`${operation.id} does not answer ${status}`);
  }
  checkBody(operation.id, check ?? null, body);
  return { operationId: operation.id, status };
}

function checkBody(id: string, check: ValidateFunction | null, body: unknown): void {
  if (check === null) {
    if (body !== undefined) {
      throw new SpecError(`${id} answers without a body`);
    }
    return;
  }
  unlisted.length = 0;
  if (!isObject(body) || !check(withoutNulls(body))) {
    throw new SpecError(`${id}: ${ajv.errorsText(check.errors)} in ${JSON.stringify(body)}`);
  }
  if (unlisted.length > 0) {
    throw new SpecError(`${id}: ${unlisted.join(', ')} is not a listed value`);
  }
}

/** Microsoft's own examples answer `null` for members that are not marked as nullable. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutNulls);
  }
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null).map(([name, member]) => [name, withoutNulls(member)]))
    : value;
}

function specFiles(): readonly string[] {
  const folder = path.join(specFolder, 'arm');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.json')).map((name) => path.join(folder, name));
}

function operationsOf(file: string): readonly Operation[] {
  const spec = readSpec(file);
  const version = String(asObject(spec['info'])['version']);
  const paths = { ...asObject(spec['paths']), ...asObject(spec['x-ms-paths']) };
  const found = Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(asObject(methods)).map(([method, value]) => operation(asObject(value), { method, template, version, file })),
  );
  // Paths at the tenant root come before those under a scope, which would take them too.
  return found.toSorted((a, b) => a.path.source.length - b.path.source.length);
}

interface Place {
  readonly method: string;
  readonly template: string;
  readonly version: string;
  readonly file: string;
}

function operation(value: Json, { method, template, version, file }: Place): Operation {
  const answers = Object.entries(asObject(value['responses'])).map(([status, response]): [string, ValidateFunction | null] => {
    const schema = asObject(response)['schema'];
    return [status, isObject(schema) ? ajv.compile(toJsonSchema({ schema, file })) : null];
  });
  return { id: String(value['operationId']), method: method.toUpperCase(), path: pathPattern(template), version, answers: new Map(answers) };
}

/** A scope spans several segments and may be empty; `{roleId}` is the whole path of a role definition. */
function pathPattern(template: string): RegExp {
  const source = template
    .replace(/\?.*$/, '')
    .replace(/^\/\{roleId\}$/, '(?:/providers/Microsoft.Authorization/roleDefinitions/[^/]+)')
    .replace(/^\/\{scope\}/, '(?:/.*)?')
    .replace('/{parentResourcePath}', '(?:/.*)?')
    .replaceAll(/\{\w+\}/g, '[^/]+')
    .replaceAll('.', String.raw`\.`)
    .replaceAll(String.raw`\.*`, '.*');
  return new RegExp(`^${source}$`, 'i');
}
