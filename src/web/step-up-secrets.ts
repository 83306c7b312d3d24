import { createHash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes */
const cookieName = '__Host-pim-step-up';
const cookieSeconds = 300;

/**
 * What binds one sign-in to one browser: the state travels through Entra ID, the cookie stays. 256 bits each,
 * base64url. Only their hashes are kept: whoever reads the table can finish nobody's sign-in.
 */
export interface FlowSecrets {
  readonly state: string;
  readonly cookie: string;
}

export function newFlowSecrets(): FlowSecrets {
  return { state: randomBytes(32).toString('base64url'), cookie: randomBytes(32).toString('base64url') };
}

/** PKCE's verifier and the nonce, made again from the two when the browser comes back. https://www.rfc-editor.org/rfc/rfc7636#section-4.1 */
export function derivedSecrets({ state, cookie }: FlowSecrets): { readonly codeVerifier: string; readonly codeChallenge: string; readonly nonce: string } {
  const derive = (purpose: string): string =>
    Buffer.from(hkdfSync('sha256', Buffer.from(cookie, 'base64url'), Buffer.from(state, 'base64url'), `pim-bot step-up ${purpose}`, 32)).toString('base64url');
  const codeVerifier = derive('code verifier');
  return { codeVerifier, codeChallenge: hashOf(codeVerifier), nonce: derive('nonce') };
}

/** SHA-256, base64url. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

export function isSameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export function setCookie(cookie: string): Readonly<Record<string, string>> {
  return cookieHeader(cookie, cookieSeconds);
}

export function clearCookie(): Readonly<Record<string, string>> {
  return cookieHeader('', 0);
}

/** `Lax`: the browser comes back from another site, by a link of its own. */
function cookieHeader(value: string, seconds: number): Readonly<Record<string, string>> {
  return { 'set-cookie': `${cookieName}=${value}; Max-Age=${seconds}; Path=/; Secure; HttpOnly; SameSite=Lax` };
}

/** `null` when there is none, or more than one. */
export function readCookie(header: string | undefined): string | null {
  if (header === undefined) return null;
  const ours = header.split(';').map((pair) => pair.trim()).filter((pair) => pair.startsWith(`${cookieName}=`));
  // Stryker disable next-line OptionalChaining: it is there, which the compiler does not know.
  const value = ours.length === 1 ? ours[0]?.slice(cookieName.length + 1) : undefined;
  // Stryker disable next-line ConditionalExpression: "undefined" does not have 43 characters; it is named for the compiler.
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : null;
}
