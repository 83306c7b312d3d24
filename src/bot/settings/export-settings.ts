import { fileConsentCard } from '../../cards/file-cards.ts';
import { noticeCard } from '../../cards/notice.ts';
import { settingsExportCard } from '../../cards/settings-export.ts';
import type { ExportedSettings } from '../../cards/settings-export.ts';
import type { Listing, Scope } from '../../pim/model.ts';
import type { PimUser } from '../../pim/pim.ts';
import { scopeKey } from '../../pim/scope.ts';
import { isChanged } from '../../pim/settings/pim-settings.ts';
import { printSettingsFile } from '../../pim/settings/print-settings-file.ts';
import type { RolePolicy } from '../../pim/settings/role-policy.ts';
import { askWhich } from '../assignments/ask-which.ts';
import { scopeOf, type Found } from '../assignments/find-target.ts';
import { keepInquiry, ownInquiry, type Chosen } from '../assignments/inquiry.ts';
import type { SettingsCommand } from '../commands/command.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';

export interface AskedExport {
  readonly command: Extract<SettingsCommand, { name: 'settingsExport' }>;
  readonly chosen: Chosen;
}

const fileName = 'role-settings.json';

/**
 * `settings export [on <scope>]`: the settings of every role that the person may read. The file is offered and nothing of it
 * is kept: when the person agrees, it is read anew, with their own token, for what is kept here.
 */
export async function exportSettings(parts: BotParts, turn: Turn, pim: PimUser, { command, chosen }: AskedExport): Promise<Reply> {
  const scope = await scopeAsked(pim, { command, chosen });
  if ('question' in scope) return askWhich(parts, turn, { command, chosen, question: scope.question });
  const listing = await readSettingsAt(pim, scope.found);
  if (listing.items.length === 0) return nothingRead(parts, turn, listing);
  const inquiryId = await keepInquiry(parts, turn, { command, chosen: scope.found === null ? {} : { scope: scope.found }, question: null });
  return { card: exportCard(parts, turn, listing), file: consentCard(turn, inquiryId, listing.items) };
}

/** The same again: a sign-in has come between the offer and the file, and the place that Teams had made for it is not kept. */
export async function exportAgain(parts: BotParts, turn: Turn, inquiryId: string): Promise<Reply> {
  const asked = await ownExport(parts, turn, inquiryId);
  return 'card' in asked ? asked : exportSettings(parts, turn, await parts.signIn.pimOf(turn.actor.id), asked);
}

/** What this person has asked for; else the card that says why it cannot go on. */
export async function ownExport(parts: BotParts, turn: Turn, inquiryId: string): Promise<AskedExport | Reply> {
  const inquiry = await ownInquiry(parts, turn, inquiryId);
  if (inquiry === 'notYours') return { card: noticeCard(turn.reader, { key: 'notYourCard' }) };
  if (inquiry === 'gone' || inquiry.command.name !== 'settingsExport') return { card: noticeCard(turn.reader, { key: 'outOfDate' }) };
  return { command: inquiry.command, chosen: inquiry.chosen };
}

/** `scope` `null`: wherever the person may look. */
export function readSettingsAt(pim: PimUser, scope: Scope | null): Promise<Listing<RolePolicy>> {
  return pim.settings.list(scope === null ? {} : { scopes: [scope] });
}

/** There is no file of nothing; what could not be read is named. */
export function nothingRead(parts: BotParts, turn: Turn, listing: Listing<RolePolicy>): Reply {
  return { card: listing.gaps.length === 0 ? noticeCard(turn.reader, { key: 'settingsNoneToExport' }) : exportCard(parts, turn, listing) };
}

export function consentCard(turn: Turn, inquiryId: string, policies: readonly RolePolicy[]): ReturnType<typeof fileConsentCard> {
  return fileConsentCard(turn.reader, { name: fileName, bytes: Buffer.byteLength(printSettingsFile(policies)), roles: policies.length, inquiryId });
}

function exportCard({ consentUrl }: BotParts, turn: Turn, { items, gaps }: Listing<RolePolicy>): ReturnType<typeof settingsExportCard> {
  const changed = items.filter(isChanged);
  return settingsExportCard(turn.reader, {
    json: printSettingsFile(items), changed: changed.length === 0 ? null : { json: printSettingsFile(changed), count: changed.length }, scopes: countsByScope(items), gaps, consentUrl,
  });
}

/** `null`: wherever the person may look. */
async function scopeAsked(pim: PimUser, { command: { scope: words }, chosen: { scope } }: AskedExport): Promise<Found<Scope | null>> {
  if (scope !== undefined && scope !== 'everywhere') return { found: scope };
  return words === '' ? { found: null } : scopeOf(pim.assignments, { scope: words, ofGroup: false });
}

function countsByScope(policies: readonly RolePolicy[]): ExportedSettings['scopes'] {
  return [...Map.groupBy(policies, ({ scope }) => scopeKey(scope.id)).values()].flatMap(([first, ...others]) => (first === undefined ? [] : [{ scope: first.scope, count: 1 + others.length }]));
}
