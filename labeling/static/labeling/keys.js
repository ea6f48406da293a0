// The one registry of keys: handlers, hints, the help overlay and the palette all read it. Which keys are in force is the
// person's choice: own keys in the place of ours, and single characters on, only with Alt, or off (WCAG 2.1.4).

/** @typedef {{ id: string, key: string, label: string, run: () => void, group?: string, inFields?: boolean, inLists?: boolean, isWork?: boolean, whileDown?: boolean, also?: string[], when?: () => boolean }} Action */

const scopes = new Map(); // name -> Action[]; the scope added last is asked first
let mine = { letters: "on", own: {} };
let tables = []; // what is in force: [Map(key -> Action)], the scope asked first in front
let shown = new Map(); // Action -> its keys in force

const CODES = { BracketLeft: "[", BracketRight: "]", Slash: "/", Backslash: "\\", Minus: "-", Equal: "=", Comma: ",", Period: "." };
const NAMES = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Delete: "Del", Escape: "Esc" };

/** Replace all actions of a scope. Two actions on one key in a scope is a programming error. */
export function setScope(name, actions) {
  const seen = new Map();
  for (const action of actions) {
    for (const key of keysOf(action)) {
      if (seen.has(key)) throw new Error(`key ${key} in ${name}: ${seen.get(key).id} and ${action.id}`);
      seen.set(key, action);
    }
  }
  scopes.delete(name);
  scopes.set(name, actions);
  settle();
}

/** Take the person's preferences: `letters` "on", "alt" or "off"; `own` keys by the command's id, "" for none. */
export function setKeys({ letters = "on", own = {} } = {}) {
  mine = { letters, own };
  settle();
}

export const keyChoices = () => mine;

function keysOf({ key, also = [] }) {
  return [key, ...also].filter(Boolean);
}

function isCharacter(key) {
  return /^(Shift\+)?.$/u.test(key);
}

/** A key as it is in force, or "". */
function inForce(key) {
  if (!isCharacter(key) || mine.letters === "on") return key;
  return mine.letters === "alt" ? `Alt+${key}` : "";
}

/** A command's keys: its own one, then those of ours that are more than a character. */
function wanted(action) {
  const own = mine.own[action.id];
  const keys = own === undefined ? keysOf(action) : [own, ...(action.also ?? []).filter((key) => !isCharacter(key))];
  return keys.map((key) => inForce(key)).filter(Boolean);
}

/** Work out anew what is in force. A key of the person's own is taken from whatever else had it. */
function settle() {
  const lists = [...scopes.values()].reverse();
  const taken = new Map();
  for (const action of lists.flat()) {
    const key = inForce(mine.own[action.id] ?? "");
    if (key && !taken.has(key)) taken.set(key, action);
  }
  shown = new Map();
  tables = lists.map((actions) => {
    const table = new Map();
    for (const action of actions) {
      const keys = wanted(action).filter((key) => !table.has(key) && (taken.get(key) ?? action) === action);
      for (const key of keys) table.set(key, action);
      shown.set(action, keys);
    }
    return table;
  });
  redraw(document);
}

/** Every action once, the ones of the task first. */
export function actions() {
  return [...scopes.values()].reverse().flat();
}

export function find(key) {
  for (const table of tables) if (table.has(key)) return table.get(key);
  return undefined;
}

export function byId(id) {
  return actions().find((action) => action.id === id);
}

/** All keys in force for an action. */
export function keysInForce(action) {
  return shown.get(action) ?? [];
}

/** The key in force for a command, or "". One that is not registered yet is shown as it would be. */
export function keyFor(id, usual = "") {
  const action = byId(id);
  return action ? shown.get(action)?.[0] ?? "" : inForce(mine.own[id] ?? usual);
}

/** Who has this key already, apart from the command itself. */
export function holderOf(key, id) {
  const wish = inForce(key);
  return actions().find((action) => action.id !== id && shown.get(action)?.includes(wish));
}

/** The name of what was pressed: "1", "Shift+1", "Z", "Shift+Z", "Ctrl+Enter", "?". */
export function keyOf(event) {
  const extra = event.getModifierState?.("AltGraph"); // some layouts need AltGr for [ or \: then it is no modifier
  const control = (event.ctrlKey || event.metaKey) && !extra;
  const alt = event.altKey && !extra;
  let key = event.key;
  const code = event.code ?? "";
  if (/^Digit\d$/.test(code) && (event.shiftKey || alt)) key = code.slice(5);
  else if (/^Key[A-Z]$/.test(code) && !/^[a-z]$/i.test(key)) key = code.slice(3); // a layout without Latin letters
  else if (alt && code in CODES && !/^[ -~]$/.test(key)) key = CODES[code]; // Option makes other characters on a Mac
  const letter = /^[a-z]$/i.test(key);
  if (letter) key = key.toUpperCase();
  const shift = event.shiftKey && (letter || /^\d$/.test(key) || key.length > 1);
  return (control ? "Ctrl+" : "") + (alt ? "Alt+" : "") + (shift ? "Shift+" : "") + key;
}

