// The item and its answers. A type whose widget has `showTogether` draws all answers over the item; of any other type the
// answers stand side by side beneath it, each in the type's own read-only controls, texts as what differs from the consensus.
import { diffNodes } from "../engine/diff.js";
import { say } from "../text.js";
import { make } from "../ui/dialog.js";

export const CONSENSUS = "consensus";
const ALIKE = 1e-6; // apart

/** The answers' letters and colours: A is the first one, wherever it is shown. */
export function layersOf(review) {
  const layers = review.answers.map((answer, n) => ({ key: answer.id, letter: letter(n), color: (n % 9) + 1, ...answer }));
  if (review.consensus) layers.push({ key: CONSENSUS, letter: "✓", color: 0, ...review.consensus, apart: 0 });
  return layers;
}

function letter(n) {
  return n < 26 ? String.fromCharCode(65 + n) : String(n + 1);
}

export class Stage {
  #widgets = [];

  constructor({ review, project, Widget, template, place }) {
    Object.assign(this, { review, project, Widget, template, place });
    this.layers = layersOf(review);
    this.view = { shown: null, over: null, differences: false };
  }

  get task() {
    const { review } = this;
    return { assignment: -review.id, task: review.task, project: review.project, item: review.item, ready: this.ready, suggestion: null, draft: null };
  }

  async prepare() {
    const task = this.task;
    try {
      await this.Widget.prepare(task, {});
    } catch (error) {
      console.warn("not prepared", error); // the widget shows that the picture is missing
    }
    this.ready = task.ready;
    return this;
  }

  #mounted(options) {
    const element = document.createElement(this.project.widget);
    element.mount({ task: this.task, config: this.project.config, template: this.template, ...options });
    this.#widgets.push(element);
    return element;
  }

  // --- looking -----------------------------------------------------------------------------------------------------

  show() {
    if (this.item) { // back from fixing
      this.editor?.remove();
      this.editor = null;
      return this.#place();
    }
    const value = this.review.consensus?.value ?? null;
    this.item = this.#mounted({ readonly: true, draft: value });
    this.together = typeof this.item.showTogether === "function";
    this.columns = this.together ? [] : this.layers.map((layer) => this.#column(layer));
    return this.#place();
  }

  #place() {
    const item = make("div", { className: "review-item" }, this.item);
    const alone = this.together || !this.columns.length; // nothing to put beneath it
    const row = make("div", { className: "review-columns", tabIndex: 0, role: "group", ariaLabel: gettext("Answers side by side") }, ...this.columns.map(({ element }) => element));
    this.place.replaceChildren(item, ...(alone ? [] : [row]));
    this.place.dataset.view = alone ? "together" : "columns";
    this.look(this.view);
  }

  #column(layer) {
    const name = layer.key === CONSENSUS ? gettext("Consensus") : say("Answer %(letter)s", { letter: layer.letter });
    const element = make("section", { className: "review-column", ariaLabel: name, tabIndex: 0 });
    element.dataset.color = layer.color;
    element.append(make("h2", { className: "review-column-name" }, swatch(layer.color), make("span", { textContent: name })));
    const texts = this.#differences(layer);
    if (layer.is_older) element.append(make("p", { className: "muted small", textContent: gettext("Given under an older version of the question.") }));
    if (texts) element.append(texts);
    element.append(this.#mounted({ readonly: true, draft: layer.value }));
    return { layer, element };
  }

  /** Written texts of an answer as what differs from the consensus; null where there are none. */
  #differences(layer) {
    const before = this.review.consensus?.texts ?? {};
    const names = Object.keys(layer.texts ?? {});
    if (!names.length || layer.key === CONSENSUS) return null;
    const box = make("div", { className: "review-texts", tabIndex: 0, role: "group", ariaLabel: gettext("Text, with what differs from the consensus") });
    for (const name of names) {
      const text = make("p", { className: "diff", dir: "auto" });
      text.append(...(name in before ? diffNodes(before[name], layer.texts[name]) : [layer.texts[name]]));
      box.append(...(names.length > 1 ? [make("h3", { className: "muted small", textContent: name })] : []), text);
    }
    return box;
  }

  /** @param {{ shown: *, over: *, differences: boolean }} view the answer shown alone, the one pointed at, only what differs */
  look(view) {
    this.view = view;
    const { shown, over, differences } = view;
    const visible = this.layers.filter((layer) => (shown === null ? !differences || layer.key === CONSENSUS || !this.isAlike(layer) : layer.key === shown));
    for (const { layer, element } of this.columns) {
      element.hidden = !visible.includes(layer);
      element.classList.toggle("is-over", over === layer.key);
    }
    if (!this.together) return;
    const colors = this.colors;
    this.item.showTogether(visible.map((layer) => ({
      name: layer.letter, value: layer.value, color: layer.key === CONSENSUS ? "rgb(255, 255, 255)" : colors[layer.key], isConsensus: layer.key === CONSENSUS,
      isFaded: over !== null && over !== layer.key && shown === null, isNamed: shown !== null || over === layer.key,
    })), { against: differences ? this.review.consensus?.value ?? null : null });
  }

  isAlike(layer) { return layer.apart !== null && layer.apart <= ALIKE; }

  /** Keys of the view alone, such as zooming. */
  actions() { return this.item?.viewport?.actions?.() ?? []; }

  // --- fixing ------------------------------------------------------------------------------------------------------

  /** The type's own widget, to be changed: it begins with what is shown alone, else with the consensus. */
  fix(draft) {
    this.editor = this.#mounted({ draft });
    this.place.replaceChildren(make("div", { className: "review-editor", id: "stage" }, this.editor));
    this.place.dataset.view = "fix";
    this.editor.activate();
    return this.editor;
  }

  /** The end: a picture's pixels are freed, and to be shown again it has to be prepared again. */
  release() {
    for (const widget of this.#widgets) widget.release();
    this.#widgets = [];
    this.item = this.editor = null;
  }
}

export function swatch(color) {
  return make("span", { className: color ? `swatch swatch-${color}` : "swatch swatch-consensus", ariaHidden: "true" });
}
