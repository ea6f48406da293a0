// The one registry of keys: handlers, hints, the help overlay and the palette all read it.

/** @typedef {{ id: string, key: string, label: string, run: () => void, group?: string, inFields?: boolean, also?: string[], when?: () => boolean }} Action */

const scopes = new Map(); // name -> Map(key -> Action); the scope added last is asked first

/** Replace all actions of a scope. Two actions on one key in a scope is a programming error. */
export function setScope(name, actions) {
  const table = new Map();
  for (const action of actions) {
    for (const key of [action.key, ...(action.also ?? [])]) {
      if (table.has(key)) throw new Error(`key ${key} in ${name}: ${table.get(key).id} and ${action.id}`);
      table.set(key, action);
    }
  }
  scopes.delete(name);
  scopes.set(name, table);
}

/** Every action once, the ones of the task first. */
export function actions() {
  return [...scopes.values()].reverse().flatMap((table) => [...new Set(table.values())]);
}

export function find(key) {
  for (const table of [...scopes.values()].reverse()) if (table.has(key)) return table.get(key);
  return undefined;
}

/** The name of what was pressed: "1", "Shift+1", "Z", "Shift+Z", "Ctrl+Enter", "?". */
export function keyOf(event) {
  const control = event.ctrlKey || event.metaKey;
  let key = event.key;
  const code = event.code ?? "";
  if (/^Digit\d$/.test(code) && event.shiftKey) key = code.slice(5);
  else if (/^Key[A-Z]$/.test(code) && !/^[a-z]$/i.test(key)) key = code.slice(3); // a layout without Latin letters
  const letter = /^[a-z]$/i.test(key);
  if (letter) key = key.toUpperCase();
  const shift = event.shiftKey && (letter || /^\d$/.test(key) || key.length > 1);
  return (control ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + (shift ? "Shift+" : "") + key;
}

function writes(element) {
  return element.isContentEditable || element.matches?.('textarea, select, input:not([type="radio"], [type="checkbox"], [type="button"], [type="range"])');
}

function handle(event) {
  if (event.defaultPrevented || event.isComposing || event.repeat && event.key === "Enter") return;
  if (document.querySelector("dialog[open]")) return;
  const key = keyOf(event);
  const action = find(key);
  if (!action) return;
  if (action.when && !action.when()) return; // the browser's own meaning of the key, such as copying selected text
  if (writes(event.target) && !action.inFields) return;
  if (event.target.matches?.('input[type="range"]') && /^(Arrow|Page)/.test(event.key)) return; // a slider's own keys
  if (event.key === "Enter" && event.target.closest?.("button, a[href], summary") && !event.ctrlKey) return;
  event.preventDefault();
  action.run();
}

export function listen(target = document) {
  target.addEventListener("keydown", handle);
}

/** The visible hint of a key. */
export function hint(key) {
  const element = document.createElement("kbd");
  element.className = "kbd";
  element.ariaHidden = "true";
  element.textContent = key;
  return element;
}
