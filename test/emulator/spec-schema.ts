import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Reads Microsoft's OpenAPI files (Swagger 2.0) and turns their schemas into strict JSON Schema. */

export type Json = Readonly<Record<string, unknown>>;

/** Lies beside the repository, not in it. */
export const specFolder = path.resolve(import.meta.dirname, '../../../shared/specs');
export const specsArePresent = existsSync(path.join(specFolder, 'arm'));

/** What a run that cannot look at them says of it: strangers clone the repository alone. */
export const specsNotRun = `NOT RUN: no ARM answer is held against Microsoft's OpenAPI files, because ${specFolder} is absent`;

/** The title of what is skipped without them. */
export function againstSpecs(title: string): string {
  return specsArePresent ? title : `${title} (${specsNotRun})`;
}

const files = new Map<string, Json>();

export function readSpec(file: string): Json {
  const known = files.get(file);
  if (known !== undefined) {
    return known;
  }
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const spec = asObject(value);
  files.set(file, spec);
  return spec;
}

export function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A schema and the file that its references start from. */
export interface Located {
  readonly schema: Json;
  readonly file: string;
  /** Definitions that this one lies in: one that contains itself is followed once. */
  readonly above?: readonly string[];
}

/**
 * Members that the live service answers although Microsoft's files do not describe them, by the definition they belong
 * to: recordings carry the principal's user name.
 */
const undescribed: Readonly<Record<string, readonly string[]>> = { 'ExpandedProperties.principal': ['userPrincipalName'] };

/** Strict: a member that is not described fails. An open enumeration takes any text, and tells it (`openEnum`). */
export function toJsonSchema(located: Located, name = ''): Json {
  const { schema, file } = followReference(located);
  const definition = name === '' ? referenceName(located.schema) : name;
  if (located.above?.includes(definition)) {
    return { type: 'object' };
  }
  const above = definition === '' ? located.above : [...(located.above ?? []), definition];
  const here: Located = { schema, file, ...(above === undefined ? {} : { above }) };
  if (typeof schema['discriminator'] === 'string') {
    return byDiscriminator(schema['discriminator'], here, definition);
  }
  const properties = propertiesOf(here);
  if (properties.size > 0) {
    return objectSchema(properties, schema, definition);
  }
  if (schema['type'] === 'array') {
    return { type: 'array', items: toJsonSchema({ ...here, schema: asObject(schema['items']) }) };
  }
  return scalarSchema(schema);
}

function objectSchema(properties: ReadonlyMap<string, Located>, schema: Json, definition: string): Json {
  const members = [...properties].map(([name, member]): [string, Json] => [name, toJsonSchema(member, memberName(member, definition, name))]);
  const extra = (undescribed[definition] ?? []).map((name): [string, Json] => [name, { type: 'string' }]);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries([...members, ...extra]),
    required: Array.isArray(schema['required']) ? schema['required'] : [],
  };
}

function scalarSchema(schema: Json): Json {
  const type = schema['type'];
  const values = schema['enum'];
  if (Array.isArray(values)) {
    return { type: 'string', ...(asObject(schema['x-ms-enum'])['modelAsString'] === true ? { openEnum: values } : { enum: values }) };
  }
  const format = schema['format'] === 'date-time' ? { format: 'date-time' } : {};
  return typeof type === 'string' ? { type, ...format } : {};
}

/** One alternative for each definition that extends this one; its name, or `x-ms-discriminator-value`, is the value. */
function byDiscriminator(property: string, base: Located, name: string): Json {
  const definitions = asObject(readSpec(base.file)['definitions']);
  const derived = Object.entries(definitions).flatMap(([derivedName, value]) => {
    const schema = asObject(value);
    const extendsBase = list(schema['allOf']).some((part) => referenceName(asObject(part)) === name);
    return extendsBase ? [{ value: schema['x-ms-discriminator-value'] ?? derivedName, schema, derivedName }] : [];
  });
  return {
    type: 'object',
    required: [property],
    discriminator: { propertyName: property },
    oneOf: derived.map(({ value, schema, derivedName }) => {
      const properties = propertiesOf({ schema, file: base.file });
      const whole = objectSchema(properties, schema, derivedName);
      return { ...whole, properties: { ...asObject(whole['properties']), [property]: { const: value } } };
    }),
  };
}

function propertiesOf(located: Located): ReadonlyMap<string, Located> {
  const { schema } = located;
  const inherited = list(schema['allOf']).flatMap((part) => [...propertiesOf(followReference({ ...located, schema: asObject(part) }))]);
  const members = Object.entries(asObject(schema['properties']));
  const own = members.map(([name, value]): [string, Located] => [name, { ...located, schema: asObject(value) }]);
  return new Map([...inherited, ...own]);
}

function followReference(located: Located): Located {
  const { schema, file } = located;
  const reference = schema['$ref'];
  if (typeof reference !== 'string') {
    return located;
  }
  const [relative = '', pointer = ''] = reference.split('#');
  const target = relative === '' ? file : path.resolve(path.dirname(file), relative);
  const found = pointer.split('/').slice(1).reduce((at, key) => asObject(at[key]), readSpec(target));
  return followReference({ ...located, schema: found, file: target });
}

function referenceName(schema: Json): string {
  const reference = schema['$ref'];
  return typeof reference === 'string' ? reference.slice(reference.lastIndexOf('/') + 1) : '';
}

function memberName(member: Located, definition: string, name: string): string {
  return referenceName(member.schema) || `${definition}.${name}`;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
