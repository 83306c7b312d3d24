import { randomInt } from 'node:crypto';

/** Whose token, of which connection, for which channel. */
export interface TokenPlace {
  /** The person's id in the channel. */
  readonly userId: string;
  readonly connectionName: string;
  readonly channelId: string;
}

interface KeptToken extends TokenPlace {
  token: string;
}

interface PendingToken extends TokenPlace {
  readonly code: string;
  readonly token: string;
}

/** What the token service keeps: people's tokens, and those that wait for the code of the sign-in page. */
export class ServiceTokens {
  #kept: KeptToken[] = [];
  #pending: PendingToken[] = [];

  keep(place: TokenPlace, token: string): void {
    this.#kept = [...this.#kept.filter((kept) => !isAt(kept, place)), { ...place, token }];
  }

  find(place: TokenPlace): string | null {
    return this.#kept.find((kept) => isAt(kept, place))?.token ?? null;
  }

  /** Six digits that bring the token to its place. */
  putAside(place: TokenPlace, token: string): string {
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    this.#pending.push({ ...place, code, token });
    return code;
  }

  /** `null`: nothing of this person waits for this code. A code is good once. */
  redeem(place: TokenPlace, code: string): string | null {
    const found = this.#pending.find((pending) => isAt(pending, place) && pending.code === code);
    if (found === undefined) return null;
    this.#pending = this.#pending.filter((pending) => pending !== found);
    this.keep(place, found.token);
    return found.token;
  }

  /** `null` for a member: whichever it is. */
  remove(userId: string, { connectionName, channelId }: { connectionName: string | null; channelId: string | null }): void {
    this.#kept = this.#kept.filter((kept) => kept.userId !== userId
      || (connectionName !== null && kept.connectionName !== connectionName) || (channelId !== null && kept.channelId !== channelId));
  }

  of(userId: string): readonly KeptToken[] {
    return this.#kept.filter((kept) => kept.userId === userId);
  }
}

function isAt(one: TokenPlace, other: TokenPlace): boolean {
  return one.userId === other.userId && one.connectionName === other.connectionName && one.channelId === other.channelId;
}
