// The base of every type's widget: shows one task, holds one answer, knows nothing of network or storage.
import { History } from "./history.js";
import { Suggestion } from "./suggestion.js";
import { sayMany } from "./text.js";

const SHOWN_PROBLEMS = 6; // the list is an alert: it is read out, and covers a part of the panel

export default class Widget extends HTMLElement {
  history = new History();
  suggestion = null;

  /** Fetch and decode what the task needs, off-screen. The result lands in `task.ready`. */
  static async prepare(_task, _options) {}

  /** Build the DOM while still detached. `template` is the type's widget.html. */
  mount({ task, config, template, draft = null, suggestion = null, readonly = false, settled = false }) {
    this.task = task;
    this.config = config;
    this.readonly = readonly;
    this.append(template.content.cloneNode(true));
    this.build();
    if (suggestion && !readonly) this.suggestion = new Suggestion(this, suggestion.value, { draft, settled, source: suggestion.source });
    else if (draft ?? suggestion) this.restore(draft ?? suggestion.value);
  }

  part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  build() {}
  /** Actions of this task, for the key registry. @returns {import("./keys.js").Action[]} */
  actions() { return []; }
  value() { throw new Error("value() is missing"); }
  /** @returns {{ path: string, message: string }[]} empty = may be submitted */
  problems() { return []; }
  restore(_value) {}
  /** Of a list of objects: how many are there only as suggested; null: an answer is accepted as a whole. */
  suggestedLeft() { return null; }
  /** Mark the objects that are as in this suggested answer. */
  markSuggested(_value) {}
  /** Accept the chosen one of them and choose the next, or accept all. */
  acceptSuggested(_all) {}
  // showTogether(layers, { against }): optional. Draws several answers over the item at once, for reviewers.
  activate() { this.part("document")?.focus({ preventScroll: true }); }
  release() {}

  undo() { return this.history.undo(); }
  redo() { return this.history.redo(); }

  /** Show problems beside the question; an empty list clears them. */
  showProblems(problems) {
    const list = this.part("problems");
    const more = problems.length - SHOWN_PROBLEMS;
    const told = problems.slice(0, SHOWN_PROBLEMS).map(({ message }) => message);
    if (more > 0) told.push(sayMany("And %(count)s more.", "And %(count)s more.", more));
    list.replaceChildren(...told.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    list.hidden = !problems.length;
  }

  fire(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}
