// A text as lines in the page, and the three ways to count in it: UTF-16 units (JavaScript's, used here), code points
// (the wire's) and places in the DOM. The text is never normalised: a line's text node holds exactly its characters.

const UNIT = /[\p{L}\p{N}\p{S}\p{Extended_Pictographic}]/u; // what the cursor stops at; punctuation and spaces it skips

/** UTF-16 offsets to code points and back. */
export class CodePoints {
  constructor(text) {
    this.high = []; // where pairs begin, in UTF-16 units
    for (const match of text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g)) this.high.push(match.index);
  }

  toPoints(offset) {
    return offset - below(this.high.length, (n) => this.high[n] < offset);
  }

  toUnits(point) {
    return point + below(this.high.length, (n) => this.high[n] - n < point);
  }

  /** The offset itself, or the beginning of the pair it would cut. */
  whole(offset) {
    const n = below(this.high.length, (each) => this.high[each] < offset - 1);
    return this.high[n] === offset - 1 ? offset - 1 : offset;
  }
}

/** How many of the first `count` numbers the test holds for; it holds up to some place and not after. */
export function below(count, test) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class SpanText {
  /** @param {HTMLElement} element where the lines go @param {string} text @param {string} [lang] */
  constructor(element, text, lang) {
    this.element = element;
    this.text = text;
    this.points = new CodePoints(text);
    this.words = new Intl.Segmenter(languageOr(lang), { granularity: "word" });
    this.graphemes = new Intl.Segmenter(languageOr(lang), { granularity: "grapheme" });
    this.lines = [];
    let start = 0;
    for (const part of text.split("\n")) {
      const line = document.createElement("p");
      line.dir = "auto";
      line.append(part ? document.createTextNode(part) : document.createElement("br"));
      this.lines.push({ start, end: start + part.length, element: line, units: null });
      line.dataset.line = this.lines.length - 1;
      start += part.length + 1;
    }
    if (lang) element.lang = languageOr(lang) ?? "";
    element.append(...this.lines.map((line) => line.element));
  }

  lineAt(offset) {
    return below(this.lines.length, (n) => this.lines[n].start <= offset) - 1;
  }

  /** Words, numbers and signs of a line, found when first asked for. */
  units(index) {
    const line = this.lines[index];
    line.units ??= [...this.words.segment(this.text.slice(line.start, line.end))]
      .map(({ segment, index: at, isWordLike }) => ({ start: line.start + at, end: line.start + at + segment.length, stop: isWordLike || UNIT.test(segment), blank: !segment.trim() }));
    return line.units;
  }

  /** The next stop after `offset` (or the one before it), over the ends of lines. */
  stopAfter(offset) {
    for (let line = Math.max(0, this.lineAt(offset)); line < this.lines.length; line++) {
      const found = this.units(line).find((unit) => unit.stop && unit.start >= offset);
      if (found) return found;
    }
    return null;
  }

  stopBefore(offset) {
    for (let line = this.lineAt(offset); line >= 0; line--) {
      const found = this.units(line).findLast((unit) => unit.stop && unit.end <= offset);
      if (found) return found;
    }
    return null;
  }

  /** The stop an offset lies in, else the nearest of its line. */
  stopAt(offset) {
    const stops = this.units(this.lineAt(offset)).filter((unit) => unit.stop);
    const far = (unit) => Math.max(unit.start - offset, offset - unit.end, 0);
    return stops.reduce((best, unit) => (!best || far(unit) < far(best) ? unit : best), null);
  }

  /** Whole words around a range, without the spaces at its ends; null if there is nothing else in it. */
  snap({ start, end }) {
    const first = this.units(this.lineAt(start)).find((unit) => unit.end > start);
    const last = this.units(this.lineAt(end)).findLast((unit) => unit.start < end);
    return this.trim({ start: first ? Math.min(first.start, start) : start, end: last ? Math.max(last.end, end) : end });
  }

  /** No spaces at the ends, no half of a pair. */
  trim({ start, end }) {
    const part = this.text.slice(start, end);
    if (!part.trim()) return null;
    const head = part.length - part.trimStart().length;
    const tail = part.length - part.trimEnd().length;
    return { start: this.points.whole(start + head), end: this.#wholeEnd(end - tail) };
  }

  #wholeEnd(offset) {
    return this.points.whole(offset) === offset ? offset : offset + 1;
  }

  /** The boundary of a character as people see it (a grapheme) after or before an offset. */
  graphemeFrom(offset, step) {
    const line = this.lines[this.lineAt(offset)];
    const edges = [...this.graphemes.segment(this.text.slice(line.start, line.end))].map(({ index }) => line.start + index);
    edges.push(line.end);
    if (step > 0) return edges.find((edge) => edge > offset) ?? Math.min(offset + 1, this.text.length);
    return edges.findLast((edge) => edge < offset) ?? Math.max(offset - 1, 0);
  }

  rightToLeft(offset) {
    return getComputedStyle(this.lines[Math.max(0, this.lineAt(offset))].element).direction === "rtl";
  }

  range({ start, end }) {
    const range = document.createRange();
    range.setStart(...this.#place(start));
    range.setEnd(...this.#place(end));
    return range;
  }

  #place(offset) {
    const line = this.lines[this.lineAt(offset)];
    const node = line.element.firstChild;
    return node.nodeType === Node.TEXT_NODE ? [node, Math.min(offset - line.start, node.length)] : [line.element, 0];
  }

  /** The offset of a place in the DOM, or null outside the text. */
  offset(node, at) {
    const host = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest?.("[data-line]");
    if (!host || !this.element.contains(host)) return null;
    const line = this.lines[Number(host.dataset.line)];
    if (node.nodeType === Node.TEXT_NODE) return line.start + at;
    return at ? line.end : line.start;
  }

  /** The offset under a point of the window, or null. */
  offsetAt(x, y) {
    if (document.caretPositionFromPoint) {
      const place = document.caretPositionFromPoint(x, y);
      return place && this.offset(place.offsetNode, place.offset);
    }
    const range = document.caretRangeFromPoint?.(x, y);
    return range ? this.offset(range.startContainer, range.startOffset) : null;
  }
}

function languageOr(lang) {
  try {
    return typeof lang === "string" && lang ? Intl.getCanonicalLocales(lang)[0] : undefined;
  } catch {
    return undefined; // not a language's name: cut as the browser's own
  }
}
