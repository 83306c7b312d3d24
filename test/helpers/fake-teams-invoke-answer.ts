import { isJsonObject, objectOf } from './fake-teams-json.ts';

export interface HttpReply {
  readonly status: number;
  readonly body: unknown;
}

/** What the bot answered to a click. */
export interface InvokeAnswer {
  readonly httpStatus: number;
  /** The answer's own `statusCode`; the HTTP status where it has none. 504: no answer in time. */
  readonly status: number;
  readonly type: string | null;
  readonly value: unknown;
}

/** @throws {Error} when an answer of status 200 is none that Teams understands */
export function actionAnswer({ status: httpStatus, body }: HttpReply): InvokeAnswer {
  if (httpStatus !== 200) return plainAnswer({ status: httpStatus, body });
  const { statusCode, type, value } = objectOf(body);
  const understood = isJsonObject(body) && typeof statusCode === 'number' && typeof type === 'string' && value !== undefined;
  if (!understood) throw new Error(`Teams understands no such answer to a click: ${JSON.stringify(body)}`);
  return { httpStatus, status: statusCode, type, value };
}

/** Of other invokes only the HTTP status counts. */
export function plainAnswer({ status, body }: HttpReply): InvokeAnswer {
  return { httpStatus: status, status, type: null, value: body };
}
