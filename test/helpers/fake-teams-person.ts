import { eventId, fileConsentActivity, installationActivities, messageActivity, submitActivity, type Sender } from './fake-teams-activities.ts';
import { executed, oneSpaced, shownCard, submitted, type ActionChoice, type ShownCard } from './fake-teams-card.ts';
import { replaceMessage, type Account, type Conversation, type ConversationKind, type Conversations, type Message } from './fake-teams-conversations.ts';
import type { FileCard } from './fake-teams-file-card.ts';
import type { HttpReply, InvokeAnswer } from './fake-teams-invoke-answer.ts';
import { textOf, type Json } from './fake-teams-json.ts';
import { adaptiveCardType, refusalOfCard } from './fake-teams-refusals.ts';
import type { SignInClient } from './fake-teams-sign-in.ts';

/** A message as the person sees it. */
export interface ShownMessage {
  readonly activityId: string;
  readonly from: 'bot' | 'person';
  /** All visible text, a card's too. */
  readonly text: string;
  readonly card: ShownCard | null;
  readonly file: (FileCard & { readonly activityId: string }) | null;
}

/** What a window needs from the stand-in around it. */
export interface Surroundings {
  readonly conversations: Conversations;
  readonly largestCard: number;
  /** The same for all windows of a person. */
  readonly signIn: SignInClient;
  sender(account: Account, conversation: Conversation): Sender;
  /** Brings an activity to the bot. Status 504: no answer in time. */
  post(activity: Json): Promise<HttpReply>;
}

type Inputs = Readonly<Record<string, string>>;
const pollEveryMs = 20;

/** A person in front of a Teams window. */
export class FakePerson {
  readonly account: Account;
  readonly #around: Surroundings;
  #last: Json | null = null;

  constructor(account: Account, around: Surroundings) {
    this.account = account;
    this.#around = around;
    this.#conversation('personal');
  }

  /** Of the personal chat. */
  get conversationId(): string {
    return this.#conversation('personal').id;
  }

