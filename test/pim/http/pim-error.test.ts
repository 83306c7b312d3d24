import { createHttpHeaders, createPipelineRequest, RestError } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { PimError } from '../../../src/pim/errors.ts';
import { toPimError } from '../../../src/pim/http/to-pim-error.ts';
import { refusals } from './refusals.ts';

/** The error that the SDK makes of an answer. */
function answered(status: number, body: unknown, headers: Record<string, string> = {}): RestError {
  const request = createPipelineRequest({ url: 'https://127.0.0.1/' });
  const bodyAsText = typeof body === 'string' ? body : JSON.stringify(body);
  return new RestError('refused', { statusCode: status, request, response: { status, request, bodyAsText, headers: createHttpHeaders(headers) } });
}

const refused = (status: number, code: string, message = ''): RestError => answered(status, { error: { code, message } });

describe('a refusal', () => {
  it.each(refusals)('%s with %d (%s) is %s, and nothing happened', (code, status, message, ours) => {
    for (const sent of ['read', 'write'] as const) {
      const error = toPimError(refused(status, code, message), sent);
      expect(error).toMatchObject({ name: 'PimError', code: ours, effect: 'none', details: { status, pimCode: code } });
    }
  });

  it.each([
    ['The following policy rules failed: ["ExpirationRule"]', ['ExpirationRule']],
    ['The following policy rules failed: ["EligibilityRule","ExpirationRule"]', ['EligibilityRule', 'ExpirationRule']],
    ['The following policy rules failed: JustificationRule - Justification is required', ['JustificationRule']],
    ['The following policy rules failed: ["MfaRule","MfaRule"]', ['MfaRule']],
    ['The following policy rules failed.', []],
  ])('names the rules in: %s', (message, rules) => {
    expect(toPimError(refused(400, 'RoleAssignmentRequestPolicyValidationFailed', message), 'write').details.rules).toEqual(rules);
  });

  it('names no rules when the policy is not the reason', () => {
    expect(toPimError(refused(400, 'BadRequest', 'ExpirationRule'), 'write').details.rules).toEqual([]);
  });

  it('is found inside the message in which Graph wraps it', () => {
    const nested = JSON.stringify({ errorCode: 'PermissionScopeNotGranted', message: 'missing scope', instanceAnnotations: [] });
    const error = toPimError(refused(403, 'UnknownError', nested), 'read');
    expect(error).toMatchObject({ code: 'consentRequired', details: { pimCode: 'PermissionScopeNotGranted' } });
    expect(error.message).toBe('HTTP 403 – PermissionScopeNotGranted – missing scope');
  });

  it('carries Azure’s request id, from ARM’s header, Graph’s header or Graph’s body', () => {
    const body = { error: { code: 'X', message: '', innerError: { 'request-id': 'in-body' } } };
    const id = (headers: Record<string, string>): string | undefined => toPimError(answered(400, body, headers), 'read').details.azureRequestId;
    expect(id({ 'x-ms-request-id': 'arm', 'request-id': 'graph' })).toBe('arm');
    expect(id({ 'request-id': 'graph' })).toBe('graph');
    expect(id({})).toBe('in-body');
  });

  it.each([
    ['120', undefined, 120_000],
    ['0', undefined, 0],
    ['Sun, 01 Mar 2026 10:01:30 GMT', 'Sun, 01 Mar 2026 10:00:00 GMT', 90_000],
    ['Sun, 01 Mar 2026 09:00:00 GMT', 'Sun, 01 Mar 2026 10:00:00 GMT', 0],
    ['Sun, 01 Mar 2026 10:01:30 GMT', undefined, undefined],
    ['soon', 'Sun, 01 Mar 2026 10:00:00 GMT', undefined],
  ])('asks for a pause: Retry-After %s, Date %s', (retryAfter, date, milliseconds) => {
    const headers = { 'retry-after': retryAfter, ...(date === undefined ? {} : { date }) };
    expect(toPimError(answered(429, '', headers), 'write').details.retryAfterMs).toBe(milliseconds);
  });

  it.each(['<html>403</html>', '', '"text"', '[]', 'null', '{"error":"text"}', '{"error":{"code":5}}'])('is told by its status when the body is %j', (body) => {
    expect(toPimError(answered(403, body), 'write')).toMatchObject({ code: 'notPermitted', details: { status: 403 } });
  });

  it('keeps a long body out of its message', () => {
    expect(toPimError(answered(403, 'x'.repeat(100_000)), 'read').message.length).toBeLessThan(600);
  });
});

