import type { PimError } from '../../pim/errors.ts';
import type { RoleSettings } from '../../pim/model.ts';
import type { BoundSettings } from '../../pim/own-settings.ts';
import { stepUpOfClaims, stepUpOfRules, stepUpOfSettings, withOwnMfa, type StepUp } from '../../pim/step-up.ts';
import { moveActivation, type Activation, type ActivationChange } from '../../store/activations.ts';
import { recordAudit } from '../../store/audit-log.ts';
import type { Queries } from '../../store/database.ts';
import { cancelStepUps, findOpenStepUp, openStepUp, stepUpTakesMs } from '../../store/step-ups.ts';
import type { DecisionBy } from '../approvals/decision.ts';
import type { BotParts } from '../parts.ts';

/**
 * What a role asks for that single sign-on never brings: an authentication context. Multi-factor authentication it often
 * does bring, so PIM is asked first. `null` also when there is no page to sign in on: then PIM judges.
 */
export function stepUpBeforehand(parts: BotParts, settings: (RoleSettings & Partial<Pick<BoundSettings, 'ownMfa'>>) | null): StepUp | null {
  const stepUp = parts.stepUpOrigin === null ? null : stepUpOfSettings(settings);
  if (settings?.ownMfa === true && parts.stepUpOrigin !== null) return withOwnMfa(stepUp);
  return stepUp?.kind === 'authenticationContext' ? stepUp : null;
}

/** What would help against a refusal; `null`: nothing that we can offer, and the portal remains. */
export function stepUpAgainst(parts: BotParts, { code, details }: PimError, settings: RoleSettings | null): StepUp | null {
  if (parts.stepUpOrigin === null) return null;
  if (code === 'policyRefused') return stepUpOfRules(details.rules ?? []);
  if (code !== 'stepUpRequired') return null;
  return details.claims === undefined ? stepUpOfSettings(settings) : stepUpOfClaims(details.claims);
}

/**
 * The activation waits for its person to sign in more strongly: nothing is at PIM. `change` is what the form said, where
 * it comes from the form. `null` when something else has moved it meanwhile.
 */
export async function awaitStepUp(
  parts: BotParts, activation: Activation, stepUp: StepUp, change: Omit<ActivationChange, 'state'> = {},
): Promise<Activation | null> {
  const { requestId, person } = activation;
  const now = parts.clock.now();
  return parts.store.transaction(async (tx) => {
    const moved = await moveActivation(tx, requestId, { from: [activation.state], fromVersion: activation.version }, { ...change, state: 'awaitingStepUp', problem: null });
    if (moved === null) return null;
    await openFor(tx, moved, { person, action: 'activate', reason: '', stepUp, createdAt: now });
    await recordAudit(tx, { at: now, actor: person, action: 'activate', phase: 'outcome', requestId, details: { result: 'stepUpRequired', stepUp } });
    await parts.jobs.enqueue(tx, 'refresh-cards', { requestId });
    await parts.jobs.enqueue(tx, 'expire-request', { requestId }, { after: stepUpTakesMs / 1_000 });
    return moved;
  });
}

/** An approver's decision waits for them to sign in more strongly; what they decided before it does not wait any more. */
export async function keepDecision(
  parts: BotParts, activation: Activation, { by, result, reason, offer = null }: DecisionBy, stepUp: StepUp,
): Promise<void> {
  await parts.store.transaction(async (tx) => {
    await cancelStepUps(tx, { requestId: activation.requestId, personId: by.id });
    await openFor(tx, activation, { person: by, action: result, reason, stepUp, offer, createdAt: parts.clock.now() });
  });
}

type Opened = Parameters<typeof openStepUp>[1];

async function openFor(tx: Queries, { requestId, version }: Activation, rest: Omit<Opened, 'requestId' | 'requestVersion'>): Promise<void> {
  await openStepUp(tx, { requestId, requestVersion: version, ...rest });
}

/** Where this person signs in more strongly for this request as it stands; `null` when nothing waits for that, or there is no page. */
export async function stepUpUrlOf(parts: BotParts, { requestId, version }: Activation, personId: string): Promise<string | null> {
  if (parts.stepUpOrigin === null) return null;
  const stepUp = await findOpenStepUp(parts.store.db, { requestId, personId, at: parts.clock.now() });
  return stepUp?.requestVersion === version ? `${parts.stepUpOrigin}/step-up/${stepUp.id}` : null;
}
