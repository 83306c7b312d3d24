import { executeActivity, signInActivity, type Click, type Sender } from './fake-teams-activities.ts';
import { messageIn, removeMessage, showSignIn, type Account, type Conversation } from './fake-teams-conversations.ts';
import { actionAnswer, plainAnswer, type HttpReply, type InvokeAnswer } from './fake-teams-invoke-answer.ts';
import type { Json } from './fake-teams-json.ts';
import { faultOfOAuthCard, readOAuthCard, type OAuthCard } from './fake-teams-oauth-card.ts';

/** The token that Teams gets for this resource without asking the person; `null` when it gets none. */
export type SingleSignOn = (account: Account, resourceUri: string) => Promise<string | null>;
/** What the person brings back from the sign-in page: the code; `null` when they closed the window. */
export type OpenSignIn = (link: string, account: Account) => Promise<string | null>;

export interface SignInParts {
  readonly account: Account;
  /** Clients that this person has open: each of them answers a sign-in card. */
  readonly devices: number;
  readonly sso: SingleSignOn;
  readonly openSignIn: OpenSignIn;
  sender(conversation: Conversation): Sender;
  post: Post;
}

type Post = (activity: Json) => Promise<HttpReply>;

/** The sign-in button that was shown last, and what pressing it continues. */
type Button =
  | { readonly of: 'message'; readonly card: OAuthCard; readonly conversation: Conversation; readonly activityId: string }
  | { readonly of: 'click'; readonly card: OAuthCard; readonly conversation: Conversation; readonly click: Click };

export interface Pressed {
  /** `null`: the person closed the window, and Teams sent nothing. */
  readonly answer: InvokeAnswer | null;
  /** The card whose click was sent again; `null` when the button was not one of a click. */
  readonly clicked: { readonly conversation: Conversation; readonly activityId: string } | null;
}

/** What Teams sends in place of a code when the person gave up. */
const cancelled = 'CancelledByUser';

/**
 * How a person's Teams clients sign them in to a bot.
 * https://learn.microsoft.com/microsoftteams/platform/bots/how-to/authentication/bot-sso-overview
 * https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/sso-adaptive-cards-universal-action
 */
export class SignInClient {
  readonly #parts: SignInParts;
  #button: Button | null = null;

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  /** The newest sign-in button that can be pressed. */
  get button(): OAuthCard['button'] | null {
    return this.#shownButton()?.card.button ?? null;
  }

  /** A message came or was changed. A sign-in card stays hidden until single sign-on has failed; elsewhere than in the personal chat there is none. */
  receives(conversation: Conversation, activityId: string): void {
    const card = messageIn(conversation, activityId)?.signIn?.card;
    if (card === undefined) return;
    void this.#showsOrSignsIn({ of: 'message', card, conversation, activityId });
  }

  /** Sends the click; where the bot asks for a sign-in, once more with the token that single sign-on gave. */
  async clicks(conversation: Conversation, click: Click, post: Post): Promise<InvokeAnswer> {
    const sender = this.#parts.sender(conversation);
    const answer = actionAnswer(await post(executeActivity(sender, click)));
    const card = requestedSignIn(answer);
    if (card === null) return answer;
    const token = await this.#tokenFor(card);
    if (token === null || card.exchange === null) {
      this.#button = { of: 'click', card, conversation, click };
      return answer;
    }
    const authentication = { id: card.exchange.id, connectionName: card.connectionName, token };
    const second = actionAnswer(await post(executeActivity(sender, { ...click, authentication })));
    // No further try without the person: a bot that always asks would be asked for ever.
    if (isSignInMissing(second)) this.#button = { of: 'click', card: requestedSignIn(second) ?? card, conversation, click };
    return second;
  }

  /** Presses the newest sign-in button, and goes through with the sign-in page. */
  async presses(post: Post): Promise<Pressed> {
    const button = this.#shownButton();
    if (button === null) throw new Error(`no sign-in button is shown to ${this.#parts.account.name}`);
    const code = await this.#parts.openSignIn(button.card.button.link, this.#parts.account);
    return button.of === 'message' ? this.#verifies(button, code, post) : this.#clicksAgain(button, code, post);
  }

