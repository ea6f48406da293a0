// The answer of a text's spans and the commands that change it: marking, relabelling, attributes, deleting, relating.
import { carriedOver, isTyped, keptValues, wrongNumbers } from "../../labeling/engine/attributes.js";
import { stable } from "../../labeling/suggestion.js";
import { say } from "../../labeling/text.js";
import Widget from "../../labeling/widget.js";
import { stateOf } from "./state.js";

/** What has no place on the page. The widget shows it, moves the cursor and calls this. */
export class SpansEditing extends Widget {
  state = { spans: [], links: [] };
  cursor = null; // { anchor, focus, start, end } in UTF-16 units: what a label's key would mark
  selected = null; // a span's id
  relating = null; // { source, target, kind }
  #ids = 0;

  value() {
    return this.schema.answer(this.state, this.text);
  }

  restore(value) {
    this.history.clear();
    this.cursor = this.selected = this.relating = null;
    this.state = stateOf(value, this.text);
    this.#ids = this.state.spans.length;
    this.render();
  }

  problems() {
    return this.schema.sorted(this.state.spans).flatMap((span, index) => {
      const at = (attribute) => `annotations[${index}].attributes.${attribute.name}`;
      const wrong = wrongNumbers(this.schema.label(span.label).attributes ?? [], span.attributes);
      return [
        ...wrong.map(({ one, message }) => ({ path: at(one), message: `${this.excerpt(span)}: ${message}` })),
        ...this.schema.missing(span).map((attribute) => ({
          path: at(attribute), message: say("%(text)s: %(attribute)s must be given.", { text: this.excerpt(span), attribute: attribute.label ?? attribute.name }),
        })),
      ];
    });
  }

  suggestedLeft() { return this.state.spans.filter((span) => span.suggested).length; }

  markSuggested(value) {
    const key = ({ start, end, label, attributes }) => stable([start, end, label, attributes ?? {}]);
    const given = new Set(stateOf(value, this.text).spans.map(key));
    this.state = { ...this.state, spans: this.state.spans.map((span) => ({ ...span, suggested: given.has(key(span)) })) };
    this.render();
  }

  acceptSuggested(all) {
    const left = this.schema.sorted(this.state.spans).filter((span) => span.suggested);
    const chosen = left.find((span) => span.id === this.selected);
    if (!all && !chosen) { this.select(left[0].id); return; }
    const taken = all ? left : [chosen];
    const next = all ? null : left[left.indexOf(chosen) + 1] ?? left.find((span) => span !== chosen);
    const said = next ? `${say("Accepted.")} ${this.describe(next)}` : say("All suggestions accepted.");
    const spans = this.state.spans.map((span) => (taken.includes(span) ? { ...span, suggested: false } : span));
    this.change({ ...this.state, spans }, next?.id ?? this.selected, said);
    if (next) this.overlay.reveal(next);
  }

  showProblems(problems) {
    super.showProblems(problems);
    const found = /^annotations\[(\d+)\]/.exec(problems[0]?.path ?? "");
    const span = found && this.schema.sorted(this.state.spans)[Number(found[1])];
    if (!span) return;
    this.select(span.id);
    const [, name] = /\.attributes\.([^.]+)$/.exec(problems[0].path) ?? [];
    if (name && this.isConnected) this.panel.fill(name);
  }

  span(id) {
    return this.state.spans.find((span) => span.id === id);
  }

  excerpt(span, longest = 60) {
    const text = this.text.text.slice(span.start, Math.min(span.end, this.text.points.whole(span.start + longest)));
    return text.replace(/\s+/g, " ") + (span.end - span.start > longest ? "…" : "");
  }

  /** Make `after` the state, as a command; `selected` is what is in hand then. */
  change(after, selected, said) {
    if (this.readonly) return;
    const before = this.state;
    const held = this.selected;
    this.history.run({ apply: () => this.#put(after, selected), invert: () => this.#put(before, held) });
    if (said) this.fire("announce", { text: said });
  }

  #put(state, selected) {
    this.state = state;
    this.cursor = this.relating = null;
    this.selected = state.spans.some((span) => span.id === selected) ? selected : null;
    super.showProblems([]);
    this.render();
    this.fire("change");
  }

  refuse(message) {
    super.showProblems([{ path: "", message }]);
  }

  // --- what keys and buttons do ------------------------------------------------------------------------------------

  apply(index) {
    if (this.readonly || this.relating) return;
    const label = this.config.labels[index];
    const selected = this.span(this.selected);
    if (this.cursor) this.#add({ id: ++this.#ids, start: this.cursor.start, end: this.cursor.end, label: label.value, attributes: {} });
    else if (selected) this.#relabel(selected, label);
    else this.fire("announce", { text: say("Choose some text first.") });
  }

  #add(span) {
    const there = this.state.spans.find((each) => !this.schema.order(each, span));
    if (there) { this.select(there.id); return; }
    const clash = this.schema.clash(span, this.state.spans);
    if (clash) { this.refuse(clash); return; }
    this.change({ ...this.state, spans: [...this.state.spans, span] }, span.id, this.describe(span));
  }

