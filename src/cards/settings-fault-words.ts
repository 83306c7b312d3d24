import type { PimErrorCode } from '../pim/errors.ts';
import type { Position, SettingsFault, SettingsFaultReason } from '../pim/settings/settings-fault.ts';
import { oneLine } from './plain-text.ts';
import { problemWords } from './problem-words.ts';
import { anyOf, text } from './texts.ts';
import type { Locale, TextKey } from './texts.ts';

/** What only shows when PIM is asked about the roles that settings were written for. */
export type PlaceFaultReason =
  | { readonly code: 'roleUnknown'; readonly role: string; readonly scope: string }
  | { readonly code: 'inherited'; readonly scope: string }
  | { readonly code: 'unread'; readonly why: PimErrorCode };

export interface ShownFault {
  readonly field: string;
  /** `null`: it was not read from a text. */
  readonly at: Position | null;
  readonly reason: SettingsFaultReason | PlaceFaultReason;
}

/** "Line 3, column 5, elevationDuration: …" */
export function faultWords(locale: Locale, { field, at, reason }: ShownFault): string {
  const sentence = reasonWords(locale, reason);
  const place = [
    ...(at === null ? [] : [text(locale, 'settings.fault.place', { line: String(at.line), column: String(at.column) })]),
    ...(field === '' ? [] : [oneLine(field)]),
  ].join(text(locale, 'list.comma'));
  return place === '' ? sentence : text(locale, 'settings.fault.at', { place, sentence });
}

/** Whose sentence needs no more than what the reason carries. */
const plain = [
  'tooDeep', 'duplicateMember', 'missingField', 'notADuration', 'otherUnit', 'outOfRange', 'notAnObjectId', 'duplicateApprover', 'duplicateRole', 'approversMissing',
  'approverUnknown', 'mfaLocked', 'roleUnknown', 'inherited',
] as const satisfies readonly ShownFault['reason']['code'][];
type PlainReason = Extract<ShownFault['reason'], { readonly code: (typeof plain)[number] }>;

function isPlain(reason: ShownFault['reason']): reason is PlainReason {
  return plain.some((code) => code === reason.code);
}

function reasonWords(locale: Locale, reason: ShownFault['reason']): string {
  if (isPlain(reason)) return text(locale, `settings.fault.${reason.code}`, wordsOf(reason));
  switch (reason.code) {
    case 'notJson': return notJsonWords(locale, reason);
    case 'unknownField': return unknownFieldWords(locale, reason);
    case 'wrongType': return text(locale, 'settings.fault.wrongType', { expected: typeWords(locale, reason.expected), found: oneLine(reason.found) });
    case 'notOneOf': return text(locale, 'settings.fault.notOneOf', { values: anyOf(locale, reason.values.map((value) => JSON.stringify(value))) });
    case 'mfaAgainstContext': return text(locale, 'settings.fault.mfaAgainstContext', { claim: oneLine(reason.claimValue ?? '') });
    case 'notAScope': return text(locale, `settings.fault.notAScope.${reason.kind}`, { found: oneLine(reason.found) });
    case 'text': return reason.message;
    case 'unread': return text(locale, 'settings.fault.unread', { why: problemWords(locale, { code: reason.why, rules: [], azureRequestId: null }).what });
  }
}

function unknownFieldWords(locale: Locale, { name, nearest, known }: Extract<SettingsFaultReason, { code: 'unknownField' }>): string {
  return nearest === null
    ? text(locale, 'settings.fault.unknownField', { name: oneLine(name), known: known.join(text(locale, 'list.comma')) })
    : text(locale, 'settings.fault.unknownFieldNear', { name: oneLine(name), nearest });
}

/** What people have written is shown on one line. */
function wordsOf(reason: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(reason).flatMap(([name, value]) => (typeof value === 'string' ? [[name, oneLine(value)]] : [])));
}

function notJsonWords(locale: Locale, { expected, found }: Extract<SettingsFault['reason'], { code: 'notJson' }>): string {
  const what = text(locale, `settings.fault.expected.${expected}`);
  return found === null
    ? text(locale, 'settings.fault.notJsonEnds', { what })
    : text(locale, 'settings.fault.notJson', { what, found: oneLine(found) });
}

const typeKeys: ReadonlyMap<string, TextKey> = new Map([
  ['true or false', 'settings.fault.type.boolean'],
  ['a text', 'settings.fault.type.text'],
  ['a list', 'settings.fault.type.list'],
  ['an object', 'settings.fault.type.object'],
  ['a number', 'settings.fault.type.number'],
  ['a whole number', 'settings.fault.type.number'],
]);

function typeWords(locale: Locale, expected: string): string {
  const key = typeKeys.get(expected);
  return key === undefined ? expected : text(locale, key);
}
