/** Three parts of base64url, the first of which begins like a JSON object: a JSON Web Token, signed or not. */
const webToken = /(?<![\w-])eyJ[\w-]{10,}\.[\w-]+\.[\w-]*/g;
const longestText = 10_000;
const bearer = /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi;

/** A text that came from elsewhere, without the tokens that it repeats: services quote what they were sent. What should be a text may be anything. */
export function withoutTokens(text: unknown): string {
  return String(text).slice(0, longestText).replaceAll(webToken, '[token]').replaceAll(bearer, '$1 [token]');
}
