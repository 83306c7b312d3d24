import { distinctById } from '../../pim/distinct-by-id.ts';
import { PimError } from '../../pim/errors.ts';
import { isRefusal, readGoverningSettings } from '../../pim/governing-settings.ts';
import { orPimError } from '../../pim/or-pim-error.ts';
import { kindOf } from '../../pim/scope.ts';
import type { Approver, Person, RoleSettings } from '../../pim/model.ts';
import { unreadSettings, type BoundSettings } from '../../pim/own-settings.ts';
import type { ActivationState } from '../../pim/activation-status.ts';
import type { ExpandedApprovers, UnreadableApprover } from '../../pim/pim.ts';
import type { Activation } from '../../store/activations.ts';
import { listAskedApprovers } from '../../store/approvals.ts';
import type { BotParts } from '../parts.ts';
import type { Actor } from '../turn.ts';

/** Who may decide on a request now, and how many of them it takes. */
export interface CurrentRequirement {
  /** Without the requester, who never decides on their own request (promise 8). */
  readonly people: readonly Person[];
  readonly count: number;
  /** Entries of the list that count nobody, because they could not be read. */
  readonly unreadable: readonly UnreadableApprover[];
  /** Whether this is everybody who may decide, as far as anybody can say. */
  readonly isWhole: boolean;
  /** Of what PIM keeps: the bot may not read who decides, now or later, so only PIM can say. */
  readonly onlyPimKnows: boolean;
}

export interface CurrentApprovers {
  readonly heldBy: BoundSettings['heldBy'];
  readonly requirements: readonly CurrentRequirement[];
}

/**
 * Settings and groups are read anew whenever somebody decides, so that only a current approver counts (promise 9). What
 * cannot be read counts nobody.
 */
export async function readCurrentApprovers(parts: BotParts, activation: Activation): Promise<CurrentApprovers> {
  const { settings, isRecalled } = await readAtPim(parts, activation);
  const bound = await bindAsHeld(parts, activation, settings);
  const heldBy = bound?.heldBy ?? null;
  const askedSince = await listEscalated(parts, activation);
  const requirements = await Promise.all((bound?.requirements ?? []).map(async ({ approvers, count, escalateTo }): Promise<CurrentRequirement> => {
    const [list, escalated] = await Promise.all([parts.pimReader.expandApprovers(approvers), expandEscalated(parts, escalateTo, askedSince)]);
    const unreadable = [...list.unreadable, ...escalated.unreadable];
    const isUnread = approvers.length === 0 || (isRecalled && heldBy === 'pim');
    const onlyPimKnows = heldBy === 'pim' && (isUnread || (unreadable.length > 0 && unreadable.every(({ passing }) => !passing)));
    const deciding = distinctById([...list.people, ...escalated.people]).filter(({ id }) => id.toLowerCase() !== activation.person.id);
    return { people: deciding, count, unreadable, isWhole: !isUnread && unreadable.length === 0, onlyPimKnows };
  }));
  return { heldBy, requirements };
}

/** Of a request that we keep, those who were asked because nobody answered decide like the approvers for whom our settings name them. */
async function expandEscalated({ pimReader }: BotParts, escalateTo: readonly Approver[], askedSince: ReadonlySet<string>): Promise<ExpandedApprovers> {
  if (escalateTo.length === 0 || askedSince.size === 0) return { people: [], unreadable: [] };
  const { people, unreadable } = await pimReader.expandApprovers(escalateTo);
  return { people: people.filter(({ id }) => askedSince.has(id.toLowerCase())), unreadable };
}

async function listEscalated({ store: { db } }: BotParts, { requestId }: Activation): Promise<ReadonlySet<string>> {
  return new Set((await listAskedApprovers(db, requestId)).filter(({ escalated }) => escalated).map(({ approver }) => approver.id.toLowerCase()));
}

/** What the bot has read may be some minutes old, or nothing: PIM's word of somebody counts. */
export function withPerson(approvers: CurrentApprovers, { id, name }: Actor): CurrentApprovers {
  const person = { id, name, userPrincipalName: '' };
  return { ...approvers, requirements: approvers.requirements.map((one) => ({ ...one, people: distinctById([...one.people, person]) })) };
}

export function isCurrentApprover({ requirements }: CurrentApprovers, personId: string): boolean {
  return requirements.some(({ people }) => people.some(({ id }) => id.toLowerCase() === personId.toLowerCase()));
}