  #relabel(span, label) {
    if (span.label === label.value) return;
    const old = this.schema.label(span.label).attributes ?? [];
    this.replace(span, { ...span, label: label.value, attributes: carriedOver(old, label.attributes ?? [], span.attributes) });
  }

  /** Put another span in the place of one; links that its label no longer allows go. */
  replace(before, span) {
    const clash = this.schema.clash(span, this.state.spans);
    if (clash) { this.refuse(clash); return; }
    span = { ...span, suggested: false }; // changed: it is the annotator's
    const spans = this.state.spans.map((each) => (each === before ? span : each));
    const at = (id) => spans.find((each) => each.id === id);
    const links = this.state.links.filter((link) => this.schema.fitting(at(link.source), at(link.target)).some((kind) => kind.value === link.name));
    this.change({ spans, links }, span.id, this.describe(span));
  }

  /** While one attribute is typed into, it stays one step of undo. */
  setAttribute(one, value, id) {
    const span = this.span(id);
    if (!span || this.readonly) return;
    const attributes = keptValues(this.schema.label(span.label).attributes, { ...span.attributes, [one.name]: value });
    const after = { ...this.state, spans: this.state.spans.map((each) => (each === span ? { ...span, attributes, suggested: false } : each)) };
    if (!isTyped(one)) { this.change(after, id); return; }
    const field = `${id}.${one.name}`;
    if (this.#typing?.field === field && this.#typing.state === this.state) {
      this.#typing.state = after;
      this.#put(after, id);
      return;
    }
    const before = this.state;
    const typing = { field, state: after };
    this.#typing = typing;
    this.history.run({ apply: () => this.#put(typing.state, id), invert: () => this.#put(before, id) });
  }

  #typing = null;

  remove() {
    const span = this.span(this.selected);
    if (!span || this.readonly) return;
    const order = this.schema.sorted(this.state.spans);
    const next = order[order.indexOf(span) + 1] ?? order[order.indexOf(span) - 1];
    const links = this.state.links.filter((link) => link.source !== span.id && link.target !== span.id);
    this.change({ spans: this.state.spans.filter((each) => each !== span), links }, next?.id, say("Deleted: %(text)s", { text: this.excerpt(span) }));
  }

  unlink(link) {
    this.change({ ...this.state, links: this.state.links.filter((each) => each !== link) }, this.selected, say("Relation deleted"));
  }

  letGo() {
    if (this.relating) this.relating = null;
    else this.cursor = this.selected = null;
    this.render();
  }

  select(id) {
    this.selected = id;
    this.cursor = null;
    this.render();
    const span = this.span(id);
    if (!span) return;
    this.overlay.reveal(span);
    this.fire("announce", { text: this.describe(span) });
  }

  describe(span) {
    const text = say("%(label)s: %(text)s", { label: this.schema.label(span.label).label ?? span.label, text: this.excerpt(span) });
    return span.suggested ? `${text}, ${say("suggested")}` : text;
  }

  /** The next or previous span: in hand, or as the other end of a relation. */
  step(by) {
    const order = this.schema.sorted(this.state.spans);
    if (this.relating) { this.#stepTarget(order, by); return; }
    if (!order.length) return;
    let place = order.findIndex((span) => span.id === this.selected);
    if (place >= 0) place += by;
    else if (this.cursor) place = by > 0 ? order.findIndex((span) => span.start >= this.cursor.start) : order.findLastIndex((span) => span.start < this.cursor.start);
    else place = by > 0 ? 0 : order.length - 1;
    if (place < 0 && this.cursor) place = by > 0 ? 0 : order.length - 1;
    this.select(order[(place + order.length) % order.length].id);
  }

  // --- relations ---------------------------------------------------------------------------------------------------

  relate() {
    const source = this.span(this.selected);
    const kinds = source ? this.schema.fitting(source, null) : [];
    if (this.readonly || !kinds.length) {
      this.fire("announce", { text: source ? say("No relation may begin here.") : say("Choose a span first.") });
      return;
    }
    const kind = this.relating ? (this.relating.kind + 1) % kinds.length : 0;
    this.relating = { source: source.id, target: null, kind, kinds };
    if (!this.contains(document.activeElement) || this.panel.inField()) this.activate();
    this.step(1);
    this.render();
  }

  #stepTarget(order, by) {
    const { source, target, kind, kinds } = this.relating;
    const fit = order.filter((span) => span.id !== source && this.schema.fitting(this.span(source), span).includes(kinds[kind]));
    const from = target ?? source;
    const at = fit.findIndex((span) => span.id === from);
    let place = at + by;
    if (at < 0) place = by > 0 ? fit.findIndex((span) => this.schema.order(span, this.span(from)) > 0) : fit.findLastIndex((span) => this.schema.order(span, this.span(from)) < 0);
    const found = fit.length ? fit[(place < 0 && at < 0 ? (by > 0 ? 0 : fit.length - 1) : place + fit.length) % fit.length] : null;
    this.relating.target = found?.id ?? null;
    if (found) this.overlay.reveal(found);
    this.fire("announce", { text: found ? this.describe(found) : say("No span fits the other end.") });
    this.render();
  }

  /** Join the two spans. */
  link(target = this.relating?.target) {
    if (!this.relating || target == null) return;
    const { source, kind, kinds } = this.relating;
    const name = kinds[kind].value;
    const both = kinds[kind].directed === false;
    if (source === target || !this.schema.fitting(this.span(source), this.span(target)).includes(kinds[kind])) {
      this.fire("announce", { text: say("This relation may not join these spans.") });
      return;
    }
    const same = (link) => link.name === name && ((link.source === source && link.target === target) || (both && link.source === target && link.target === source));
    this.relating = null;
    if (this.state.links.some(same)) { this.render(); return; }
    const said = say("%(from)s – %(relation)s – %(to)s", { from: this.excerpt(this.span(source)), relation: kinds[kind].label ?? name, to: this.excerpt(this.span(target)) });
    this.change({ ...this.state, links: [...this.state.links, { name, source, target }] }, source, said);
  }
}
