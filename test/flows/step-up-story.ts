import { createHash, X509Certificate } from 'node:crypto';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import type { Seed, SeedSettings } from '../../src/emulator/seed.ts';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import type { Production } from '../helpers/stand-ins/production.ts';
import { inThePortal } from './outside-the-bot.ts';
import { tellPim, typesAndSees } from './production-story.ts';

/** Contributor on a resource group of its own, for which Alex is eligible: each story has a role that no other touches. */
export interface StoryRole {
  readonly group: string;
  readonly authenticationContext?: string;
  readonly mfa?: boolean;
  /** By Megan or Diego. */
  readonly approval?: boolean;
}

const subscription = '/subscriptions/c3e00000-0000-4000-8000-000000000001';
const alexId = 'a1e00000-0000-4000-8000-000000000001';
const opsLeads = 'b2e00000-0000-4000-8000-000000000001';

export function withRoles(roles: readonly StoryRole[]): (seed: Seed) => Seed {
  const scopeOf = ({ group }: StoryRole): string => `${subscription}/resourceGroups/${group}`;
  return (seed) => ({
    ...seed,
    scopes: [...seed.scopes ?? [], ...roles.map((role) => ({ id: scopeOf(role) }))],
    eligible: [...seed.eligible ?? [], ...roles.map((role) => ({ kind: 'azure' as const, principalId: alexId, role: 'Contributor', scope: scopeOf(role) }))],
    settings: [...seed.settings ?? [], ...roles.map((role) => settingsOf(role, scopeOf(role)))],
  });
}

function settingsOf({ authenticationContext, mfa = false, approval = false }: StoryRole, scope: string): SeedSettings {
  const settings = { elevationDuration: 'PT2H', mfaOnElevation: mfa, approvalOnElevation: approval, approverIds: approval ? [opsLeads] : [] };
  return { kind: 'azure', role: 'Contributor', scope, settings, ...(authenticationContext === undefined ? {} : { authenticationContext }) };
}

export interface Asked {
  /** The GUID that was minted with the form. */
  readonly requestId: string;
  /** What the form has become. */
  readonly card: ShownCard;
}

export const whyAsked = 'the deployment hangs';

/** Alex asks for Contributor on this group, up to what the bot answers to the click on Activate. */
export async function asksFor(alex: FakePerson, group: string): Promise<Asked> {
  const form = await typesAndSees(alex, `activate Contributor on ${group}`, (card) => card.verbs.includes('activation.submit'));
  return submits(alex, form);
}

export async function submits(alex: FakePerson, form: ShownCard): Promise<Asked> {
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: whyAsked });
  return { requestId: requestIdOf(form), card: alex.card(form.activityId) };
}

export function requestIdOf({ json }: ShownCard): string {
  return /"requestId":"([\da-f-]{36})"/u.exec(JSON.stringify(json))?.[1] ?? '';
}

/** The step-up page that the card leads to; `null`: to none. */
export function linkIn({ json }: ShownCard): string | null {
  return /"(https:[^"]+\/step-up\/[^"]+)"/u.exec(JSON.stringify(json))?.[1] ?? null;
}

export function linkOf(card: ShownCard): string {
  const link = linkIn(card);
  if (link === null) throw new Error(`the card leads to no step-up page:\n${card.text}`);
  return link;
}

/** The card of this message, once it has this text. */
export function becomes(person: FakePerson, { activityId }: Pick<ShownCard, 'activityId'>, text: string): Promise<ShownCard> {
  return person.waitForCard((card) => card.activityId === activityId && card.has(text));
}

/** The next matching call to PIM is answered with a claims challenge, as Conditional Access and Azure's mandatory MFA send it. */
export function challenges(production: Production, match: { readonly method: string; readonly path: string }, claims: object): Promise<void> {
  const encoded = Buffer.from(JSON.stringify(claims)).toString('base64');
  return tellPim(production, '/emulator/faults', {
    match, times: 1, fault: { status: 401, headers: { 'www-authenticate': `Bearer realm="", error="insufficient_claims", claims="${encoded}"` } },
  });
}

export const activationCall = { method: 'PUT', path: 'roleAssignmentScheduleRequests' };

/** Statuses with which PIM answered whatever would have changed this request, in order. */
export async function sentToPim({ pim }: Production, requestId: string): Promise<readonly (number | undefined)[]> {
  const calls = (await pim.calls()).filter(({ method, path = '' }) => method !== 'GET' && path.includes(requestId));
  return calls.map(({ status }) => status);
}

/** Authentication contexts and methods of everything that Entra has ever given out for PIM. */
export function strengthsGiven({ entra }: Production): readonly { readonly acrs: unknown; readonly amr: unknown }[] {
  return entra.canaries.flatMap((secret) => {
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/u.test(secret)) return [];
    const { aud, acrs, amr } = decodeJwt(secret);
    return aud === 'https://management.azure.com' ? [{ acrs, amr }] : [];
  });
}

/** For Chromium: the public names are on this machine, and their certificate is good. */
export function browserArgs({ hostResolverRules, tls }: Production): readonly string[] {
  const key = new X509Certificate(tls.certificatePem).publicKey.export({ type: 'spki', format: 'der' });
  const pin = createHash('sha256').update(key).digest('base64');
  return [`--host-resolver-rules=${hostResolverRules}`, `--ignore-certificate-errors-spki-list=${pin}`];
}

export const decisionCall = { method: 'PATCH', path: 'roleAssignmentApprovals' };

const stageList = z.object({ value: z.tuple([z.object({ id: z.string() })]) });

/** What an approver does in the Azure portal. */
export async function decidesInPortal(production: Production, person: FakePerson, requestId: string, reviewResult: 'Approve' | 'Deny'): Promise<void> {
  const version = 'api-version=2021-01-01-preview';
  const { aadObjectId } = person.account;
  const stages = await inThePortal(production, aadObjectId, { method: 'GET', path: `/providers/Microsoft.Authorization/roleAssignmentApprovals/${requestId}/stages?${version}` });
  const [stage] = stageList.parse(stages).value;
  await inThePortal(production, aadObjectId, { method: 'PATCH', path: `${stage.id}?${version}`, body: { reviewResult, justification: 'in the portal' } });
}
