// The list of shortcuts, and the place to change them: every command can have another key, or none.
import { announce } from "../announce.js";
import { actions, byId, hint, holderOf, keyChoices, keyOf, keysInForce, nameOf } from "../keys.js";
import { say } from "../text.js";
import { make, open } from "./dialog.js";
import { prefer } from "./preferences.js";

const ALONE = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "NumLock", "Fn", "Process", "Dead", "Unidentified"]);
const BROWSERS = /^(Tab|Shift\+Tab|F\d+|Ctrl\+(Shift\+)?[CVXARTWNLFPQ]|Ctrl\+[-+=0-9])$/;

const LETTERS = () => [
  ["on", gettext("On: a letter, digit or sign is a command")],
  ["alt", gettext("With Alt: Alt and the letter together")],
  ["off", gettext("Off: buttons and the command palette do everything")],
];

export function showShortcuts() {
  new Shortcuts();
}

class Shortcuts {
  #changing = false;

  constructor() {
    this.places = make("div", { className: "stack" });
    this.problem = make("p", { className: "field-errors", role: "alert" });
    const body = make("div", {}, this.#letters(), this.#bar(), this.problem, this.places);
    open(gettext("Keyboard shortcuts"), body, { kind: "dialog dialog-wide" });
    this.#draw();
  }

  #letters() {
    const set = make("fieldset", { className: "key-letters" }, make("legend", { className: "field-label", textContent: gettext("Keys of a single character") }));
    for (const [value, label] of LETTERS()) {
      const input = make("input", { type: "radio", name: "letters", value, checked: keyChoices().letters === value });
      input.addEventListener("change", async () => {
        await this.#keep({ letters: value });
      });
      set.append(make("label", { className: "check" }, input, make("span", { textContent: label })));
    }
    return set;
  }

  #bar() {
    this.change = make("button", { type: "button", className: "btn", ariaPressed: "false" }, gettext("Change keys"));
    this.change.addEventListener("click", () => {
      this.#changing = !this.#changing;
      this.change.ariaPressed = String(this.#changing);
      this.#draw();
    });
    this.reset = make("button", { type: "button", className: "btn btn-quiet" }, gettext("All keys as they were at first"));
    this.reset.addEventListener("click", async () => {
      await this.#keep({ own: {} });
      this.change.focus();
    });
    return make("div", { className: "row" }, this.change, this.reset);
  }

  #draw() {
    const groups = new Map();
    for (const action of actions()) {
      const name = action.group ?? gettext("Task");
      groups.set(name, [...(groups.get(name) ?? []), action]);
    }
    this.places.replaceChildren(...[...groups].map(([name, members]) => make("section", { className: "stack stack-tight" },
      make("h3", { textContent: name }), make("dl", { className: "key-list" }, ...members.map((action) => this.#row(action))))));
    this.reset.hidden = !Object.keys(keyChoices().own).length;
  }

  #row(action) {
    const keys = keysInForce(action);
    const shown = keys.length ? keys[0].split(/\+(?=.)/).map((part) => hint(part)) : [make("span", { className: "muted small", textContent: gettext("no key") })];
    const place = make("dd", {}, ...shown);
    if (this.#changing) {
      const button = make("button", { type: "button", className: "btn btn-quiet", ariaLabel: say("Change the key of “%(command)s”", { command: action.label }) }, gettext("Change"));
      button.dataset.change = action.id;
      button.addEventListener("click", () => this.#ask(action, place));
      place.append(button);
    }
    return make("div", {}, make("dt", { textContent: action.label, dir: "auto" }), place);
  }

  /** Wait for a key; Tab, Escape and going elsewhere leave it as it was. */
  #ask(action, place) {
    this.problem.textContent = "";
    const wait = make("button", { type: "button", className: "btn btn-primary", ariaLabel: say("Press the new key of “%(command)s”. Escape leaves it as it is.", { command: action.label }) }, gettext("Press a key…"));
    const small = (text, run) => {
      const button = make("button", { type: "button", className: "btn btn-quiet" }, text);
      button.addEventListener("click", run);
      return button;
    };
    const own = keyChoices().own[action.id];
    place.replaceChildren(wait,
      ...(keysInForce(action).length ? [small(gettext("No key"), () => this.#set(action, ""))] : []),
      ...(own !== undefined ? [small(action.key ? say("Back to %(key)s", { key: nameOf(action.key) }) : say("As it was"), () => this.#set(action, action.key))] : []));
    wait.addEventListener("keydown", (event) => this.#caught(event, action));
    place.addEventListener("focusout", (event) => { if (!place.contains(event.relatedTarget) && wait.isConnected) this.#again(action.id, false); });
    wait.focus();
  }

  #caught(event, action) {
    if (event.key === "Tab" || ALONE.has(event.key) || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") this.#again(action.id);
    else if (!event.repeat) this.#set(action, keyOf(event));
  }

  #set(action, key) {
    const why = key && key !== action.key ? this.#whyNot(action, key) : key && taken(action, key);
    if (why) {
      this.problem.textContent = why;
      return;
    }
    const { [action.id]: _before, ...own } = keyChoices().own;
    if (key !== action.key) own[action.id] = key;
    this.problem.textContent = "";
    this.#keep({ own }).then(() => this.#again(action.id));
    announce(key ? say("“%(command)s” is %(key)s now.", { command: action.label, key: nameOf(key) }) : say("“%(command)s” has no key now.", { command: action.label }));
  }

  #whyNot(action, key) {
    if (BROWSERS.test(key)) return say("The browser needs %(key)s itself.", { key: nameOf(key) });
    return taken(action, key);
  }

  async #keep(changes) {
    const saved = prefer("keys", changes);
    this.#draw();
    if (!(await saved)) this.problem.textContent = say("In force here, but not saved yet: it is sent again when the connection is back.");
  }

  #again(id, focus = true) {
    this.#draw();
    if (focus) this.places.querySelector(`[data-change="${CSS.escape(id)}"]`)?.focus();
  }
}

/** Why a command may not have this key: another one has it, here or in another type of task. */
function taken(action, key) {
  const holder = holderOf(key, action.id);
  if (holder) return say("%(key)s is “%(command)s” already. Give that another key first.", { key: nameOf(key), command: holder.label });
  const elsewhere = Object.entries(keyChoices().own).some(([id, own]) => own === key && id !== action.id && !byId(id));
  return elsewhere ? say("You gave %(key)s to a command of another type of task.", { key: nameOf(key) }) : "";
}
