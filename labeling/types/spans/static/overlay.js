// What is drawn over the text: label chips at the spans in view, arcs between related ones. Also where things are.
import { below } from "../../labeling/engine/spans.js";

const STYLES = ["", "-dashed", "-double"];
const SVG = "http://www.w3.org/2000/svg";
const CHIP = 15; // pixels a chip stands above its line
const REACH = 24; // pixels above and below which are still "in view"
const MANY = 100; // spans: of more, only those near the view are marked

/** The name of a label's colour and line: ten colours, then once more dashed, then double. */
export function labelClass(config, index) {
  const colour = config.labels[index].color ?? (index % 10) + 1;
  return `c${colour}${STYLES[Math.floor(index / 10) % STYLES.length]}`;
}

export class Overlay {
  #waiting = 0;
  #made = new WeakMap(); // span -> its chip
  #widths = new Map(); // a chip's text -> how wide it is
  #marked = null; // { state, scrollTop } of what was marked last

  constructor(widget) {
    this.widget = widget;
    this.host = widget.part("document");
    this.chips = widget.part("chips");
  }

  watch(signal) {
    this.#marked = null;
    this.host.addEventListener("scroll", () => this.#later(), { signal, passive: true });
    const observer = new ResizeObserver(() => {
      this.#widths.clear(); // the text may have another size now
      this.#marked = null;
      this.#later();
    });
    observer.observe(this.host);
    signal.addEventListener("abort", () => observer.disconnect());
  }

  #later() {
    cancelAnimationFrame(this.#waiting);
    this.#waiting = requestAnimationFrame(() => {
      this.widget.mark();
      this.draw();
    });
  }

  draw() {
    const { widget, host } = this;
    if (!host.isConnected) return;
    const box = host.getBoundingClientRect();
    const [left, top] = [box.left + host.clientLeft - host.scrollLeft, box.top + host.clientTop - host.scrollTop];
    const startOf = (span) => {
      const rect = widget.rangeOf(span).getClientRects()[0];
      return rect && { left: rect.left - left, right: rect.right - left, top: rect.top - top, rect };
    };
    const starts = new Map(); // span id -> rectangle of its beginning, in the coordinates of the scrolled content
    const spans = this.#inView(box);
    for (const span of spans) {
      const place = startOf(span);
      if (place) starts.set(span.id, place);
    }
    const chips = spans.filter((span) => starts.has(span.id)).map((span) => this.#chip(span, starts.get(span.id)));
    const links = widget.state.links.filter((link) => starts.has(link.source) || starts.has(link.target));
    const end = (id) => starts.get(id) ?? startOf(widget.span(id));
    const arcs = links.length ? [this.#arcs(links.map((link) => [end(link.source), end(link.target), link]))] : [];
    const wanted = new Set(chips);
    for (const each of [...this.chips.children]) if (!wanted.has(each)) each.remove();
    for (const each of chips) if (!each.isConnected) this.chips.append(each);
    this.chips.prepend(...arcs);
    this.#spread(chips);
  }

  /** The spans that begin in view. Later ones begin lower, so few of them are measured. */
  #inView(box) {
    const sorted = this.widget.schema.sorted(this.widget.state.spans);
    return sorted.slice(...this.#placesIn(sorted, box.top - REACH, box.bottom + REACH));
  }

  /** Of sorted spans, the first that begins between two heights and the first that begins below them. */
  #placesIn(sorted, top, bottom) {
    const rect = (n) => this.widget.rangeOf(sorted[n]).getClientRects()[0] ?? this.widget.rangeOf(sorted[n]).getBoundingClientRect();
    const first = below(sorted.length, (n) => rect(n).bottom <= top);
    return [first, first + below(sorted.length - first, (n) => rect(first + n).top < bottom)];
  }

  /**
   * Which spans to mark, or null where those that are marked will do. Whatever changes anywhere on the page, the browser
   * paints a text with its marks anew: of many, those far from the view would cost more than all the rest.
   * @returns {((span: object) => boolean) | null}
   */
  toMark() {
    const { widget: { state, schema }, host } = this;
    const { scrollTop, clientHeight: height } = host;
    if (this.#marked?.state === state && Math.abs(this.#marked.scrollTop - scrollTop) < height / 2) return null;
    this.#marked = { state, scrollTop };
    if (state.spans.length <= MANY) return () => true;
    const sorted = schema.sorted(state.spans);
    const { top, bottom } = host.getBoundingClientRect();
    const [first, end] = this.#placesIn(sorted, top - height, bottom + height);
    const from = sorted[first - 1]?.start ?? 0; // above all that; what ends after it may reach down
    const to = sorted[end]?.start ?? Infinity;
    return (span) => span.end > from && span.start < to;
  }

  #chip(span, place) {
    const { config, schema, text } = this.widget;
    let chip = this.#made.get(span);
    if (!chip) {
      const index = schema.places.get(span.label);
      chip = document.createElement("span");
      chip.className = `span-chip label-${labelClass(config, index).split("-")[0]}`;
      chip.textContent = config.labels[index].label ?? span.label;
      chip.backwards = text.rightToLeft(span.start);
      this.#made.set(span, chip);
    }
    chip.place = place;
    return chip;
  }

  /** Beside each other where they would lie on one another. */
  #spread(chips) {
    for (const { textContent: name, offsetWidth } of chips.filter((chip) => !this.#widths.get(chip.textContent))) this.#widths.set(name, offsetWidth);
    const rows = new Map(); // top and direction -> where the last chip there ends
    for (const chip of chips) {
      const { backwards, place: { left, right, top } } = chip;
      const width = this.#widths.get(chip.textContent);
      const row = `${Math.round(top)}${backwards}`;
      const at = backwards ? Math.min(right, rows.get(row) ?? Infinity) - width : Math.max(left, rows.get(row) ?? 0);
      rows.set(row, backwards ? at - 2 : at + width + 2);
      const transform = `translate(${at}px, ${Math.round(top)}px)`;
      if (chip.transform !== transform) chip.style.transform = chip.transform = transform;
    }
  }

  #arcs(links) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "span-arcs");
    for (const [from, to, link] of links) {
      if (!from || !to) continue;
      const [x1, x2] = [(from.left + from.right) / 2, (to.left + to.right) / 2];
      const [y1, y2] = [from.top - CHIP, to.top - CHIP];
      const rise = 14 + Math.min(26, Math.abs(x1 - x2) / 12);
      const path = document.createElementNS(SVG, "path");
      const kind = this.widget.schema.relations.find((each) => each.value === link.name);
      const head = kind?.directed === false ? "" : ` M${x2 - 4} ${y2 - 7} L${x2} ${y2} L${x2 + 4} ${y2 - 7}`;
      path.setAttribute("d", `M${x1} ${y1} C${x1} ${y1 - rise} ${x2} ${y2 - rise} ${x2} ${y2}${head}`);
      svg.append(path);
    }
    return svg;
  }

  /** Scroll so that a span or word can be seen. */
  reveal(span) {
    if (!this.host.isConnected) return;
    const rect = this.widget.text.range(span).getBoundingClientRect();
    const box = this.host.getBoundingClientRect();
    const room = 2 * REACH;
    if (rect.top < box.top + room) this.host.scrollTop += rect.top - box.top - room;
    else if (rect.bottom > box.bottom - room) this.host.scrollTop += rect.bottom - box.bottom + room;
  }

  /** The offset under a point, only where letters are. */
  offsetUnder(x, y) {
    const { text } = this.widget;
    const offset = text.offsetAt(x, y);
    if (offset == null) return null;
    for (const start of [offset, offset - 1]) { // the caret may stand on either side of the letter
      if (start < 0 || start >= text.text.length) continue;
      const whole = text.points.whole(start);
      const rects = [...text.range({ start: whole, end: text.graphemeFrom(whole, 1) }).getClientRects()];
      if (rects.some((rect) => x >= rect.left - 2 && x <= rect.right + 2 && y >= rect.top - 4 && y <= rect.bottom + 4)) return whole;
    }
    return null;
  }

  /** The word above or below another one. */
  wordBeyond(held, by) {
    const { text } = this.widget;
    const rects = text.range(held).getClientRects();
    const rect = by > 0 ? rects[rects.length - 1] : rects[0];
    const x = (rect.left + rect.right) / 2;
    for (let distance = rect.height * 0.75; distance < rect.height * 8; distance += rect.height / 3) {
      const offset = text.offsetAt(x, by > 0 ? rect.bottom + distance : rect.top - distance);
      const unit = offset == null ? null : text.stopAt(offset);
      if (unit && (by > 0 ? unit.start >= held.end : unit.end <= held.start)) return unit;
    }
    return null;
  }
}