  /** Adds the app to the personal scope. Rejects when the bot's answer is not 2xx. */
  async installs(): Promise<void> {
    this.#conversation('personal').blocked = null;
    for (const activity of installationActivities(this.#sender('personal'), 'add')) await this.#sendsWell(activity);
  }

  /** Adds the app to the team with the channel, as one of its owners. Rejects when the bot's answer is not 2xx. */
  async addsToTeam(): Promise<void> {
    for (const activity of installationActivities(this.#sender('channel'), 'add')) await this.#sendsWell(activity);
  }

  /** Removes the app; from then on the bot is not in the conversation's roster. */
  async uninstalls(): Promise<void> {
    const sender = this.#sender('personal');
    sender.conversation.blocked = 'BotNotInConversationRoster';
    for (const activity of installationActivities(sender, 'remove')) await this.#sendsWell(activity);
  }

  /** Resolves when the bot has answered the request; rejects when the answer is not 2xx. */
  async types(text: string): Promise<void> {
    await this.#typesIn('personal', text);
  }

  async typesInGroup(text: string): Promise<void> {
    await this.#typesIn('groupChat', text);
  }

  async typesInChannel(text: string): Promise<void> {
    await this.#typesIn('channel', text);
  }

  /**
   * Presses an `Action.Execute` of the card as it was when it was asked for. Nothing is checked on this side. A card in
   * the answer takes the place of the clicked one. Any status is returned; rejects when Teams could not show the answer.
   * Where the bot asks for a sign-in and single sign-on gives a token, the answer is that to the second try.
   */
  async clicks(card: ShownCard, action: ActionChoice, inputs: Inputs = {}): Promise<InvokeAnswer> {
    const { conversation } = this.#senderFor(card);
    const click = { action: executed(card, action, inputs), replyToId: card.activityId };
    const answer = await this.#around.signIn.clicks(conversation, click, (activity) => this.#sends(activity));
    this.#apply(conversation, card.activityId, answer);
    return answer;
  }

  /** Agrees to the file that a card offers, which makes room for it, or not. Resolves with the bot's answer. */
  answersFile(card: FileCard & { readonly activityId: string }, uploadInfo: object | null): Promise<HttpReply> {
    const { activityId: replyToId, acceptContext, declineContext } = card;
    return this.#sends(fileConsentActivity(this.#sender('personal'), uploadInfo === null
      ? { action: 'decline', context: declineContext, replyToId }
      : { action: 'accept', context: acceptContext, uploadInfo, replyToId }));
  }

  /** The newest of Teams' own cards about a file that is there by then. */
  waitForFile(kind: FileCard['kind'], but: ReadonlySet<string> = new Set(), timeoutMs = 10_000): Promise<FileCard & { readonly activityId: string }> {
    return this.#waitFor(`file card (${kind})`, () => this.messages.findLast(({ file, activityId }) => file?.kind === kind && !but.has(activityId))?.file ?? undefined, timeoutMs);
  }

  /** Title of the newest sign-in button, of a message or below a card that was clicked; `null` when none can be pressed. */
  get signInButton(): string | null {
    return this.#around.signIn.button?.title ?? null;
  }

  waitForSignInButton(timeoutMs = 10_000): Promise<string> {
    return this.#waitFor('sign-in button', () => this.signInButton ?? undefined, timeoutMs);
  }

  /**
   * Presses the newest sign-in button and goes through the sign-in page. Resolves with the bot's answer, to the code or
   * to the click that is sent again with it; `null` when the person closed the page and Teams sent nothing.
   */
  async signsIn(): Promise<InvokeAnswer | null> {
    const { answer, clicked } = await this.#around.signIn.presses((activity) => this.#sends(activity));
    if (answer !== null && clicked !== null) this.#apply(clicked.conversation, clicked.activityId, answer);
    return answer;
  }

  /** Presses an action as a client without `Action.Execute` does: a message with a value. */
  async submits(card: ShownCard, action: ActionChoice, inputs: Inputs = {}): Promise<void> {
    const value = submitted(card, action, inputs);
    await this.#sendsWell(submitActivity(this.#senderFor(card), this.#around.conversations.nextId(), { value, replyToId: card.activityId }));
  }

  /** Sends these members over those of an ordinary empty message; a member that is `undefined` is left out. */
  sends(activity: object): Promise<HttpReply> {
    return this.#sends({ ...messageActivity(this.#sender('personal'), this.#around.conversations.nextId(), ''), ...activity });
  }

  /** The last activity again, as Teams does when an answer is late. */
  redelivers(how: 'sameId' | 'newId'): Promise<HttpReply> {
    if (this.#last === null) throw new Error('nothing was sent yet');
    if (how === 'sameId') return this.#around.post(this.#last);
    const { timestamp } = messageActivity(this.#sender('personal'), '', '');
    const id = textOf(this.#last['id']).startsWith('f:') ? eventId() : this.#around.conversations.nextId();
    return this.#around.post({ ...this.#last, id, timestamp });
  }

  /** The personal chat in order, with everything as it is now. */
  get messages(): readonly ShownMessage[] {
    return this.messagesIn('personal');
  }

  messagesIn(kind: ConversationKind): readonly ShownMessage[] {
    const conversation = this.#conversation(kind);
    return conversation.messages.filter(({ signIn }) => signIn?.shown !== false).map((message) => shownMessage(conversation, message));
  }

  cards(kind: ConversationKind = 'personal'): readonly ShownCard[] {
    return this.messagesIn(kind).flatMap(({ card }) => card ?? []);
  }

  lastCard(kind: ConversationKind = 'personal'): ShownCard {
    const card = this.cards(kind).at(-1);
    if (card === undefined) throw new Error(`no card is shown; ${this.#whatIsShown()}`);
    return card;
  }

  /** The card of that message as it is now. */
  card(activityId: string): ShownCard {
    const card = this.cards().find((shown) => shown.activityId === activityId);
    if (card === undefined) throw new Error(`no card ${activityId} is shown; ${this.#whatIsShown()}`);
    return card;
  }

  /** The newest card with this visible text, or that fits. Looks at what is there already, too. */
  waitForCard(what: string | ((card: ShownCard) => boolean), timeoutMs = 10_000): Promise<ShownCard> {
    const fits = typeof what === 'string' ? (card: ShownCard) => card.has(what) : what;
    const asked = typeof what === 'string' ? `card with "${what}"` : 'such card';
    return this.#waitFor(asked, () => this.cards().findLast((card) => fits(card)), timeoutMs);
  }

  /** The visible text of the bot's newest message that contains this, be it a text or a card. */
  waitForText(part: string, timeoutMs = 10_000): Promise<string> {
    const found = (): string | undefined => this.messages.findLast(({ from, text }) => from === 'bot' && oneSpaced(text).includes(oneSpaced(part)))?.text;
    return this.#waitFor(`message with "${part}"`, found, timeoutMs);
  }

  async #waitFor<T>(asked: string, look: () => T | undefined, timeoutMs: number): Promise<T> {
    const until = performance.now() + timeoutMs;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (performance.now() >= until) throw new Error(`no ${asked} was shown to ${this.account.name} in ${timeoutMs} ms; ${this.#whatIsShown()}`);
      await new Promise((resolve) => { setTimeout(resolve, pollEveryMs); });
    }
  }

  #whatIsShown(): string {
    const shown = this.messages.map(({ activityId, from, text, card }) => `--- ${from} ${card === null ? 'text' : 'card'} ${activityId}\n${text}`);
    return shown.length === 0 ? 'the chat is empty' : `the chat shows:\n${shown.join('\n')}`;
  }

  async #typesIn(kind: ConversationKind, text: string): Promise<void> {
    const sender = this.#sender(kind);
    const id = this.#around.conversations.keep(sender.conversation, 'person', { type: 'message', text });
    await this.#sendsWell(messageActivity(sender, id, text));
  }

  async #sendsWell(activity: Json): Promise<void> {
    const { status, body } = await this.#sends(activity);
    if (status < 200 || status > 299) throw new Error(`the bot answered ${status} to ${textOf(activity['type'])}: ${JSON.stringify(body)}`);
  }