describe('a claims challenge', () => {
  const acrs = '{"access_token":{"acrs":{"essential":true, "value":"c1"}}}';
  const acrsMessage = '&claims=%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue%2C%20%22value%22%3A%22c1%22%7D%7D%7D';

  it('is read from PIM’s own 400', () => {
    expect(toPimError(refused(400, 'RoleAssignmentRequestAcrsValidationFailed', acrsMessage), 'write'))
      .toMatchObject({ code: 'stepUpRequired', details: { claims: acrs } });
  });

  it('is read from the 401 of Conditional Access', () => {
    const header = `Bearer authorization_uri="https://login.example/", error="insufficient_claims", claims="${Buffer.from(acrs).toString('base64')}"`;
    expect(toPimError(answered(401, '', { 'www-authenticate': header }), 'write')).toMatchObject({ code: 'stepUpRequired', details: { claims: acrs } });
  });

  it.each(['&claims=%7B', '&claims=%', '&claims=5', '&claims=%5B%5D', 'no claims'])('is none when it is not a JSON object: %s', (message) => {
    const error = toPimError(refused(400, 'RoleAssignmentRequestAcrsValidationFailed', message), 'write');
    expect(error.code).toBe('stepUpRequired');
    expect(error.details).not.toHaveProperty('claims');
  });

  it('is not taken from the message of another error', () => {
    expect(toPimError(refused(400, 'BadRequest', acrsMessage), 'write')).toMatchObject({ code: 'unexpected' });
  });

  it('without claims is a sign-in', () => {
    expect(toPimError(answered(401, '', { 'www-authenticate': 'Bearer error="invalid_token"' }), 'write').code).toBe('signInRequired');
  });
});

describe('no clear answer', () => {
  const broken = (code: string): RestError => new RestError('broken', { code });

  // Guard: toPimError in src/pim/http/to-pim-error.ts.
  it.each([
    ['HTTP 500', answered(500, '')], ['HTTP 503', answered(503, { error: { code: 'RoleAssignmentExists', message: '' } })],
    ['HTTP 408', answered(408, '')], ['a reset connection', broken('ECONNRESET')], ['a time-out', broken('ETIMEDOUT')],
    ['a lost connection without a code', broken('REQUEST_SEND_ERROR')], ['an abort', new DOMException('aborted', 'AbortError')],
    ['an error that nobody foresaw', new TypeError('x is undefined')], ['a thrown text', 'oops'],
  ])('promise 15: to a write is an unknown outcome: %s', (_, error) => {
    expect(toPimError(error, 'write')).toMatchObject({ code: 'outcomeUnknown', effect: 'unknown' });
    expect(toPimError(error, 'read')).toMatchObject({ code: 'unavailable', effect: 'none' });
  });

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
    'because no connection came about (%s) means that nothing was sent', (code) => {
      expect(toPimError(broken(code), 'write')).toMatchObject({ code: 'unavailable', effect: 'none' });
    },
  );

  it.each([
    ['a success that is not PIM’s', answered(200, '<html>')], ['a redirect', answered(302, '')], ['an answer cut short', broken('PARSE_ERROR')],
  ])('is a bad answer, with an unknown outcome: %s', (_, error) => {
    expect(toPimError(error, 'write')).toMatchObject({ code: 'badAnswer', effect: 'unknown' });
  });

  it('leaves a PimError as it is', () => {
    const error = new PimError('throttled', 'later');
    expect(toPimError(error, 'write')).toBe(error);
  });

  it('keeps the cause', () => {
    const cause = broken('ECONNRESET');
    expect(toPimError(cause, 'read').cause).toBe(cause);
  });
});
