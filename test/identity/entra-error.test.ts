import { AuthenticationRequiredError, CredentialUnavailableError } from '@azure/identity';
import { AuthError, InteractionRequiredAuthError, ServerError } from '@azure/msal-node';
import { describe, expect, test } from 'vitest';
import { entraError } from '../../src/identity/entra-error.ts';
import { PimError } from '../../src/pim/errors.ts';
import { everything } from './identity-world.ts';

const id = '12345678-1234-4123-8123-123456789012';
const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
const server = (error: string, number?: string, suberror?: string): ServerError => new ServerError(error, id, 'canary', suberror, number);
const interaction = (error: string, number: string, challenge: string, suberror = ''): InteractionRequiredAuthError =>
  new InteractionRequiredAuthError(error, id, 'canary', suberror, '', '', challenge, number);

test.each<[string, Error, string]>([
  ['a stronger sign-in', interaction('interaction_required', '50076', claims), 'stepUpRequired'],
  ['a stronger sign-in, as on-behalf-of says it', interaction('invalid_grant', '50076', claims, 'basic_action'), 'stepUpRequired'],
  ['a sign-in without a challenge', interaction('interaction_required', '50079', ''), 'signInRequired'],
  ['consent', interaction('invalid_grant', '65001', '', 'consent_required'), 'consentRequired'],
  ['consent by its number alone', server('invalid_grant', '65001'), 'consentRequired'],
  ['consent by its sub-error alone', server('invalid_grant', undefined, 'consent_required'), 'consentRequired'],
  ['consent by its name alone', interaction('consent_required', '0', ''), 'consentRequired'],
  ['an administrator\'s consent', server('access_denied', '90094'), 'consentRequired'],
  ['a newer sign-in, after sessions were revoked', interaction('invalid_grant', '50173', '{"access_token":{"nbf":{"essential":true,"value":"1"}}}'), 'signInRequired'],
  ['a newer and a stronger sign-in', interaction('invalid_grant', '50076', '{"access_token":{"nbf":{"essential":true,"value":"1"},"acrs":{}}}'), 'stepUpRequired'],
  ['a challenge that cannot be read', interaction('invalid_grant', '50076', '{"access_token":'), 'stepUpRequired'],
  ['consent before a stronger sign-in', interaction('interaction_required', '65001', claims), 'consentRequired'],
  ['a grant that is no longer good', server('invalid_grant', '50173'), 'signInRequired'],
  ['a busy service', server('temporarily_unavailable', '90033'), 'unavailable'],
  ['a lost connection', new AuthError('network_error', id), 'unavailable'],
  ['another nonce', new AuthError('nonce_mismatch', id), 'stepUpRequired'],
  ['a wrong client', server('invalid_client', '7000215'), 'unexpected'],
  ['a wrong scope', server('invalid_scope', '70011'), 'unexpected'],
  ['something unknown', server('brand_new', '1'), 'unexpected'],
])('%s', (_, error, code) => {
  const pimError = entraError(error);
  expect(pimError.code).toBe(code);
  expect(pimError.details.azureRequestId).toBe(id);
  expect(pimError.details.claims).toBe(code === 'stepUpRequired' && 'claims' in error ? error.claims : undefined);
  expect(everything(pimError)).not.toContain('canary');
});

test('the numbers that Microsoft\'s support asks for are kept', () => {
  const error = entraError(server('invalid_grant', '50173'));
  expect(error.message).toBe('Entra ID gave no token: invalid_grant (AADSTS50173)');
  expect(error.details.cause).toEqual(new Error(`invalid_grant (AADSTS50173), correlation id ${id}`));
});

describe('promise 17: nothing that a service or a library wrote is repeated', () => {
  test.each<[string, unknown]>([
    ['an error that is no word', new AuthError('canary '.repeat(3), id)],
    ['a correlation id that is none', new AuthError('invalid_grant', 'canary')],
    ['a number that is none', server('invalid_grant', 'canary')],
    ['an error of the machine', new TypeError('canary')],
    ['an error of an odd name', Object.assign(new Error('canary'), { name: 'canary canary' })],
    ['something that is no error', 'canary'],
    ['nothing', undefined],
  ])('%s', (_, error) => {
    expect(everything(entraError(error))).not.toContain('canary');
  });
});

describe('errors of @azure/identity', () => {
  test('are judged by MSAL\'s inside', () => {
    const wrapped = new AuthenticationRequiredError({ scopes: ['x'], message: 'canary', cause: server('invalid_client', '700027') });
    expect(entraError(wrapped)).toMatchObject({ code: 'unexpected', details: { pimCode: 'invalid_client' } });
  });

  test('give back our own', () => {
    const ours = new PimError('unavailable', 'the managed identity gave no token');
    expect(entraError(new AuthenticationRequiredError({ scopes: ['x'], message: '', cause: ours }))).toBe(ours);
  });

  test('that hide their cause count as unavailable where nothing answered', () => {
    expect(entraError(new CredentialUnavailableError('canary')).code).toBe('unavailable');
  });

  test('that are their own cause come to an end', () => {
    const error = new Error('canary');
    error.cause = error;
    expect(entraError(error).code).toBe('unexpected');
  });
});
