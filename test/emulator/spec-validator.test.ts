import { describe, expect, it } from 'vitest';
import { againstSpecs, specsArePresent } from './spec-schema.ts';
import { SpecError, validateAnswer } from './spec-validator.ts';
import type { Exchange } from './spec-validator.ts';

const scope = '/subscriptions/0f000000-0000-4000-8000-000000000001';
const provider = `${scope}/providers/Microsoft.Authorization`;
const requestUrl = `${provider}/roleAssignmentScheduleRequests/n?api-version=2020-10-01`;
const stageUrl = '/providers/Microsoft.Authorization/roleAssignmentApprovals/a/stages/s?api-version=2021-01-01-preview';

const properties = {
  roleDefinitionId: 'r',
  principalId: 'p',
  requestType: 'SelfActivate',
  status: 'Provisioned',
  scheduleInfo: { startDateTime: '2026-08-10T09:27:45.3363556+00:00', expiration: { type: 'AfterDuration', duration: 'PT4H' } },
};
const request = { id: 'i', name: 'n', type: 't', properties };
const rule = { id: 'x', ruleType: 'RoleManagementPolicyExpirationRule', isExpirationRequired: true, maximumDuration: 'PT8H' };

function created(body: unknown): Exchange {
  return { method: 'PUT', url: requestUrl, status: 201, body };
}

function policy(effectiveRules: readonly unknown[]): Exchange {
  const url = `${provider}/roleManagementPolicyAssignments/n?api-version=2020-10-01`;
  return { method: 'GET', url, status: 200, body: { properties: { effectiveRules } } };
}

const right: readonly (readonly [string, Exchange])[] = [
  ['a created request in the recorded form', created(request)],
  ['null for a member that is not marked as nullable', created({ ...request, properties: { ...properties, approvalId: null } })],
  ['the user name beside a principal, as recorded', created({ ...request, properties: { ...properties, expandedProperties: { principal: { userPrincipalName: 'a@b' } } } })],
  ['an error for a status that is not described', { method: 'GET', url: requestUrl, status: 403, body: { error: { code: 'c', message: 'm' } } }],
  ['a rule by its discriminator', policy([rule])],
  ['a cancelation without a body', { method: 'POST', url: requestUrl.replace('/n?', '/n/cancel?'), status: 200, body: undefined }],
  ['a role definition asked for by its id', { method: 'GET', url: '//providers/Microsoft.Authorization/roleDefinitions/r?api-version=2022-04-01', status: 200, body: { id: 'r' } }],
];

const wrong: readonly (readonly [string, Exchange])[] = [
  ['200 for a creation', { ...created(request), status: 200 }],
  ['a member that nobody described', created({ ...request, properties: { ...properties, colour: 'red' } })],
  ['a required member left out', created({ ...request, properties: { ...properties, principalId: undefined } })],
  ['a status that is not in the list', created({ ...request, properties: { ...properties, status: 'Done' } })],
  ['a date that is none', created({ ...request, properties: { ...properties, createdOn: 'today' } })],
  ['a number for a text', created({ ...request, name: 7 })],
  ['a rule of an unknown type', policy([{ ...rule, ruleType: 'RoleManagementPolicyWeatherRule' }])],
  ['a member of another rule', policy([{ ...rule, isEnabled: true }])],
  ['a body for a cancelation', { method: 'POST', url: requestUrl.replace('/n?', '/n/cancel?'), status: 200, body: {} }],
  ['an answer for another version', { ...created(request), url: requestUrl.replace('2020-10-01', '2022-04-01') }],
  ['an error without its wrapping', { method: 'GET', url: requestUrl, status: 404, body: { code: 'NotFound' } }],
  ['a bare list', { method: 'GET', url: `${provider}/roleAssignmentScheduleInstances?api-version=2020-10-01`, status: 200, body: [] }],
  ['null inside a list', { method: 'GET', url: `${provider}/roleAssignmentScheduleInstances?api-version=2020-10-01`, status: 200, body: { value: [null] } }],
  ['204 for a decision', { method: 'PATCH', url: stageUrl, status: 204, body: undefined }],
  ['a path that Microsoft does not have', { method: 'GET', url: `${provider}/roleGuesses?api-version=2020-10-01`, status: 200, body: {} }],
];

describe.skipIf(!specsArePresent)(againstSpecs('the validator of ARM answers'), () => {
  it.each(right)('accepts %s', (_title, exchange) => {
    expect(validateAnswer(exchange).status).toBe(exchange.status);
  });

  it.each(wrong)('rejects %s', (_title, exchange) => {
    expect(() => validateAnswer(exchange)).toThrow(SpecError);
  });
});
