// A suggested answer in a widget: said to be one until the annotator has accepted it or made it theirs.
import { hint, keyFor, nameOf } from "./keys.js";
import { say } from "./text.js";

const LONG = 64;
const written = new WeakMap(); // long lists of numbers, the runs of masks: never changed in place, so written once

function ordered(_key, each) {
  if (!each || typeof each !== "object") return each;
  if (!Array.isArray(each)) return Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1)));
  if (each.length <= LONG || typeof each[0] !== "number") return each;
  if (!written.has(each)) written.set(each, each.join());
  return written.get(each);
}

/** The same text for the same value, whatever the order of its fields. */
export function stable(value) {
  return JSON.stringify(value, ordered);
}

/** A command by its key in force, else by its button. */
const named = (id, usual, button) => nameOf(keyFor(id, usual)) || button;

export class Suggestion {
  #start; // the suggested answer, as the widget itself gives it
  #accepted;
  #text = document.createElement("span");
  #accept;
  #all;

  /** @param {{ draft: object|null, settled: boolean, source?: string }} options settled: dealt with when it was
   *  submitted before; source: the machine that suggests it, where it is known */
  constructor(widget, value, { draft, settled, source }) {
    this.source = source;
    this.widget = widget;
    this.value = value;
    this.#accepted = settled;
    widget.restore(value);
    this.#start = stable(widget.value());
    widget.markSuggested(value);
    this.isWhole = !widget.suggestedLeft(); // a list without objects is accepted as a whole, too
    if (draft ?? settled) widget.restore(draft ?? value);
    if (draft && !settled) widget.markSuggested(value);
    this.#build();
    this.update();
    widget.addEventListener("change", () => this.update());
  }

  get isChanged() { return stable(this.widget.value()) !== this.#start; }
  /** Whether something is there only because it was suggested. */
  get isOpen() { return this.isWhole ? !this.#accepted && !this.isChanged : this.widget.suggestedLeft() > 0; }

  #build() {
    const button = (key, id, text, run) => {
      const made = Object.assign(document.createElement("button"), { type: "button", className: "btn" });
      made.append(hint(key, id), text);
      made.addEventListener("click", run);
      return made;
    };
    this.#accept = button("A", "accept", say("Accept"), () => this.accept());
    this.#all = button("Shift+A", "accept.all", say("Accept all"), () => this.acceptAll());
    const words = document.createElement("p");
    words.append(Object.assign(document.createElement("strong"), { textContent: this.source ? say("Suggested by %(source)s:", { source: this.source }) : gettext("Suggested") }), " ", this.#text);
    const row = Object.assign(document.createElement("div"), { className: "row" });
    row.append(this.#accept, this.#all);
    const box = Object.assign(document.createElement("div"), { className: "suggested" });
    box.dataset.part = "suggestion";
    box.append(words, row);
    this.widget.part("form").prepend(box);
  }

  update() {
    const { isOpen, isWhole, isChanged } = this;
    this.widget.dataset.suggestion = isOpen ? "open" : isChanged ? "changed" : "accepted";
    let text = say("accepted. You can still change it.");
    const one = named("accept", "A", say("“Accept”"));
    const submit = named("submit", "Enter", say("“Submit”"));
    if (isOpen && isWhole && this.source) text = say("check it. %(accept)s or %(submit)s accepts it, any change makes it yours.", { accept: one, submit });
    else if (isOpen && isWhole) text = say("by a model or an earlier process. Check it: %(accept)s or %(submit)s accepts it, any change makes it yours.", { accept: one, submit });
    else if (isOpen) text = say("%(count)s to check. %(accept)s accepts the chosen one; %(submit)s accepts what is left and submits.", { count: this.widget.suggestedLeft(), accept: one, submit });
    else if (isChanged) text = isWhole ? say("changed by you. %(accept)s goes back to it.", { accept: one }) : say("checked, and changed by you.");
    if (this.#text.textContent !== text) this.#text.textContent = text;
    this.#accept.hidden = !isOpen && !(isWhole && isChanged);
    this.#accept.lastChild.textContent = isWhole && isChanged ? say("Back to the suggestion") : say("Accept");
    this.#all.hidden = isWhole || !isOpen;
  }

  /** A: the whole answer, or the chosen object; with none chosen the next one that is only suggested is chosen. */
  accept() {
    const { widget } = this;
    if (!this.isWhole) {
      if (this.isOpen) widget.acceptSuggested(false);
      return;
    }
    this.#accepted = true;
    if (this.isChanged) this.#goBack();
    else widget.fire("change");
    widget.fire("announce", { text: say("Suggestion accepted.") });
  }

  acceptAll() {
    if (this.isWhole) this.accept();
    else if (this.isOpen) this.widget.acceptSuggested(true);
  }

  #goBack() {
    const before = this.widget.value();
    this.widget.history.run({ apply: () => this.#put(this.value), invert: () => this.#put(before) });
  }

  #put(value) {
    this.widget.restore(value);
    this.widget.showProblems([]);
    this.widget.fire("change");
  }

  /** The answer is submitted as it stands. @returns {boolean} whether that accepts what nobody had accepted yet */
  settle() {
    const wasOpen = this.isOpen;
    this.#accepted = true;
    return wasOpen;
  }
}
