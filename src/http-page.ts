import type { IncomingHttpHeaders } from 'node:http';

/** A page for browsers: who writes pages and who serves them agree here. */
export interface Page {
  readonly method: 'GET' | 'POST';
  /** e.g. `/step-up/:id`: a segment with a colon stands for any one of up to 128 letters, digits, `_` and `-`. */
  readonly path: string;
  handle(request: PageRequest): Promise<PageAnswer>;
}

export interface PageRequest {
  /** The path's segments with a colon, by name. */
  readonly params: Readonly<Record<string, string>>;
  /** At most 8 KB. */
  readonly query: URLSearchParams;
  /** Of a POST, at most 1 KB; empty for a GET. */
  readonly form: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
