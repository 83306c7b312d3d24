/** How long the pieces are that are looked for: any leak of twice that length holds one of them. */
const pieceLength = 20;
const text64 = /[\w+/=%.-]{20,}/gu;

/** Finds secrets in any text, be it a piece of one alone, or its base64, or what a token says of itself. */
export class SecretSearch {
  readonly #pieces = new Map<string, string>();
  readonly #short: readonly string[];

  constructor(secrets: readonly string[]) {
    for (const secret of secrets.filter(({ length }) => length >= pieceLength)) {
      for (const form of formsOf(secret)) {
        for (let at = 0; at + pieceLength <= form.length; at += pieceLength) this.#pieces.set(form.slice(at, at + pieceLength), secret);
      }
    }
    this.#short = secrets.filter(({ length }) => length < pieceLength);
  }

  get size(): number {
    return this.#pieces.size;
  }

  /** The first secret of which something is in the text; `null`: none. */
  in(text: string): string | null {
    for (const [run] of text.matchAll(text64)) {
      for (let at = 0; at + pieceLength <= run.length; at += 1) {
        const secret = this.#pieces.get(run.slice(at, at + pieceLength));
        if (secret !== undefined) return secret;
      }
    }
    return this.#short.find((secret) => new RegExp(`(?<![\\w.-])${secret}(?![\\w.-])`, 'u').test(text)) ?? null;
  }
}

/** As it is, as base64 and base64url from any of the three places where it can begin, percent-encoded, and what makes a token the one it is. */
function formsOf(secret: string): readonly string[] {
  const encoded = [0, 1, 2].flatMap((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]);
    // The first and the last characters depend on what stands around.
    return [bytes.toString('base64').slice(4, -4), bytes.toString('base64url').slice(4, -4)];
  });
  return [secret, ...encoded, encodeURIComponent(secret), ...idsIn(secret)];
}

/** The ids of a token, which no other has. */
function idsIn(token: string): readonly string[] {
  const [, payload = '', signature] = token.split('.');
  if (signature === undefined) return [];
  return [...Buffer.from(payload, 'base64url').toString().matchAll(/"(?:uti|jti|nonce)":"([^"]{20,})"/gu)].map(([, id = '']) => id);
}