/**
 * Somebody whom nobody has found among the approvers may be on a list that could not be read.
 * @throws {PimError} `unavailable`
 */
export function requireReadable({ requirements }: CurrentApprovers): void {
  if (requirements.some(({ unreadable }) => unreadable.length > 0)) throw new PimError('unavailable', 'a list of approvers could not be read');
}

/**
 * Whether somebody who was found among the approvers a while ago is one still, so that a card goes to nobody else.
 *
 * @returns `null`: nobody can say
 */
export function isStillApprover(approvers: CurrentApprovers, personId: string): boolean | null {
  if (isCurrentApprover(approvers, personId)) return true;
  return approvers.requirements.every(({ isWhole }) => isWhole) ? false : null;
}

/**
 * How far a request has come: somebody who is on two lists counts for both, and in each once. Of a list of PIM's that the
 * bot may not read whoever has approved counts, because PIM was asked about each of them.
 */
export function approvalProgress({ requirements }: CurrentApprovers, given: readonly string[]): { readonly given: number; readonly needed: number } {
  const approved = new Set(given.map((id) => id.toLowerCase()));
  const counts = requirements.map(({ people, count, onlyPimKnows }) => {
    const counted = onlyPimKnows ? approved.size : distinctById(people).filter(({ id }) => approved.has(id.toLowerCase())).length;
    return { count, given: Math.min(count, counted) };
  });
  return { given: sumOf(counts, 'given'), needed: sumOf(counts, 'count') };
}

function sumOf<K extends string>(counts: readonly Readonly<Record<K, number>>[], key: K): number {
  return counts.reduce((sum, entry) => sum + entry[key], 0);
}

/** The role's settings and ours as they are now; where the bot may not read PIM's, as they were when the form was made. */
export async function presentSettings(parts: BotParts, activation: Activation): Promise<BoundSettings | null> {
  return bindAsHeld(parts, activation, await presentAtPim(parts, activation));
}

/** Whoever keeps a request asks for its approval, whatever PIM's settings said or say by now: they may be unread, or changed since. */
export async function bindAsHeld({ ownLayer }: BotParts, activation: Activation, settings: RoleSettings | null): Promise<BoundSettings | null> {
  return ownLayer.bind(settingsAsHeld(activation.state, settings), activation);
}

function settingsAsHeld(state: ActivationState, settings: RoleSettings | null): RoleSettings | null {
  if (state === 'pending') return { ...(settings ?? unreadSettings), approvalRequired: true };
  if ((state === 'held' || state === 'approved') && settings !== null) return { ...settings, approvalRequired: false, approvers: [] };
  return settings;
}

/** The same of PIM alone. */
export async function presentAtPim(parts: BotParts, activation: Activation): Promise<RoleSettings | null> {
  return (await readAtPim(parts, activation)).settings;
}

interface ReadSettings {
  readonly settings: RoleSettings | null;
  /** In part or whole they are those of the form. */
  readonly isRecalled: boolean;
}

/** The form's settings are those of all scopes that count: they stand for one that only the requester may read. */
async function readAtPim(parts: BotParts, activation: Activation): Promise<ReadSettings> {
  let isRecalled = false;
  const recall = (error: unknown): RoleSettings => {
    if (!isRefusal(error) || activation.settings === null) throw error;
    isRecalled = true;
    return activation.settings;
  };
  try {
    const settings = await readGoverningSettings(activation, (role, scope) => parts.pimReader.readRoleSettings(role, scope).catch(recall));
    return { settings: await withDefaultApprovers(parts, activation, settings), isRecalled };
  } catch (error) {
    if (isRefusal(error)) return { settings: null, isRecalled };
    throw error;
  }
}

/**
 * Of a directory role that names no approvers, those who manage directory roles decide.
 * https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-how-to-change-default-settings
 */
async function withDefaultApprovers({ pimReader }: BotParts, { scope }: Activation, settings: RoleSettings): Promise<RoleSettings> {
  if (!settings.approvalRequired || settings.approvers.length > 0 || kindOf(scope) !== 'entra') return settings;
  const administrators = await orPimError(pimReader.listAdministrators(scope));
  return administrators instanceof PimError ? settings : { ...settings, approvers: administrators };
}
