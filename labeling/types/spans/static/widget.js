import { Marks } from "../../labeling/engine/marks.js";
import { SpanText } from "../../labeling/engine/spans.js";
import { say } from "../../labeling/text.js";
import { SpansEditing } from "./editing.js";
import { Lanes } from "./lanes.js";
import { labelClass, Overlay } from "./overlay.js";
import { Panel } from "./panel.js";
import { Pointing } from "./pointer.js";
import { Schema } from "./state.js";

const MOVES = { right: 1, left: -1 };

/** Spans of a text, drawn over it as CSS highlights; the list beside it is their twin for screen readers. */
export default class SpansWidget extends SpansEditing {
  build() {
    const { item } = this.task;
    this.schema = new Schema(this.config);
    this.textPart = this.part("text");
    this.text = new SpanText(this.textPart, item.text ?? "", item.lang ?? item.data?.lang);
    this.part("question").textContent = this.config.question;
    this.marks = new Marks();
    this.overlay = new Overlay(this);
    this.panel = new Panel(this);
    this.part("form").addEventListener("submit", (event) => event.preventDefault());
    this.pointing = new Pointing(this);
    this.addEventListener("keydown", (event) => this.#key(event));
    this.render();
  }

  #listening = null;

  connectedCallback() {
    if (!this.text) return;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    this.pointing.watch(signal);
    this.overlay.watch(signal);
    this.#over = null;
    this.draw();
  }

  disconnectedCallback() {
    this.#listening?.abort();
    this.marks?.clear();
  }

  activate() {
    this.textPart.focus({ preventScroll: true });
  }

  actions() {
    const group = gettext("Spans");
    const word = gettext("Words");
    const act = (id, key, label, run, of = group, also = []) => ({ id, key, label, run, group: of, also });
    const labels = this.config.labels.flatMap((label, index) => (label.key
      ? [act(`label.${index}`, nice(label.key), label.label ?? label.value, () => this.apply(index), gettext("Labels"))] : []));
    return [
      ...labels,
      act("cursor.right", "ArrowRight", gettext("Word to the right"), () => this.move("right"), word),
      act("cursor.left", "ArrowLeft", gettext("Word to the left"), () => this.move("left"), word),
      act("cursor.down", "ArrowDown", gettext("Word in the line below"), () => this.moveLine(1), word),
      act("cursor.up", "ArrowUp", gettext("Word in the line above"), () => this.moveLine(-1), word),
      act("extend.right", "Shift+ArrowRight", gettext("Extend to the right"), () => this.move("right", true), word),
      act("extend.left", "Shift+ArrowLeft", gettext("Extend to the left"), () => this.move("left", true), word),
      act("end.right", "Alt+ArrowRight", gettext("Move the end by a character to the right"), () => this.nudge("end", "right"), word),
      act("end.left", "Alt+ArrowLeft", gettext("Move the end by a character to the left"), () => this.nudge("end", "left"), word),
      act("start.right", "Alt+Shift+ArrowRight", gettext("Move the start by a character to the right"), () => this.nudge("start", "right"), word),
      act("start.left", "Alt+Shift+ArrowLeft", gettext("Move the start by a character to the left"), () => this.nudge("start", "left"), word),
      { ...act("span.next", "J", gettext("Next span"), () => this.step(1)), inLists: true },
      { ...act("span.previous", "K", gettext("Previous span"), () => this.step(-1)), inLists: true },
      act("span.delete", "Delete", gettext("Delete the span"), () => this.remove(), group, ["Backspace"]),
      act("clear", "Escape", gettext("Let go"), () => this.letGo()),
      ...(this.schema.asksAttributes && !this.config.labels.some(({ key }) => key === "w") ? [act("attributes", "W", gettext("Fill in the attributes"), () => this.fillIn())] : []),
      ...(this.schema.relations.length ? [act("relation", "R", gettext("Relation from this span; once more for the next kind"), () => this.relate())] : []),
    ];
  }

  // --- the cursor ----------------------------------------------------------------------------------------------------

  move(way, extend = false) {
    const held = this.cursor?.focus ?? this.span(this.selected);
    const forward = (MOVES[way] > 0) !== this.text.rightToLeft(held?.start ?? 0);
    const found = !held ? this.text.stopAfter(0) : forward ? this.text.stopAfter(held.end) : this.text.stopBefore(held.start);
    if (found) this.point(found, extend && (this.cursor?.anchor ?? held));
  }

  /** Put the cursor on a word, or stretch it from `anchor` to there. */
  point(unit, anchor = null) {
    const from = anchor || unit;
    this.cursor = { anchor: from, focus: unit, start: Math.min(from.start, unit.start), end: Math.max(from.end, unit.end) };
    this.selected = null;
    this.relating = null;
    this.render();
    this.overlay.reveal(unit);
    this.fire("announce", { text: this.excerpt(this.cursor, 200) });
  }

  moveLine(by) {
    const held = this.cursor?.focus ?? this.span(this.selected);
    if (!held) { this.move("right"); return; }
    this.overlay.reveal(held);
    const found = this.overlay.wordBeyond(held, by);
    if (found) this.point(found);
  }

  /** Move one edge of what is in hand by a character, past word borders. */
  nudge(edge, way) {
    const span = this.span(this.selected);
    const held = this.cursor ?? span;
    if (!held || this.readonly) return;
    const step = this.text.rightToLeft(held.start) ? -MOVES[way] : MOVES[way];
    const { start, end } = { start: held.start, end: held.end, [edge]: this.text.graphemeFrom(held[edge], step) };
    if (start >= end || start < 0 || end > this.text.text.length || !this.text.text.slice(start, end).trim()) return;
    if (this.cursor) this.point({ start, end });
    else this.replace(span, { ...span, start, end });
  }

  /** To where the attributes of the span in hand are filled in; Escape leads back. */
  fillIn() {
    if (!this.panel.fill()) this.fire("announce", { text: say("Choose a span that has attributes first.") });
  }

  #key(event) {
    if (event.key === "Escape" && event.target.closest("[data-part=detail] .criterion")) {
      event.preventDefault();
      this.activate();
      return;
    }
    if (event.key !== "Enter" || !this.relating || event.ctrlKey || event.target.closest("button")) return;
    event.preventDefault();
    this.link();
  }

