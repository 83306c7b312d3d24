/**
 * Settings as somebody has written them: those of one role, or a file of many (`print-settings-file.ts` writes such files).
 *
 *     { "roles": [ { "kind": "azure", "role": "Contributor", "scope": "/subscriptions/…", "settings": { "mfaOnElevation": true } } ] }
 *
 * A setting that is not named stays as it is. `roleId` tells roles of one name apart, and counts more than the name;
 * `scopeName` is there for the eye.
 */
import { z } from 'zod';
import { nearestOf } from '../../nearest.ts';
import type { RoleKind } from '../model.ts';
import { lastSegment, scopeKey } from '../scope.ts';
import { minutesOfPolicy } from './elevation-duration.ts';
import { fieldName, readJsonText } from './json-text.ts';
import type { JsonPath, JsonText } from './json-text.ts';
import { roundSettings } from './privileged-role-settings.ts';
import type { ReadOnlyRoleSettings, SettingsChange } from './privileged-role-settings.ts';
import { entrySchema, reasonParams, settingsSchema } from './settings-schema.ts';
import type { Position, SettingsFault, SettingsFaultReason } from './settings-fault.ts';

/** Settings that were read from a text. */
export interface WrittenSettings {
  readonly change: SettingsChange;
  /** What was given of the members that are never written. */
  readonly readOnly: Partial<ReadOnlyRoleSettings>;
  /** The duration as it was given, where it was rounded. */
  readonly roundedFrom: string | null;
  /** Where a fault of this field is; without one, where the settings are. */
  readonly place: (field?: string) => Place;
  /** Where this id of `approverIds` is, which was read in another order. */
  readonly placeOfApprover: (id: string) => Place;
}

export interface Place {
  readonly field: string;
  readonly at: Position;
}

/** One role of a file. `Extra`: what else the file says of it. */
export interface SettingsEntry<Extra = object> extends WrittenSettings {
  readonly kind: RoleKind;
  readonly role: string;
  readonly roleId: string | null;
  readonly scope: string;
  readonly extra: Extra;
}

export type SettingsReading<Extra = object> =
  | { readonly ok: true; readonly form: 'settings'; readonly settings: WrittenSettings }
  | { readonly ok: true; readonly form: 'roles'; readonly entries: readonly SettingsEntry<Extra>[] }
  | { readonly ok: false; readonly faults: readonly SettingsFault[] };

const nothingMore = z.object({});

/** Of a text that may be either. */
export function parseSettings(text: string): SettingsReading {
  const read = readJsonText(text);
  if (!read.ok) return read;
  return isFile(read.json.value) ? readRoles(read.json, nothingMore) : readOne(read.json);
}

/** Of a file of roles. `extra` has the further members that an entry may have there, all of them optional or not as it says. */
export function parseSettingsFile<Shape extends z.ZodRawShape>(text: string, extra: z.ZodObject<Shape>): SettingsReading<z.output<z.ZodObject<Shape>>> {
  const read = readJsonText(text);
  return read.ok ? readRoles(read.json, extra) : read;
}

function isFile(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'roles' in value;
}

function readOne(json: JsonText): SettingsReading {
  const parsed = settingsSchema.safeParse(json.value);
  if (!parsed.success) return { ok: false, faults: faultsOf(json, parsed.error, { path: [], known: Object.keys(settingsSchema.shape) }) };
  return { ok: true, form: 'settings', settings: written(json, [], parsed.data) };
}

const file = z.strictObject({ $schema: z.string().optional(), roles: z.array(z.unknown()) });

function readRoles<Shape extends z.ZodRawShape>(json: JsonText, extra: z.ZodObject<Shape>): SettingsReading<z.output<z.ZodObject<Shape>>> {
  const parsed = file.safeParse(json.value);
  if (!parsed.success) return { ok: false, faults: faultsOf(json, parsed.error, { path: [], known: ['roles'] }) };
  const readings = parsed.data.roles.map((entry, index) => readEntry(json, ['roles', index], entry, extra));
  const entries = readings.flatMap((reading) => (reading.ok ? [reading.entry] : []));
  const faults = [...readings.flatMap((reading) => (reading.ok ? [] : reading.faults)), ...duplicates(entries)];
  return faults.length > 0 ? { ok: false, faults } : { ok: true, form: 'roles', entries };
}

type EntryReading<Extra> = { readonly ok: true; readonly entry: SettingsEntry<Extra> } | { readonly ok: false; readonly faults: readonly SettingsFault[] };

function readEntry<Shape extends z.ZodRawShape>(
  json: JsonText, path: JsonPath, value: unknown, extra: z.ZodObject<Shape>,
): EntryReading<z.output<z.ZodObject<Shape>>> {
  const [more, own] = split(value, new Set(Object.keys(extra.shape)));
  const known = [...Object.keys(entrySchema.shape), ...Object.keys(extra.shape)];
  const [entry, additions] = [entrySchema.safeParse(own), extra.safeParse(more)];
  if (entry.success && additions.success) {
    const { kind, role, roleId = null, scope, settings } = entry.data;
    return { ok: true, entry: { kind, role, roleId, scope, ...written(json, [...path, 'settings'], settings), extra: additions.data } };
  }
  return { ok: false, faults: [entry.error, additions.error].flatMap((error) => (error === undefined ? [] : faultsOf(json, error, { path, known }))) };
}