  async #verifies(button: Button & { of: 'message' }, code: string | null, post: Post): Promise<Pressed> {
    const { conversation, activityId } = button;
    const activity = signInActivity(this.#parts.sender(conversation), { name: 'signin/verifyState', replyToId: activityId, value: { state: code ?? cancelled } });
    const answer = plainAnswer(await post(activity));
    if (answer.status === 200 && code !== null) {
      removeMessage(conversation, activityId);
      this.#forget(button);
    }
    return { answer, clicked: null };
  }

  async #clicksAgain(button: Button & { of: 'click' }, code: string | null, post: Post): Promise<Pressed> {
    const { conversation, click } = button;
    const clicked = { conversation, activityId: click.replyToId };
    if (code === null) return { answer: null, clicked };
    const answer = actionAnswer(await post(executeActivity(this.#parts.sender(conversation), { ...click, state: code })));
    const card = requestedSignIn(answer);
    if (card !== null) this.#button = { ...button, card };
    else if (!isSignInMissing(answer)) this.#forget(button);
    return { answer, clicked };
  }

  /** The bot may have taken the message back. */
  #shownButton(): Button | null {
    const button = this.#button;
    return button?.of === 'message' && messageIn(button.conversation, button.activityId)?.signIn?.shown !== true ? null : button;
  }

  /** Unless another button has come meanwhile. */
  #forget(button: Button): void {
    if (this.#button === button) this.#button = null;
  }

  async #showsOrSignsIn(button: Button & { of: 'message' }): Promise<void> {
    const { conversation, activityId } = button;
    if (await this.#signsInSilently(button)) removeMessage(conversation, activityId);
    else if (showSignIn(conversation, activityId)) this.#button = button;
  }

  async #signsInSilently({ card, conversation, activityId }: Button & { of: 'message' }): Promise<boolean> {
    if (card.exchange === null || conversation.kind !== 'personal') return false;
    try {
      return await this.#exchangeOnAllDevices(conversation, activityId, card);
    } catch {
      // The bot or the source of the tokens is gone.
      return false;
    }
  }

  /** Whether every client of the person was told that the sign-in is done. */
  async #exchangeOnAllDevices(conversation: Conversation, replyToId: string, card: OAuthCard): Promise<boolean> {
    const sender = this.#parts.sender(conversation);
    const statuses = Array.from({ length: this.#parts.devices }, async () => {
      const token = await this.#tokenFor(card);
      if (token === null) return null;
      const value = { id: card.exchange?.id, connectionName: card.connectionName, token };
      return (await this.#parts.post(signInActivity(sender, { name: 'signin/tokenExchange', replyToId, value }))).status;
    });
    return (await Promise.all(statuses)).every((status) => status === 200);
  }

  async #tokenFor({ exchange }: OAuthCard): Promise<string | null> {
    return exchange === null ? null : this.#parts.sso(this.#parts.account, exchange.uri);
  }
}

const loginRequest = 'application/vnd.microsoft.activity.loginRequest';
const preconditionFailed = 'application/vnd.microsoft.error.preconditionFailed';
const invalidAuthCode = 'application/vnd.microsoft.error.invalidAuthCode';

/** The sign-in card that the answer asks for. @throws {Error} when Teams could not show it */
function requestedSignIn({ status, type, value }: InvokeAnswer): OAuthCard | null {
  if (status !== 401 || type !== loginRequest) return null;
  const fault = faultOfOAuthCard(value);
  if (fault !== null) throw new Error(`Teams could not show the answered sign-in: ${fault}`);
  return readOAuthCard(value);
}

/** The bot could make nothing of the token or of the code. */
function isSignInMissing(answer: InvokeAnswer): boolean {
  return requestedSignIn(answer) !== null
    || (answer.status === 412 && answer.type === preconditionFailed)
    || (answer.status === 401 && answer.type === invalidAuthCode);
}
