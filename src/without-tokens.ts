/** Three parts of base64url, the first of which begins like a JSON object: a JSON Web Token, signed or not. */
const webToken = /eyJ[\w-]{10,}\.[\w-]+\.[\w-]*/g;
const bearer = /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi;

/** A text that came from elsewhere, without the tokens that it repeats: services quote what they were sent. */
export function withoutTokens(text: string): string {
  return text.replaceAll(webToken, '[token]').replaceAll(bearer, '$1 [token]');
}