/** Members of these names, and all the others; what is no object stays what it is. */
function split(value: unknown, names: ReadonlySet<string>): readonly [unknown, unknown] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{}, value];
  const members = Object.entries(value);
  return [Object.fromEntries(members.filter(([name]) => names.has(name))), Object.fromEntries(members.filter(([name]) => !names.has(name)))];
}

function written(json: JsonText, path: JsonPath, given: z.infer<typeof settingsSchema>): WrittenSettings {
  const { id, isMfaOnElevationConfigurable, lastGlobalAdmin, minElevationDuration, maxElavationDuration, maxElevationDuration, ...settings } = given;
  const maximum = maxElavationDuration ?? maxElevationDuration;
  const asGiven = z.object({ elevationDuration: z.string() }).safeParse(valueAt(json.value, path)).data?.elevationDuration ?? null;
  return {
    change: roundSettings(withoutAbsent(settings)),
    readOnly: withoutAbsent({ id, isMfaOnElevationConfigurable, lastGlobalAdmin, minElevationDuration, maxElavationDuration: maximum }),
    roundedFrom: asGiven !== null && minutesOfPolicy(asGiven) !== minutesOfPolicy(settings.elevationDuration ?? '') ? asGiven : null,
    place: (field) => placeAt(json, field === undefined ? path : [...path, field]),
    placeOfApprover: (id) => placeAt(json, [...path, 'approverIds', (settings.approverIds ?? []).findIndex((one) => one.toLowerCase() === id.toLowerCase())]),
  };
}

function placeAt(json: JsonText, path: JsonPath): Place {
  return { field: fieldName(path), at: json.positionOf(path) };
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

function withoutAbsent<T extends object>(members: T): Present<T> {
  const present: Present<T> = { ...members };
  for (const [name, value] of Object.entries(members)) if (value === undefined) Reflect.deleteProperty(present, name);
  return present;
}

function valueAt(value: unknown, path: JsonPath): unknown {
  return path.reduce<unknown>((holder, part) => (typeof holder === 'object' && holder !== null ? Reflect.get(holder, part) : undefined), value);
}

function duplicates(entries: readonly SettingsEntry<unknown>[]): readonly SettingsFault[] {
  const seen = new Set<string>();
  return entries.flatMap(({ kind, role, roleId, scope, place }) => {
    const key = [kind, scopeKey(scope), lastSegment(roleId ?? role).toLowerCase()].join(' ');
    const again = seen.has(key);
    seen.add(key);
    return again ? [{ ...place(), reason: { code: 'duplicateRole' } as const }] : [];
  });
}

interface Where {
  readonly path: JsonPath;
  readonly known: readonly string[];
}

function faultsOf(json: JsonText, error: z.ZodError, where: Where): readonly SettingsFault[] {
  const faults = error.issues.flatMap((issue) => {
    const path = [...where.path, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
    if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => faultAt(json, [...path, name], unknownField(name, path, where)));
    return [faultAt(json, path, reasonOf(json, issue, path))];
  });
  return faults.toSorted(inTextOrder);
}

export function inTextOrder(a: Place, b: Place): number {
  return a.at.line - b.at.line || a.at.column - b.at.column;
}

function faultAt(json: JsonText, path: JsonPath, reason: SettingsFaultReason): SettingsFault & Place {
  return { ...placeAt(json, path), reason };
}

function unknownField(name: string, path: JsonPath, where: Where): SettingsFaultReason {
  const known = path.at(-1) === 'settings' ? Object.keys(settingsSchema.shape) : where.known;
  return { code: 'unknownField', name, nearest: nearestOf(name, known), known };
}

function reasonOf(json: JsonText, issue: z.core.$ZodIssue, path: JsonPath): SettingsFaultReason {
  if (!json.has(path)) return { code: 'missingField', name: String(path.at(-1)) };
  if (issue.code === 'custom') return reasonParams.safeParse(issue.params).data?.reason ?? { code: 'text', message: issue.message };
  if (issue.code === 'invalid_type') return { code: 'wrongType', expected: typeNames[issue.expected] ?? issue.expected, found: JSON.stringify(valueAt(json.value, path)).slice(0, 60) };
  if (issue.code === 'invalid_value') return { code: 'notOneOf', values: issue.values.map(String) };
  return { code: 'text', message: issue.message };
}

const typeNames: Readonly<Partial<Record<string, string>>> = { boolean: 'true or false', string: 'a text', array: 'a list', object: 'an object', number: 'a number', int: 'a whole number', record: 'an object' };