  #sends(activity: Json): Promise<HttpReply> {
    this.#last = activity;
    return this.#around.post(activity);
  }

  #apply(conversation: Conversation, activityId: string, { status, type, value: card }: InvokeAnswer): void {
    if (status !== 200 || type !== adaptiveCardType) return;
    const refusal = refusalOfCard(card, this.#around.largestCard);
    if (refusal !== null) throw new Error(`Teams could not show the answered card: ${refusal.message}`);
    replaceMessage(conversation, activityId, { attachments: [{ content: card }] });
  }

  #senderFor({ conversationId }: ShownCard): Sender {
    const kinds: readonly ConversationKind[] = ['groupChat', 'channel'];
    return this.#sender(kinds.find((kind) => this.#conversation(kind).id === conversationId) ?? 'personal');
  }

  #sender(kind: ConversationKind): Sender {
    const conversation = this.#conversation(kind);
    conversation.open = true;
    return this.#around.sender(this.account, conversation);
  }

  #conversation(kind: ConversationKind): Conversation {
    return this.#around.conversations.of(this.account, kind);
  }
}

function shownMessage({ id }: Conversation, { activityId, from, text, card, file, signIn }: Message): ShownMessage {
  const shown = card === null ? null : shownCard(activityId, id, card);
  if (signIn !== null) return { activityId, from, text: `${signIn.card.text}\n${signIn.card.button.title}`, card: null, file: null };
  if (file !== null) return { activityId, from, text: `${file.name}\n${file.description}`, card: null, file: { ...file, activityId } };
  return { activityId, from, text: shown?.text ?? text, card: shown, file: null };
}
