// The panel beside the text: labels to press, the list of spans, the span in hand with its attributes, relations.
import { AttributeFields } from "../../labeling/engine/attributes.js";
import { hint } from "../../labeling/keys.js";
import { say, sayMany } from "../../labeling/text.js";
import { labelClass } from "./overlay.js";

const ROWS_A_FRAME = 60; // more than are in view; the rest of a long list follows frame by frame

let instances = 0;

export class Panel {
  #shown = null; // the spans, links and detail that are on the page
  #rowOf = new Map(); // span -> its row
  #current = null;
  #detail = "";
  #waiting = 0;

  constructor(widget) {
    this.widget = widget;
    this.name = `spans-${++instances}`;
    this.list = widget.part("list");
    this.detail = widget.part("detail");
    const fields = document.createElement("div");
    fields.className = "span-attributes";
    this.attributes = new AttributeFields(fields, (...given) => widget.setAttribute(...given));
    this.#labels();
    this.list.addEventListener("keydown", (event) => this.#listKey(event));
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option) return;
      const id = Number(option.dataset.span);
      if (widget.relating) widget.link(id);
      else widget.select(id);
    });
    const target = widget.part("relating");
    target.addEventListener("click", (event) => this.#relatingClick(event));
  }

  #labels() {
    const { widget } = this;
    const row = widget.part("label").content.firstElementChild;
    widget.part("labels").append(...widget.config.labels.map((label, index) => {
      const button = row.cloneNode(true);
      const [colour] = labelClass(widget.config, index).split("-");
      button.querySelector(".swatch").classList.add(`label-${colour}`);
      const text = button.querySelector(".choice-text");
      text.textContent = label.label ?? label.value;
      text.dir = "auto";
      if (label.description) {
        const note = document.createElement("span");
        note.className = "choice-note";
        note.textContent = label.description;
        text.append(note);
      }
      const key = /^[a-z]$/.test(label.key) ? label.key.toUpperCase() : label.key;
      button.querySelector(".kbd").replaceWith(...(key ? [hint(key, `label.${index}`)] : []));
      button.disabled = widget.readonly;
      button.addEventListener("click", () => widget.apply(index));
      return button;
    }));
  }

  /** Into an attribute of the span in hand. */
  fill(name = "") {
    return Boolean(this.widget.span(this.widget.selected)) && this.attributes.focus(name);
  }

  inField() {
    return Boolean(document.activeElement?.closest?.(".span-detail"));
  }

  show() {
    const { widget } = this;
    const { state } = widget;
    const held = widget.span(widget.selected);
    if (this.#shown !== state) {
      this.#rows();
      this.#links();
    } else if (held && !this.#rowOf.has(held)) this.#rows();
    this.#shown = state;
    const current = this.#rowOf.get(held) ?? null;
    if (this.#current && this.#current !== current) this.#current.ariaSelected = "false";
    this.#current = current;
    if (current) {
      current.ariaSelected = "true";
      this.list.setAttribute("aria-activedescendant", current.id);
      current.scrollIntoView?.({ block: "nearest" });
    } else this.list.removeAttribute("aria-activedescendant");
    this.#showDetail();
    this.#showRelating();
  }

  #rows() {
    const { widget } = this;
    const spans = widget.schema.sorted(widget.state.spans);
    widget.part("count").textContent = sayMany("%(count)s span", "%(count)s spans", spans.length);
    this.list.hidden = !spans.length;
    widget.part("empty").hidden = spans.length > 0 || widget.readonly;
    const rows = new Map();
    let made = 0;
    for (const span of spans) {
      const row = this.#rowOf.get(span) ?? (made++ < ROWS_A_FRAME || span.id === widget.selected ? this.#row(span) : null);
      if (row) rows.set(span, row);
    }
    for (const row of [...this.list.children]) if (rows.get(row.span) !== row) row.remove();
    let next = this.list.firstElementChild;
    for (const row of rows.values()) { // only what is new moves
      if (row === next) next = next.nextElementSibling;
      else this.list.insertBefore(row, next);
    }
    this.#rowOf = rows;
    cancelAnimationFrame(this.#waiting);
    if (rows.size < spans.length) this.#waiting = requestAnimationFrame(() => setTimeout(() => this.#rows()));
  }

  #row(span) {
    const { widget } = this;
    const index = widget.schema.places.get(span.label);
    const option = document.createElement("div");
    option.role = "option";
    option.id = `${this.name}-${span.id}`;
    option.span = span;
    option.dataset.span = span.id;
    option.className = "span-row";
    option.ariaSelected = "false";
    const swatch = document.createElement("span");
    swatch.className = `swatch label-${labelClass(widget.config, index).split("-")[0]}`;
    const text = document.createElement("bdi");
    text.textContent = widget.excerpt(span);
    const label = document.createElement("span");
    label.className = "span-row-label";
    label.textContent = widget.config.labels[index].label ?? span.label;
    option.append(swatch, text, label);
    if (span.suggested) option.append(Object.assign(document.createElement("span"), { className: "chip chip-warn", textContent: say("suggested") }));
    if (widget.schema.missing(span).length) {
      const missing = document.createElement("span");
      missing.className = "chip chip-warn";
      missing.textContent = say("incomplete");
      option.append(missing);
    }
    return option;
  }

  #links() {
    const { widget } = this;
    const held = widget.part("links").contains(document.activeElement);
    widget.part("relations").hidden = !widget.schema.relations.length || !widget.state.links.length;
    widget.part("links").replaceChildren(...widget.state.links.map((link) => {
      const kind = widget.schema.relations.find((each) => each.value === link.name);
      const [from, to] = [widget.excerpt(widget.span(link.source), 30), widget.excerpt(widget.span(link.target), 30)];
      const item = document.createElement("li");
      const text = document.createElement("span");
      text.className = "choice-text";
      const ends = [from, to].map((end) => Object.assign(document.createElement("bdi"), { textContent: end }));
      text.append(ends[0], ` – ${kind?.label ?? link.name} – `, ends[1]);
      item.append(text);
      if (!widget.readonly) item.append(this.#button("×", () => widget.unlink(link), say("Delete the relation %(from)s – %(to)s", { from, to }), "btn btn-quiet btn-icon"));
      return item;
    }));
    if (held) this.#keepFocus();
  }

  #button(text, run, label = "", css = "btn") {
    const button = document.createElement("button");
    button.type = "button";
    button.className = css;
    button.textContent = text;
    if (label) button.ariaLabel = label;
    button.addEventListener("click", run);
    return button;
  }

  #showDetail() {
    const { widget } = this;
    const span = widget.span(widget.selected);
    const key = span ? `${span.id} ${span.label}` : "";
    if (key !== this.#detail) this.#buildDetail(span);
    this.#detail = key;
    if (!span) return;
    this.detail.querySelector("h3").textContent = widget.describe(span);
    this.attributes.update(span.id, widget.schema.label(span.label).attributes ?? [], span.attributes, widget.readonly);
  }

  /** What had the focus is gone: to where Enter submits and deletes nothing. */
  #keepFocus() {
    (this.list.hidden ? this.widget.textPart : this.list).focus({ preventScroll: true });
  }

  #buildDetail(span) {
    const held = this.detail.contains(document.activeElement);
    this.#fillDetail(span);
    if (held) this.#keepFocus();
  }

  #fillDetail(span) {
    const { widget } = this;
    this.detail.hidden = !span;
    this.detail.replaceChildren();
    if (!span) return;
    const head = document.createElement("h3");
    head.dir = "auto";
    head.id = `${this.name}-detail`;
    this.detail.setAttribute("aria-labelledby", head.id);
    const row = document.createElement("div");
    row.className = "row";
    if (!widget.readonly) {
      const remove = this.#button(gettext("Delete"), () => widget.remove(), "", "btn btn-quiet");
      remove.prepend(hint("Delete", "span.delete"));
      row.append(remove);
      if (widget.schema.fitting(span, null).length) {
        const relate = this.#button(gettext("Relation"), () => widget.relate(), "", "btn btn-quiet");
        relate.prepend(hint("R", "relation"));
        row.append(relate);
      }
    }
    this.detail.append(head, this.attributes.box, row);
  }

  #showRelating() {
    const { widget } = this;
    const bar = widget.part("relating");
    bar.hidden = !widget.relating;
    if (!widget.relating) return;
    const { source, target, kind, kinds } = widget.relating;
    const text = document.createElement("span");
    text.className = "choice-text";
    const to = widget.span(target);
    text.textContent = say("%(from)s – %(relation)s – %(to)s", {
      from: widget.excerpt(widget.span(source), 30), relation: kinds[kind].label ?? kinds[kind].value, to: to ? widget.excerpt(to, 30) : "…",
    }) + (to ? "" : ` ${say("No span fits the other end.")}`);
    const make = (label, key, command, id) => {
      const button = this.#button(label, () => {}, "", "btn btn-quiet");
      button.dataset.relating = command;
      button.prepend(hint(key, id));
      return button;
    };
    bar.replaceChildren(text, make(gettext("Set"), "Enter", "set"), ...(kinds.length > 1 ? [make(gettext("Next kind"), "R", "kind", "relation")] : []), make(gettext("Cancel"), "Escape", "cancel", "clear"));
  }

  #relatingClick(event) {
    const command = event.target.closest("[data-relating]")?.dataset.relating;
    if (command === "set") this.widget.link();
    else if (command === "kind") this.widget.relate();
    else if (command === "cancel") this.widget.letGo();
  }

  #listKey(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && !event.altKey && !event.ctrlKey) {
      event.preventDefault();
      this.widget.step(by);
    }
  }
}
