import { prepareItem, showItem } from "../../labeling/item.js";
import { number, say } from "../../labeling/text.js";
import Widget from "../../labeling/widget.js";

const ROWS = 8;
let instances = 0;

/** Fields to write in, each with its own rules of length and its own count. */
export default class WritingWidget extends Widget {
  static prepare = prepareItem;
  #typing = null; // the field whose last command still grows

  build() {
    this.viewport = showItem(this.part("document"), this.task);
    this.dataset.shows = this.task.item.image ? "image" : "text";
    this.dataset.writes = "";
    this.part("question").textContent = this.config.question;
    this.part("form").addEventListener("submit", (event) => event.preventDefault());
    const name = `writing-${++instances}`;
    this.fields = this.config.fields.map((field, index) => this.#field(field, `${name}-${index}`));
    this.part("fields").append(...this.fields.map((each) => each.row));
    this.#show(this.fields.map(({ field }) => this.#given(field)));
  }

  /** What the item brings for a field to start from. */
  #given(field) {
    const { text, data } = this.task.item;
    const found = field.prefill_from === "text" ? text : data?.[field.prefill_from];
    return field.prefill_from && typeof found === "string" ? found : "";
  }

  #field(field, id) {
    const row = document.createElement("div");
    row.className = "field";
    const label = document.createElement("label");
    label.className = "field-label";
    label.htmlFor = id;
    label.textContent = (field.label ?? field.name) + (field.required ? "" : ` ${say("(optional)")}`);
    const input = document.createElement(field.multiline ? "textarea" : "input");
    input.className = field.multiline ? "textarea" : "input";
    input.id = id;
    input.dir = field.dir || "auto";
    if (field.lang) input.lang = field.lang;
    if (field.prefill_from) input.dataset.material = ""; // a text of the item's: the veil covers it
    if (field.multiline) input.rows = this.config.fields.length > 1 ? ROWS / 2 : ROWS;
    input.placeholder = field.placeholder ?? "";
    input.autocomplete = "off";
    input.readOnly = this.readonly;
    input.ariaRequired = String(Boolean(field.required));
    const count = document.createElement("p");
    count.className = "field-help writing-count";
    count.id = `${id}-count`;
    const error = document.createElement("p");
    error.className = "field-errors";
    error.id = `${id}-error`;
    error.hidden = true;
    input.setAttribute("aria-describedby", `${error.id} ${count.id}`);
    row.append(label, input, error, count);
    const each = { field, row, input, count, error };
    input.addEventListener("input", () => this.#typed(each));
    input.addEventListener("blur", () => { this.#typing = null; });
    return each;
  }

  actions() {
    const group = gettext("Answer");
    return [
      { id: "write", key: "W", label: gettext("Write"), group, run: () => this.activate() },
      { id: "leave", key: "Escape", label: gettext("Leave the field"), group, inFields: true, run: () => this.part("document").focus({ preventScroll: true }) },
      ...(this.viewport?.actions() ?? []),
    ];
  }

  /** To the first field that is not right yet. */
  activate() {
    const { input } = this.fields.find((each) => this.#fault(each)) ?? this.fields[0];
    input.focus({ preventScroll: true });
  }

  // --- the answer ----------------------------------------------------------------------------------------------------

  value() {
    return { fields: Object.fromEntries(this.fields.map((each) => [each.field.name, this.#text(each)])) };
  }

  #text({ input }) {
    return input.value.replace(/\r\n?/g, "\n").trim();
  }

  problems() {
    return this.fields.flatMap((each) => {
      const message = this.#fault(each);
      return message ? [{ path: `fields.${each.field.name}`, message: `${each.field.label ?? each.field.name}: ${message}` }] : [];
    });
  }

  #counts(each) {
    const text = this.#text(each);
    return { chars: [...text].length, words: text ? text.split(/\s+/u).length : 0 };
  }

  #fault(each) {
    const { field } = each;
    const { chars, words } = this.#counts(each);
    if (!chars) return field.required ? say("write something here") : "";
    if (chars < field.min_chars) return say("write at least %(count)s characters", { count: number(field.min_chars) });
    if (chars > field.max_chars) return say("write at most %(count)s characters", { count: number(field.max_chars) });
    if (words < field.min_words) return say("write at least %(count)s words", { count: number(field.min_words) });
    if (words > field.max_words) return say("write at most %(count)s words", { count: number(field.max_words) });
    return "";
  }

  /** The list links to the fields; each field says what is wrong with it. */
  showProblems(problems) {
    super.showProblems(problems);
    [...this.part("problems").children].forEach((line, n) => {
      const each = this.fields.find(({ field }) => problems[n].path === `fields.${field.name}`);
      if (!each) return;
      const link = document.createElement("a");
      link.href = `#${each.input.id}`;
      link.textContent = line.textContent;
      link.addEventListener("click", (event) => { event.preventDefault(); each.input.focus(); });
      line.replaceChildren(link);
    });
    for (const each of this.fields) {
      const problem = problems.find(({ path }) => path === `fields.${each.field.name}`);
      each.error.hidden = !problem;
      each.error.textContent = problem?.message ?? "";
      each.input.ariaInvalid = problem ? "true" : null;
    }
    if (problems.length) this.fields.find((each) => each.input.ariaInvalid)?.input.focus();
  }

  restore(value) {
    this.#show(this.fields.map(({ field }) => value?.fields?.[field.name] ?? this.#given(field)));
    this.history.clear();
    this.#typing = null;
  }

  // --- writing -------------------------------------------------------------------------------------------------------

  /** What is typed into one field without leaving it is one step of undo. */
  #typed(each) {
    const texts = this.fields.map(({ input }) => input.value);
    if (this.#typing?.each === each) {
      this.#typing.after = texts;
      this.#changed();
      return;
    }
    const before = this.shown;
    const step = { each, after: texts };
    this.#typing = step;
    this.history.run({ apply: () => this.#put(step.after), invert: () => { this.#typing = null; this.#put(before); } });
  }

  #put(texts) {
    this.#show(texts);
    this.#changed();
  }

  #changed() {
    this.shown = this.fields.map(({ input }) => input.value);
    if (this.fields.some((each) => each.input.ariaInvalid)) this.showProblemsQuietly();
    for (const each of this.fields) this.#count(each);
    this.fire("change");
  }

  /** A fault that has been mended goes; none comes while one is writing. */
  showProblemsQuietly() {
    for (const each of this.fields) {
      if (!each.input.ariaInvalid || this.#fault(each)) continue;
      each.input.ariaInvalid = null;
      each.error.hidden = true;
    }
    if (!this.fields.some((each) => each.input.ariaInvalid)) super.showProblems([]);
  }

  #show(texts) {
    this.fields.forEach((each, n) => {
      if (each.input.value !== texts[n]) each.input.value = texts[n];
      this.#count(each);
    });
    this.shown = texts;
  }

  #count(each) {
    const { chars, words } = this.#counts(each);
    const fault = chars ? this.#fault(each) : "";
    const text = say("%(chars)s characters, %(words)s words", { chars: number(chars), words: number(words) });
    each.count.textContent = fault ? `${text} – ${fault}` : text;
    each.count.classList.toggle("warn", Boolean(fault));
  }

  release() {
    this.viewport?.release();
  }
}

customElements.define("gw-writing", WritingWidget);