  // --- showing -------------------------------------------------------------------------------------------------------

  #ranges = new WeakMap();
  #over = null; // the state whose chips and arcs lie over the text

  /** One Range for each span: what stays is not painted anew. */
  rangeOf(span) {
    if (!this.#ranges.has(span)) this.#ranges.set(span, this.text.range(span));
    return this.#ranges.get(span);
  }

  render() {
    this.panel.show();
    if (this.isConnected) this.draw();
  }

  /** Spans as highlights of the text. */
  mark() {
    const isMarked = this.overlay.toMark();
    if (!isMarked) return;
    const wanted = new Map();
    const ends = [];
    for (const span of this.schema.sorted(this.state.spans)) {
      while (ends.length && ends.at(-1) <= span.start) ends.pop();
      const name = `gw-${labelClass(this.config, this.schema.places.get(span.label))}${ends.length ? "-in" : ""}`;
      ends.push(span.end);
      ends.sort((one, other) => other - one);
      if (!isMarked(span)) continue;
      if (!wanted.has(name)) wanted.set(name, []);
      wanted.get(name).push(this.rangeOf(span));
    }
    this.marks.show(wanted);
  }

  draw() {
    this.mark();
    const picked = [this.span(this.selected), this.span(this.relating?.target)].filter(Boolean);
    this.marks.set("gw-picked", picked.map((span) => this.rangeOf(span)), 2);
    this.marks.set("gw-cursor", this.cursor ? [this.text.range(this.cursor)] : [], 3);
    if (this.#over !== this.state) this.overlay.draw();
    this.#over = this.state;
  }

  // --- several answers at once ---------------------------------------------------------------------------------------

  /** Lanes under the text, one for each answer; the consensus, or an answer alone, is marked in the text itself. */
  showTogether(layers, { against = null } = {}) {
    this.lanes ??= new Lanes(this);
    const marked = layers.find(({ isConsensus }) => isConsensus) ?? (layers.length === 1 ? layers[0] : null);
    this.restore(marked?.value ?? null);
    this.lanes.show(layers.filter((layer) => layer !== marked), against);
  }

  release() {
    this.lanes?.release();
    this.disconnectedCallback();
  }
}

function nice(key) {
  return /^[a-z]$/.test(key) ? key.toUpperCase() : key;
}

customElements.define("gw-spans", SpansWidget);
