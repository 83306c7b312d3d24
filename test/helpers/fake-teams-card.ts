import { cardText } from './fake-teams-card-text.ts';
import { isJsonObject, listOf, objectOf, textOf, type Json } from './fake-teams-json.ts';

/** A card as it stood in the window when it was asked for; it does not change afterwards. */
export interface ShownCard {
  readonly activityId: string;
  readonly conversationId: string;
  readonly json: Json;
  /** All visible text in reading order, one line for each element. */
  readonly text: string;
  /** Titles of the buttons. */
  readonly actions: readonly string[];
  /** Verbs of the buttons that are `Action.Execute`. */
  readonly verbs: readonly string[];
  /** Ids of the inputs. */
  readonly inputs: readonly string[];
  /** Whether the visible text contains this; runs of white space count as one space. */
  has(part: string): boolean;
}

type CardAction = Json;

/** A title, a verb, or a question about the action's JSON. */
export type ActionChoice = string | ((action: CardAction) => boolean);

export function shownCard(activityId: string, conversationId: string, json: Json): ShownCard {
  const text = cardText(json);
  const actions = actionsOf(json);
  return {
    activityId,
    conversationId,
    json,
    text,
    actions: actions.map(({ title }) => textOf(title)).filter((title) => title !== ''),
    verbs: actions.map(({ verb }) => textOf(verb)).filter((verb) => verb !== ''),
    inputs: inputsOf(json).map(({ id }) => textOf(id)),
    has: (part) => oneSpaced(text).includes(oneSpaced(part)),
  };
}

export function oneSpaced(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').trim();
}

/** What the card's `Action.Execute` sends: its verb, and its data merged with the inputs. */
export function executed(card: ShownCard, choice: ActionChoice, filled: Readonly<Record<string, string>>): Json {
  const action = chosenAction(card, choice);
  if (action['type'] !== 'Action.Execute') throw new Error(`${String(action['title'])} is ${String(action['type'])}, not Action.Execute: submit it`);
  const { type, id, title, verb } = action;
  return { type, id, title, verb, data: sentData(card, action, filled) };
}

/** What the card's `Action.Submit` sends, or that which stands in for its `Action.Execute` in an older client. */
export function submitted(card: ShownCard, choice: ActionChoice, filled: Readonly<Record<string, string>>): Json {
  const action = chosenAction(card, choice);
  const submit = action['type'] === 'Action.Execute' ? objectOf(action['fallback']) : action;
  if (submit['type'] !== 'Action.Submit') throw new Error(`${String(action['title'])} has no Action.Submit`);
  return sentData(card, submit, filled);
}

function chosenAction(card: ShownCard, choice: ActionChoice): CardAction {
  const matches = typeof choice === 'string' ? (action: CardAction) => isCalled(action, choice) : choice;
  const found = actionsOf(card.json).filter((action) => matches(action));
  const [first] = found;
  const asked = typeof choice === 'string' ? `"${choice}"` : 'that';
  if (first === undefined) throw new Error(`no action is ${asked}; the card shows:\n${card.text}`);
  if (new Set(found.map(whatItSends)).size > 1) {
    throw new Error(`${found.length} different actions are ${asked}: choose one by its data, with a function`);
  }
  if (first['isEnabled'] === false) throw new Error(`the action ${asked} is greyed out`);
  return first;
}

function isCalled(action: CardAction, called: string): boolean {
  return action['title'] === called || action['verb'] === called || objectOf(action['data'])['verb'] === called;
}

function whatItSends({ type, verb, data }: CardAction): string {
  return JSON.stringify([type, verb, data]);
}

/**
 * Inputs that were left alone come with what they are filled with, everything as a string. An action whose
 * `associatedInputs` is `none` takes no input of the card along; ids that the card does not have are sent as given.
 */
function sentData(card: ShownCard, action: CardAction, filled: Readonly<Record<string, string>>): Json {
  const inputs = inputsOf(card.json);
  const defaults = Object.fromEntries(inputs.map((input) => [textOf(input['id']), defaultOf(input)]));
  const { msteams: _, ...data } = objectOf(action['data']);
  if (action['associatedInputs'] !== 'none') return { ...data, ...defaults, ...filled };
  const foreign = Object.entries(filled).filter(([id]) => !(id in defaults));
  return { ...data, ...Object.fromEntries(foreign) };
}

function defaultOf({ type, value, valueOff }: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return type === 'Input.Toggle' ? textOf(valueOff) || 'false' : '';
}

function actionsOf({ body, actions }: Json): readonly CardAction[] {
  return [...elements(body, 'visible'), ...elements(actions, 'visible')].filter(({ type }) => textOf(type).startsWith('Action.'));
}

/** Hidden inputs too: a client sends them along. */
function inputsOf({ body, actions }: Json): readonly Json[] {
  return [...elements(body, 'all'), ...elements(actions, 'all')].filter(({ type, id }) => textOf(type).startsWith('Input.') && textOf(id) !== '');
}

/** No elements of this card: what stands in for others, and what an action sends. */
const notShown = new Set(['fallback', 'data', 'refresh']);

function elements(value: unknown, which: 'visible' | 'all'): readonly Json[] {
  if (Array.isArray(value)) return listOf(value).flatMap((item) => elements(item, which));
  if (!isJsonObject(value) || (which === 'visible' && value['isVisible'] === false)) return [];
  const inner = Object.entries(value).flatMap(([member, child]) => (notShown.has(member) ? [] : elements(child, which)));
  return typeof value['type'] === 'string' ? [value, ...inner] : inner;
}
