/** A change of settings, carried out at either service. */
import { isDeepStrictEqual } from 'node:util';
import { PimError } from '../errors.ts';
import { toPimError } from '../http/to-pim-error.ts';
import type { Approver } from '../model.ts';
import { sameScope } from '../scope.ts';
import { checkChange } from './check-change.ts';
import type { WriteOutcome } from './pim-settings.ts';
import type { PolicyRule } from './policy-rules.ts';
import type { SettingsChange } from './privileged-role-settings.ts';
import { readPolicyRules } from './read-policy.ts';
import type { RolePolicy } from './role-policy.ts';
import { faultInWords } from './settings-fault.ts';
import { changedRules } from './write-policy.ts';
import type { RuleForm } from './write-policy.ts';

/** One policy at its service. */
export interface PolicyAtService {
  readonly form: RuleForm;
  /** Rules in one call: all, or one. */
  readonly atOnce: 'all' | 'one';
  readRules(): Promise<PresentRules>;
  send(rules: readonly [PolicyRule, ...PolicyRule[]]): Promise<unknown>;
}

/** `effective`: what holds, where a policy above may have a say in it too; `own`: what is written to. */
export interface PresentRules {
  readonly own: readonly unknown[];
  readonly effective: readonly unknown[];
}

export interface Change {
  readonly policy: RolePolicy;
  readonly change: SettingsChange;
  /** The users and groups that the directory has among `change.approverIds`. */
  readonly approvers: readonly Approver[];
}

export async function applyChange({ policy, change, approvers }: Change, service: PolicyAtService): Promise<WriteOutcome> {
  requireOwnPolicy(policy);
  const rules = await service.readRules();
  const present = readPolicyRules(rules.effective);
  if (!isDeepStrictEqual(present.settings, policy.settings)) return 'changedMeanwhile';
  requireNoFault(policy, present, { change, approvers });
  const stillToWrite = ({ own }: PresentRules): readonly PolicyRule[] => changedRules(service.form, own, change, approvers);
  await sendInTurn(stillToWrite(rules), service, async () => stillToWrite(await service.readRules()));
  return 'written';
}

/** When no answer comes, the policy is read back once: the rules may be there, and the others follow. */
async function sendInTurn(changed: readonly PolicyRule[], service: PolicyAtService, stillToWrite: () => Promise<readonly PolicyRule[]>): Promise<void> {
  const written: string[] = [];
  for (const call of callsFor(changed, service)) {
    const ids = call.map(({ id }) => id);
    try {
      await service.send(call);
    } catch (error) {
      const failure = toPimError(error, 'write');
      const missing = failure.effect === 'none' ? call : await stillToWrite().catch(() => call);
      if (missing.some(({ id }) => ids.includes(id))) throw withWritten(failure, written);
    }
    written.push(...ids);
  }
}

function callsFor([first, ...others]: readonly PolicyRule[], { atOnce }: PolicyAtService): readonly (readonly [PolicyRule, ...PolicyRule[]])[] {
  if (first === undefined) return [];
  return atOnce === 'all' ? [[first, ...others]] : [first, ...others].map((rule) => [rule] as const);
}

function withWritten(failure: PimError, written: readonly string[]): PimError {
  if (written.length === 0) return failure;
  return new PimError(failure.code, `${failure.message}; written before: ${written.join(', ')}`, { ...failure.details, cause: failure, written });
}

/** A policy that lies elsewhere is somebody else's too: it is not changed from here. */
function requireOwnPolicy({ scope, source }: RolePolicy): void {
  if (!sameScope(scope.id, source.scope.id)) throw new PimError('invalidRequest', `the settings come from ${source.scope.name}: they are changed there`);
}

function requireNoFault(policy: RolePolicy, present: ReturnType<typeof readPolicyRules>, { change, approvers }: Omit<Change, 'policy'>): void {
  const { settings, authenticationContext, isMfaOnElevationConfigurable } = present;
  const [fault] = checkChange({ settings, authenticationContext, readOnly: { ...policy.readOnly, isMfaOnElevationConfigurable } }, change, approvers);
  if (fault !== undefined) throw new PimError('invalidRequest', faultInWords({ field: fault.field, at: null, reason: fault.reason }));
}
