/** The operation a call asks for. A typing indicator is told apart from a message. */
export type CallKind = 'create' | 'send' | 'typing' | 'update' | 'delete' | 'members' | 'unknown';

/**
 * What goes wrong with a call. `hang`: never answered. `drop`: the connection breaks and nothing is kept.
 * `dropAfterKeeping`: the call is carried out, then the connection breaks: the bot cannot know.
 */
type FaultKind = 412 | 429 | 500 | 502 | 503 | 504 | 'hang' | 'drop' | 'dropAfterKeeping';

export interface Fault {
  /** How many calls it befalls. */
  readonly calls: number;
  readonly how: FaultKind;
  /** Only calls of this kind; else of any. */
  readonly of?: CallKind;
  /** Only calls in this conversation; else in any. */
  readonly in?: string;
  /** With 429: the `Retry-After` header; 1 unless said. */
  readonly retryAfterSeconds?: number;
}

/** The faults still to come, in the order in which they were asked for. */
export class Faults {
  #pending: Fault[] = [];

  add(fault: Fault): void {
    this.#pending.push(fault);
  }

  /** The fault that befalls this call, used up by it. */
  take(kind: CallKind, conversationId: string): Fault | null {
    const fault = this.#pending.find(({ of, in: where }) => (of === undefined || of === kind) && (where === undefined || where === conversationId));
    if (fault === undefined) return null;
    this.#pending = this.#pending.flatMap((other) => {
      if (other !== fault) return [other];
      return fault.calls > 1 ? [{ ...fault, calls: fault.calls - 1 }] : [];
    });
    return fault;
  }
}
