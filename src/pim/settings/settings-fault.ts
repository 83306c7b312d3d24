/** What is wrong with settings that somebody has written, where, and in words. */
import { elevationDurationRange } from './elevation-duration.ts';
import type { ElevationDurationFault } from './elevation-duration.ts';

/** Counted from 1, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** `text`: a message of its own, for members that a particular file adds. */
export type SettingsFaultReason =
  | { readonly code: 'notJson'; readonly found: string | null; readonly expected: JsonExpected }
  | { readonly code: 'tooDeep' }
  | { readonly code: 'duplicateMember'; readonly name: string }
  | { readonly code: 'unknownField'; readonly name: string; readonly nearest: string | null; readonly known: readonly string[] }
  | { readonly code: 'missingField'; readonly name: string }
  | { readonly code: 'wrongType'; readonly expected: string; readonly found: string }
  | { readonly code: 'notOneOf'; readonly values: readonly string[] }
  | { readonly code: ElevationDurationFault; readonly found: string }
  | { readonly code: 'notAnObjectId'; readonly found: string }
  | { readonly code: 'duplicateApprover'; readonly id: string }
  | { readonly code: 'notAScope'; readonly found: string; readonly kind: 'azure' | 'entra' | 'group' }
  | { readonly code: 'duplicateRole' }
  | { readonly code: 'approversMissing' }
  | { readonly code: 'approverUnknown'; readonly id: string }
  | { readonly code: 'mfaLocked' }
  | { readonly code: 'mfaAgainstContext'; readonly claimValue: string | null }
  | { readonly code: 'text'; readonly message: string };

export type JsonExpected = 'value' | 'name' | 'colon' | 'comma' | 'closingBrace' | 'closingBracket' | 'quotation' | 'end' | 'other';

export interface SettingsFault {
  /** Path of the field, such as `roles[2].settings.approverIds[0]`; empty for the whole text. */
  readonly field: string;
  /** `null`: it was not read from a text. */
  readonly at: Position | null;
  readonly reason: SettingsFaultReason;
}

/** One sentence in English, with the line and the field, for whoever edits the file. */
export function faultInWords({ field, at, reason }: SettingsFault): string {
  const place = [...(at === null ? [] : [`line ${at.line}, column ${at.column}`]), ...(field === '' ? [] : [field])].join(', ');
  return place === '' ? reasonInWords(reason) : `${place}: ${reasonInWords(reason)}`;
}

function reasonInWords(reason: SettingsFaultReason): string {
  return isAboutForm(reason) ? formInWords(reason) : meaningInWords(reason);
}

const aboutForm = ['notJson', 'tooDeep', 'duplicateMember', 'unknownField', 'missingField', 'wrongType', 'notOneOf', 'text'] as const;
type FormReason = Extract<SettingsFaultReason, { readonly code: (typeof aboutForm)[number] }>;

function isAboutForm(reason: SettingsFaultReason): reason is FormReason {
  return aboutForm.some((code) => code === reason.code);
}

function formInWords(reason: FormReason): string {
  switch (reason.code) {
    case 'notJson': return `this is not JSON: ${expectedInWords[reason.expected]}${reason.found === null ? ', but the text ends' : `, found ${reason.found}`}.`;
    case 'tooDeep': return 'this is nested too deeply for role settings.';
    case 'duplicateMember': return `${reason.name} is given more than once. Keep one.`;
    case 'unknownField': return `there is no field ${reason.name}. ${reason.nearest === null ? `Known are ${reason.known.join(', ')}.` : `Did you mean ${reason.nearest}?`}`;
    case 'missingField': return `${reason.name} is missing.`;
    case 'wrongType': return `this must be ${reason.expected}, found ${reason.found}.`;
    case 'notOneOf': return `this must be ${reason.values.map((value) => JSON.stringify(value)).join(' or ')}.`;
    case 'text': return reason.message;
  }
}

function meaningInWords(reason: Exclude<SettingsFaultReason, FormReason>): string {
  switch (reason.code) {
    case 'notADuration': return `${JSON.stringify(reason.found)} is no ISO 8601 duration. Write for example "PT2H" or "PT1H30M".`;
    case 'otherUnit': return `${JSON.stringify(reason.found)} has other units than days, hours and minutes. Write for example "PT2H" or "P1DT6H".`;
    case 'outOfRange': return elevationDurationRange;
    case 'notAnObjectId': return `${JSON.stringify(reason.found)} is no object id. Write the object id of a user or group, a GUID.`;
    case 'duplicateApprover': return `${reason.id} is named more than once. Keep one.`;
    case 'notAScope': return `${JSON.stringify(reason.found)} is no scope: write ${scopeForms[reason.kind]}.`;
    case 'duplicateRole': return 'this role is already there for this scope. Keep one.';
    case 'approversMissing': return 'approvalOnElevation needs approverIds: name at least one user or group.';
    case 'approverUnknown': return `${reason.id} is no user and no group of the directory.`;
    case 'mfaLocked': return 'MFA cannot be turned off for this role (isMfaOnElevationConfigurable is false).';
    case 'mfaAgainstContext':
      return `MFA cannot be turned on while the role asks for an authentication context${reason.claimValue === null ? '' : ` (${reason.claimValue})`}. Turn that off in PIM first.`;
  }
}

const expectedInWords: Readonly<Record<JsonExpected, string>> = {
  value: 'a value is expected',
  name: 'the name of a field, in double quotation marks, is expected',
  colon: 'a colon is expected',
  comma: 'a comma is expected',
  closingBrace: 'a comma or } is expected',
  closingBracket: 'a comma or ] is expected',
  quotation: 'the closing quotation mark is expected',
  end: 'nothing more is expected',
  other: 'something does not belong here',
};

const scopeForms: Readonly<Record<'azure' | 'entra' | 'group', string>> = {
  azure: 'an Azure path such as "/subscriptions/{id}"',
  entra: '"/" for the directory, or "/administrativeUnits/{id}"',
  group: 'the object id of the group',
};
