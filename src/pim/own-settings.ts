/**
 * The bot's own, stricter layer of role settings (`env/role-settings.json`). It can only tighten: what an entry asks for
 * is added to what PIM asks for, at the entry's scope and everywhere below it, and of several the strictest counts.
 * PIM itself knows nothing of it, so it binds whoever activates through the bot, and not the portal.
 */
import { distinctById } from './distinct-by-id.ts';
import { isGuid } from './guid.ts';
import type { Approver, Role, RoleSettings, Scope, Ticket } from './model.ts';
import { isBelow, kindOf, lastSegment, sameScope } from './scope.ts';
import { longestElevationMinutes } from './settings/elevation-duration.ts';

/** What one entry asks for, of one role at one scope and below. A member that the file leaves out is `null`, `false` or empty. */
export interface OwnEntry {
  /** A role's name, or the id of its definition. */
  readonly role: string;
  readonly scope: Scope;
  /** Longest activation in whole minutes. */
  readonly maximumMinutes: number | null;
  readonly ticketRequired: boolean;
  readonly mfaRequired: boolean;
  readonly notifiesAdministrators: boolean;
  /** Whose approval it takes; `null`: nobody's. */
  readonly approverIds: readonly string[] | null;
  /** How many of them have to approve, 1 to 5; also where PIM asks for approval. */
  readonly approvalsRequired: number;
  readonly tickets: readonly TicketRule[];
  readonly escalateTo: readonly string[];
}

/** How a ticket of one system has to look. */
export interface TicketRule {
  readonly system: string;
  /** Source of a regular expression that the whole number has to match. */
  readonly pattern: string;
  /** https address of a ticket, with `{number}` where its number goes; `null`: there is none. */
  readonly link: string | null;
}

/** One list of approvers, and how many different ones of them have to approve. */
export interface ApprovalRequirement {
  readonly approvers: readonly Approver[];
  readonly count: number;
  /** Who stands in for them, and for nobody of another list, once they have not answered. */
  readonly escalateTo: readonly Approver[];
}

/** PIM's settings of a role and ours, as one. */
export interface BoundSettings extends RoleSettings {
  /** Nobody may read PIM's settings: only ours are known, and PIM judges by its own. */
  readonly pimUnread: boolean;
  /** Who asks for approval. `bot`: PIM does not, so we keep the request until its approvers have decided. */
  readonly heldBy: 'pim' | 'bot' | null;
  /** Entries of ours ask for approval, whether PIM does or not. */
  readonly asksApproval: boolean;
  /** Each of them has to be met. */
  readonly requirements: readonly ApprovalRequirement[];
  /** We ask for multi-factor authentication, whatever PIM does. */
  readonly ownMfa: boolean;
  /** One list for each entry that has one: a ticket has to meet each list, by one of its rules. */
  readonly ticketLists: readonly (readonly TicketRule[])[];
  /** Everybody whom an entry names for a request that nobody answers; who of them may decide, `requirements` says. */
  readonly escalateTo: readonly Approver[];
}

/** Which subscriptions and management groups lie below a management group, as lower-case scope ids; `null`: nobody can say. */
export type Descendants = (managementGroup: Scope) => Promise<ReadonlySet<string> | null>;

/**
 * The entries that bind a role at a scope. Where nobody can say whether a scope lies below an entry's management group,
 * the entry binds it: an unreadable hierarchy must not open a way around.
 */
export async function entriesFor(entries: readonly OwnEntry[], { role, scope }: { readonly role: Role; readonly scope: Scope }, descendants: Descendants): Promise<readonly OwnEntry[]> {
  const ofRole = entries.filter((entry) => kindOf(entry.scope) === kindOf(scope) && isRole(entry.role, role));
  const binding = await Promise.all(ofRole.map((entry) => binds(entry.scope, scope, descendants)));
  return ofRole.filter((_, index) => binding[index]);
}

/** A role whose name PIM has not told (its id stands in its place) may be any that an entry names: the entry binds it, too. */
function isRole(named: string, { definitionId, name }: Role): boolean {
  const ownId = lastSegment(definitionId).toLowerCase();
  const namedId = lastSegment(named).toLowerCase();
  if (isGuid(namedId)) return namedId === ownId;
  const isUntold = isGuid(ownId) && lastSegment(name).toLowerCase() === ownId;
  return isUntold || [name, definitionId].some((known) => known.trim().toLowerCase() === named.trim().toLowerCase());
}

async function binds(bound: Scope, scope: Scope, descendants: Descendants): Promise<boolean> {
  if (bound.type === 'directory' || sameScope(bound.id, scope.id) || isBelow(scope.id, bound.id)) return true;
  if (bound.type !== 'managementGroup') return false;
  const below = await descendants(bound);
  return below === null || below.has(topOf(scope).toLowerCase());
}

