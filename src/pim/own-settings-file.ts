/**
 * `env/role-settings.json`: the file form of role settings (`settings/parse-settings-file.ts`), with what only the bot knows
 * of a role: how many have to approve, how a ticket has to look, and whom to ask when nobody answers.
 */
import { z } from 'zod';
import { isGuid } from './guid.ts';
import type { Scope } from './model.ts';
import type { OwnEntry, TicketRule } from './own-settings.ts';
import { parseScope } from './scope.ts';
import { readElevationDuration } from './settings/elevation-duration.ts';
import { parseSettingsFile } from './settings/parse-settings-file.ts';
import type { SettingsEntry } from './settings/parse-settings-file.ts';
import { lacksApprovers } from './settings/privileged-role-settings.ts';
import { faultInWords, type SettingsFault } from './settings/settings-fault.ts';

const mostApprovals = 5;

const ticketRule = z.strictObject({
  system: z.string().trim().min(1, { error: 'must name the ticket system' }),
  pattern: z.string().refine(isPattern, { error: 'must be a regular expression, such as "INC\\\\d+"' }),
  link: z.string().refine(isLink, { error: 'must be an https address with {number} in it' }).optional(),
});

const objectId = z.string().refine(isGuid, { error: 'must be the object id of a user or group, a GUID' });

const extras = z.object({
  approvalsRequired: z.int({ error: 'must be a whole number from 1 to 5' }).min(1, { error: 'must be 1 to 5' }).max(mostApprovals, { error: 'must be 1 to 5' }).optional(),
  tickets: z.array(ticketRule).optional(),
  escalateTo: z.array(objectId).optional(),
});

export type OwnSettingsReading =
  | { readonly ok: true; readonly entries: readonly OwnEntry[] }
  /** One sentence each, with the line and the field. */
  | { readonly ok: false; readonly faults: readonly string[] };

export function readOwnSettings(text: string): OwnSettingsReading {
  const read = parseSettingsFile(text, extras);
  if (!read.ok) return { ok: false, faults: read.faults.map((fault) => faultInWords(unquoted(fault))) };
  if (read.form !== 'roles') return { ok: false, faults: ['line 1, column 1: "roles" is missing.'] };
  const faults = read.entries.filter(({ change }) => lacksApprovers(change)).map(({ place }) => faultInWords({ ...place('approvalOnElevation'), reason: { code: 'approversMissing' } }));
  faults.push(...read.entries.filter(({ change }) => change.approverIds !== undefined && change.approvalOnElevation !== true)
    .map(({ place }) => faultInWords({ ...place('approverIds'), reason: { code: 'text', message: 'approverIds has no effect without "approvalOnElevation": true. Add it, or remove the list.' } })));
  return faults.length > 0 ? { ok: false, faults } : { ok: true, entries: read.entries.map(entryOf) };
}

function entryOf({ kind, role, roleId, scope, change, extra }: SettingsEntry<z.output<typeof extras>>): OwnEntry {
  const longest = change.elevationDuration === undefined ? null : readElevationDuration(change.elevationDuration);
  return {
    role: roleId ?? role,
    scope: scopeOf(kind, scope),
    maximumMinutes: longest?.ok === true ? longest.minutes : null,
    ticketRequired: change.ticketingInfoOnElevation ?? false,
    mfaRequired: change.mfaOnElevation ?? false,
    notifiesAdministrators: change.notificationToUserOnElevation ?? false,
    approverIds: change.approvalOnElevation === true ? change.approverIds ?? [] : null,
    approvalsRequired: extra.approvalsRequired ?? 1,
    tickets: (extra.tickets ?? []).map(({ system, pattern, link }): TicketRule => ({ system, pattern, link: link ?? null })),
    escalateTo: extra.escalateTo ?? [],
  };
}

/** The parser has seen to it that it is one. */
function scopeOf(kind: SettingsEntry['kind'], id: string): Scope {
  switch (kind) {
    case 'azure': return parseScope(id) ?? { id, name: id, type: 'resource' };
    case 'entra': return { id, name: id, type: id === '/' ? 'directory' : 'administrativeUnit' };
    case 'group': return { id, name: id, type: 'group' };
  }
}

/** By itself: `a)|(b` is one only between the brackets that it is put into, and would then match a part of a number. */
function isPattern(source: string): boolean {
  try {
    return source !== '' && new RegExp(source, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

function isLink(link: string): boolean {
  return link.includes('{number}') && URL.canParse(link) && new URL(link).protocol === 'https:' && new URL(link).username === '';
}

/** What stands in a text that is no JSON is not quoted: it may be no settings file at all, but somebody's secret (promise 17). */
function unquoted(fault: SettingsFault): SettingsFault {
  const { reason } = fault;
  return reason.code === 'notJson' && reason.found !== null ? { ...fault, reason: { ...reason, found: 'something else' } } : fault;
}
