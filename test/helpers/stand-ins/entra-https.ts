import { request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';

export interface HttpsCall {
  /** The authority to trust, in PEM. */
  readonly ca: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: object;
}

export interface HttpsAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One https request; follows no redirect. A form or JSON is posted unless `method` says otherwise. */
export function send(url: string | URL, { ca, form, json, headers = {}, method }: HttpsCall): Promise<HttpsAnswer> {
  const content = form === undefined ? json && JSON.stringify(json) : new URLSearchParams(form).toString();
  const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
  const { promise, resolve, reject } = Promise.withResolvers<HttpsAnswer>();
  const outgoing = request(url, {
    ca,
    agent: false,
    method: method ?? (content === undefined ? 'GET' : 'POST'),
    headers: { ...(content === undefined ? {} : { 'content-type': type }), ...headers },
  }, (incoming) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', reject);
    incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: Buffer.concat(chunks).toString() }));
  });
  outgoing.on('error', reject);
  outgoing.end(content);
  return promise;
}
