import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';

const activitySchema = z.looseObject({
  type: z.string(),
  serviceUrl: z.string(),
  from: z.looseObject({ id: z.string(), aadObjectId: z.string() }),
  recipient: z.looseObject({ id: z.string() }),
  conversation: z.looseObject({ id: z.string() }),
  replyToId: z.string().optional(),
  text: z.string().optional(),
  value: z.unknown().optional(),
});

export type ReceivedActivity = z.infer<typeof activitySchema>;

/** A bot just large enough to see what the Playground does: shows a form to any text, and answers its click with a card. */
export interface StandInBot extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly ReceivedActivity[];
  /** Puts another card in the place of the one that this person was shown last. */
  replaceCard(aadObjectId: string, text: string): Promise<void>;
}

export async function startStandInBot(): Promise<StandInBot> {
  const received: ReceivedActivity[] = [];
  const shown = new Map<string, { to: ReceivedActivity; activityId: string }>();
  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    turn(request, response).catch((error: unknown) => { response.writeHead(500).end(String(error)); });
  });
  const turn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const activity = activitySchema.parse(await json(request));
    received.push(activity);
    if (activity.type === 'message') shown.set(activity.from.aadObjectId, { to: activity, activityId: await send(activity, 'POST', '', form) });
    answer(response, activity);
  };
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in bot has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    async replaceCard(aadObjectId, text) {
      const card = shown.get(aadObjectId);
      if (card === undefined) throw new Error(`${aadObjectId} was shown no card`);
      await send(card.to, 'PUT', `/${card.activityId}`, cardOf([{ type: 'TextBlock', text }]));
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => {
      server.close(() => { resolve(); });
      server.closeAllConnections();
    }),
  };
}

function answer(response: ServerResponse, { type, value }: ReceivedActivity): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  if (type !== 'invoke') {
    response.end();
    return;
  }
  const { action } = z.object({ action: z.object({ data: z.record(z.string(), z.unknown()) }) }).parse(value);
  const answered = cardOf([{ type: 'TextBlock', text: `Pending: ${String(action.data['justification'])}`, wrap: true }]);
  response.end(JSON.stringify({ statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: answered }));
}

async function send(to: ReceivedActivity, method: 'POST' | 'PUT', path: string, card: object): Promise<string> {
  const response = await fetch(`${to.serviceUrl}/v3/conversations/${encodeURIComponent(to.conversation.id)}/activities${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      type: 'message',
      from: to.recipient,
      recipient: to.from,
      conversation: to.conversation,
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: card }],
    }),
  });
  return z.object({ id: z.string() }).parse(await response.json()).id;
}

function cardOf(body: readonly object[]): object {
  return { type: 'AdaptiveCard', version: '1.5', body };
}

const form = cardOf([
  { type: 'TextBlock', text: 'The form' },
  { type: 'Input.Text', id: 'justification', label: 'Justification', isRequired: true, errorMessage: 'Say why.' },
  { type: 'Input.ChoiceSet', id: 'duration', label: 'Duration', value: 'PT1H', choices: [{ title: '1 h', value: 'PT1H' }, { title: '2 h', value: 'PT2H' }] },
  { type: 'Input.ChoiceSet', id: 'role', label: 'Role', style: 'expanded', choices: [{ title: 'Reader', value: 'r1' }, { title: 'Owner', value: 'r2' }] },
  {
    type: 'ActionSet',
    actions: [
      { type: 'Action.Execute', title: 'Activate', verb: 'activate', data: { requestId: 'a-request' } },
      { type: 'Action.Submit', title: 'Later', data: { kept: 1 } },
    ],
  },
]);
