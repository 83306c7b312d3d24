import { delegatedPermissions } from '../delegated-permissions.ts';
import { armAudience, graphAudience, tokenLifetime } from '../identity.ts';
import type { Audience, TokenWish } from '../identity.ts';
import { bodyMembers, invalidContent, objectMember, textMember, textsMember } from '../incoming.ts';
import type { Members } from '../incoming.ts';
import { ok, Refusal } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { App, Person, Tenant } from '../tenant.ts';
import type { ControlCall, ControlOperation } from './call.ts';

export const token: ControlOperation = { method: 'POST', path: 'emulator/token', handle: issueToken };
export const keys: ControlOperation = { method: 'GET', path: 'emulator/keys', handle: ({ identity }) => ok(identity.keySet()) };

/** A token for a person or an application of the seed. Who asks is not checked: this stands in for a sign-in. */
async function issueToken({ incoming, tenant, identity, now }: ControlCall): Promise<Reply> {
  const body = bodyMembers(incoming.body);
  const subject = findSubject(tenant, textMember(body, 'user'), textMember(body, 'app'));
  const audience = parseAudience(textMember(body, 'audience'));
  const accessToken = await identity.issue(subject, audience, parseWish(body), now);
  return ok({ access_token: accessToken, expires_in: tokenLifetime });
}

function findSubject(tenant: Tenant, user: string | null, app: string | null): Person | App {
  if ((user === null) === (app === null)) {
    throw invalidContent("either 'user' or 'app' must be given");
  }
  const subject = user === null ? findApp(tenant, app ?? '') : findPerson(tenant, user);
  if (subject === undefined) {
    throw new Refusal(400, 'SubjectNotFound', `The seed has no ${user === null ? `app ${app}` : `person ${user}`}.`);
  }
  if (subject.kind === 'user' && !subject.accountEnabled) {
    throw new Refusal(400, 'AccountDisabled', `The account of ${subject.name} is disabled.`);
  }
  return subject;
}

function findPerson(tenant: Tenant, wanted: string): Person | undefined {
  const key = wanted.toLowerCase();
  return (
    tenant.people.get(key) ?? [...tenant.people.values()].find((person) => person.userPrincipalName.toLowerCase() === key)
  );
}

function findApp(tenant: Tenant, wanted: string): App | undefined {
  const key = wanted.toLowerCase();
  return tenant.apps.get(key) ?? [...tenant.apps.values()].find((app) => app.name.toLowerCase() === key);
}

function parseAudience(text: string | null): Audience {
  const given = (text ?? '').replace(/\/$/, '').toLowerCase();
  const audience = [armAudience, graphAudience].find((known) => known === given);
  if (audience !== armAudience && audience !== graphAudience) {
    throw invalidContent(`'audience' must be ${armAudience} or ${graphAudience}`);
  }
  return audience;
}

function parseWish(body: Members): TokenWish {
  const claims = objectMember(body, 'claims');
  const scopes = textsMember(body, 'scopes')?.map(knownScope) ?? null;
  return { acrs: textsMember(claims, 'acrs') ?? [], amr: textsMember(claims, 'amr') ?? [], scopes };
}

function knownScope(wanted: string): string {
  const scope = delegatedPermissions.find((known) => known.toLowerCase() === wanted.toLowerCase());
  if (scope === undefined) {
    throw invalidContent(`'scopes' must hold delegated permissions of Microsoft Graph that this service knows, found ${wanted}`);
  }
  return scope;
}