function writes(element) {
  return element.isContentEditable || element.matches?.('textarea, select, input:not([type="radio"], [type="checkbox"], [type="button"], [type="range"])');
}

const SEARCH_MS = 1000; // as long a letter typed in a list to choose from goes on with the word before it
let searched = { text: "", at: 0 };

/** In a closed list to choose from, what moves to another question or object does so; else it would choose what begins with J. */
function leavesList(event, action) {
  const { target } = event;
  if (!target.matches?.("select") || event.key.length > 1 || event.ctrlKey || event.metaKey || event.altKey) return false;
  const before = event.timeStamp - searched.at < SEARCH_MS ? searched.text : "";
  const text = before + event.key.toLowerCase();
  const isWord = before && [...target.options].some((option) => option.text.toLowerCase().startsWith(text));
  if (action?.inLists && !isWord && !isOpen(target)) return true;
  searched = { text, at: event.timeStamp };
  return false;
}

function isOpen(select) {
  return CSS.supports("selector(:open)") && select.matches(":open");
}

let isLost = () => false;
let held = null; // the keys pressed while another task is brought to the screen

/** @param {(event: KeyboardEvent, isWork: boolean, action?: Action) => boolean} test whether a key is not to be taken; `isWork`: it means the task */
export function onKeys(test) {
  isLost = test;
}

/** What is pressed until `work` is over is done after it, with what is on the screen then. */
export async function holdKeys(work) {
  const mine = (held ??= []);
  try {
    return await work();
  } finally {
    if (held === mine) {
      held = null;
      for (const key of mine) {
        if (held) held.push(key);
        else find(key)?.run();
      }
    }
  }
}

/** Whether it means the task: a command of its widget, or, with no task on the screen, what is one of most widgets. */
function isWork(event, action) {
  return action ? Boolean(action.isWork || scopes.get("task")?.includes(action)) : !writes(event.target) && /^(Shift\+)?[A-Z\d]$/.test(keyOf(event));
}

function handle(event) {
  if (event.defaultPrevented || event.isComposing || event.repeat && event.key === "Enter") return;
  if (document.querySelector("dialog[open]")) return;
  const key = keyOf(event);
  const action = find(key);
  const leaves = leavesList(event, action);
  if (!action) {
    isLost(event, isWork(event, action));
    return;
  }
  if (action.when && !action.when()) return; // the browser's own meaning of the key, such as copying selected text
  const submits = event.key === "Enter" && event.target.matches?.("select"); // a list that is closed has no use for it
  if (writes(event.target) && !action.inFields && !submits && !leaves) return;
  if (event.target.matches?.('input[type="range"]') && /^(Arrow|Page)/.test(event.key)) return; // a slider's own keys
  if (event.key === "Enter" && event.target.closest?.("button, a[href], summary") && !event.ctrlKey) return;
  event.preventDefault();
  if (isLost(event, isWork(event, action), action)) return;
  if (held && !action.whileDown) held.push(key); // one that lasts as long as it is held down cannot come later
  else action.run(event);
}

export function listen(target = document) {
  target.addEventListener("keydown", handle);
}

/** A key as people read it: "⇧A", "Alt+↑", "Del". */
export function nameOf(key) {
  const parts = key.split(/\+(?=.)/).map((part) => NAMES[part] ?? part);
  return parts.join("+").replace(/Shift\+(?=.$)/u, "⇧");
}

/** The visible hint of a key; with a command's `id` it follows the key in force. */
export function hint(key, id = "") {
  const element = document.createElement("kbd");
  element.className = "kbd";
  element.ariaHidden = "true";
  if (id) follow(element, key, id);
  else element.textContent = nameOf(key);
  return element;
}

/** Let an element's text be the key in force for a command; with none, the text `instead`, or nothing. */
export function follow(element, key, id, instead = "") {
  Object.assign(element.dataset, { keyOf: id, key });
  if (instead) element.dataset.keyElse = instead;
  draw(element);
}

function draw(element) {
  const { keyOf: id, key: usual, keyElse: instead = "" } = element.dataset;
  const key = keyFor(id, usual);
  element.hidden = !key && !instead;
  const text = key ? nameOf(key) : instead;
  if (element.textContent !== text) element.textContent = text;
}

function redraw(root) {
  for (const element of root.querySelectorAll("[data-key-of]")) draw(element);
}