/** What a management group has in its list: a subscription, or another management group. A resource may lie in either. */
function topOf({ id }: Scope): string {
  return id.replace(/(\/(?:subscriptions|providers\/Microsoft\.Management\/managementGroups)\/[^/]+).*/i, '$1');
}

/** PIM's settings where nobody may read them: as loose as PIM lets a role be, so that only our own bind. */
export const unreadSettings: RoleSettings = {
  maximumMinutes: longestElevationMinutes,
  justificationRequired: false,
  ticketRequired: false,
  mfaRequired: false,
  authenticationContext: null,
  approvalRequired: false,
  approvers: [],
  approverJustificationRequired: false,
  notifiesAdministrators: false,
};

/**
 * PIM's settings, held to the entries that bind the role at its scope. Never looser than PIM's (promise 30).
 *
 * Where PIM asks for approval its own approvers decide, because nobody else can; of ours the number counts. Where only
 * entries do, each entry's list is a requirement of its own.
 */
export function tighten(pim: RoleSettings | null, entries: readonly OwnEntry[]): BoundSettings {
  const settings = pim ?? unreadSettings;
  const requirements = requirementsOf(settings, entries);
  return {
    ...settings,
    pimUnread: pim === null,
    maximumMinutes: Math.min(settings.maximumMinutes, ...entries.flatMap(({ maximumMinutes }) => maximumMinutes ?? [])),
    ticketRequired: settings.ticketRequired || entries.some(({ ticketRequired, tickets }) => ticketRequired || tickets.length > 0),
    mfaRequired: settings.mfaRequired || entries.some(({ mfaRequired }) => mfaRequired),
    ownMfa: entries.some(({ mfaRequired }) => mfaRequired),
    notifiesAdministrators: settings.notifiesAdministrators || entries.some(({ notifiesAdministrators }) => notifiesAdministrators),
    approvalRequired: requirements.length > 0,
    approvers: distinctById(requirements.flatMap(({ approvers }) => approvers)),
    heldBy: settings.approvalRequired ? 'pim' : requirements.length > 0 ? 'bot' : null,
    asksApproval: entries.some(({ approverIds }) => approverIds !== null),
    requirements,
    ticketLists: entries.flatMap(({ tickets }) => (tickets.length === 0 ? [] : [tickets])),
    escalateTo: ownApprovers(entries.flatMap(({ escalateTo }) => escalateTo)),
  };
}

function requirementsOf(pim: RoleSettings, entries: readonly OwnEntry[]): readonly ApprovalRequirement[] {
  const most = (counted: readonly OwnEntry[]): number => Math.max(1, ...counted.map(({ approvalsRequired }) => approvalsRequired));
  if (pim.approvalRequired) return [{ approvers: pim.approvers, count: most(entries), escalateTo: [] }];
  // A number without a list is about every list; one with a list is about that list.
  const ofAll = most(entries.filter(({ approverIds }) => approverIds === null));
  return entries.flatMap(({ approverIds, approvalsRequired, escalateTo }) => (approverIds === null ? [] : [{
    approvers: ownApprovers(approverIds), count: Math.max(ofAll, approvalsRequired), escalateTo: ownApprovers(escalateTo),
  }]));
}

/** How many approvals it takes: somebody who is on two lists counts for both. */
export function approvalsNeeded(requirements: readonly Pick<ApprovalRequirement, 'count'>[]): number {
  return requirements.reduce((sum, { count }) => sum + count, 0);
}

/** The file has ids alone: the directory says later what they are. */
function ownApprovers(ids: readonly string[]): readonly Approver[] {
  return distinctById(ids.map((id) => ({ id, kind: 'unknown', name: id })));
}

/** Whether a ticket is one that every list knows. */
export function meetsTicketRules(lists: readonly (readonly TicketRule[])[], { number, system }: Ticket): boolean {
  return lists.every((rules) => rules.some((rule) => isOfSystem(rule, system) && new RegExp(`^(?:${rule.pattern})$`, 'u').test(number.trim())));
}

/** What tickets have to look like, for the eye: `ServiceNow: INC\d+`. */
export function ticketForms(lists: readonly (readonly TicketRule[])[]): string {
  return [...new Set(lists.flat().map(({ system, pattern }) => `${system}: ${pattern}`))].join('; ');
}

/** Where a ticket can be read; `null` where no rule says so. */
export function ticketLink(lists: readonly (readonly TicketRule[])[], { number, system }: Ticket): string | null {
  const link = lists.flat().find((rule) => rule.link !== null && isOfSystem(rule, system))?.link ?? null;
  return link === null ? null : link.replaceAll('{number}', encodeURIComponent(number.trim()));
}

function isOfSystem(rule: TicketRule, system: string): boolean {
  return rule.system.trim().toLowerCase() === system.trim().toLowerCase();
}
