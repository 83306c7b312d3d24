import { CloudAdapter, type Activity, type InvokeResponse, type TurnContext } from 'botbuilder';
import { AuthenticationError, type BotFrameworkAuthentication } from 'botframework-connector';
import { z } from 'zod';
import type { Log } from '../../log.ts';

/** What every activity must have before anything looks at it. https://github.com/microsoft/botframework-sdk/blob/main/specs/botframework-activity/botframework-activity.md */
const activitySchema = z.looseObject({
  type: z.string().min(1).max(100),
  id: z.string().max(500).optional(),
  name: z.string().max(200).optional(),
  channelId: z.string().min(1).max(100),
  serviceUrl: z.string().min(1).max(2_000),
  text: z.string().max(50_000).nullish(),
  locale: z.string().max(50).nullish(),
  from: z.looseObject({ id: z.string().min(1).max(500), name: z.string().max(500).nullish(), aadObjectId: z.string().max(100).nullish() }),
  conversation: z.looseObject({ id: z.string().min(1).max(500) }),
  recipient: z.looseObject({ id: z.string().min(1).max(500) }),
});

function isActivity(body: unknown): body is Activity {
  return activitySchema.safeParse(body).success;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/**
 * The Bot SDK's adapter, asked directly: `CloudAdapter.process` answers with the texts of inner errors and prints to the console.
 */
export class BotAdapter extends CloudAdapter {
  readonly #log: Log;

  constructor(authentication: BotFrameworkAuthentication, log: Log) {
    super(authentication);
    this.#log = log;
  }

  /** Authenticates one activity, runs its turn and says what to answer: 400, 401, 500 without details, or the turn's own answer. */
  async receive(authorization: string, body: unknown, onTurn: (context: TurnContext) => Promise<void>): Promise<HttpAnswer> {
    if (!isActivity(body)) {
      this.#log.warn({}, 'activity refused: not an activity');
      return { status: 400 };
    }
    try {
      const answer: InvokeResponse | undefined = await this.processActivity(authorization, body, onTurn);
      return answer === undefined ? { status: 200 } : { status: answer.status, body: answer.body as unknown };
    } catch (error) {
      if (error instanceof AuthenticationError) {
        this.#log.warn({ error }, 'activity refused: not authenticated');
        return { status: 401 };
      }
      this.#log.error({ error }, 'turn failed');
      return { status: 500 };
    }
  }
}
