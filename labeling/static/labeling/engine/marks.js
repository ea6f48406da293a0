// Marked text without touching its DOM: CSS highlights, shared by name among all widgets of a page.

export const drawn = typeof Highlight === "function" && Boolean(CSS.highlights);

/** The ranges of one widget. */
export class Marks {
  #mine = new Map(); // name -> set of ranges

  /** A range that stays the same object is not painted anew. Replace the ranges under every name; names that are missing are emptied. @param {Map<string, Range[]>} wanted */
  show(wanted) {
    if (!drawn) return;
    for (const name of new Set([...this.#mine.keys(), ...wanted.keys()])) this.set(name, wanted.get(name) ?? []);
  }

  set(name, ranges, priority = 0) {
    if (!drawn) return;
    let highlight = CSS.highlights.get(name);
    if (!highlight) {
      highlight = new Highlight();
      highlight.priority = priority;
      CSS.highlights.set(name, highlight);
    }
    const before = this.#mine.get(name) ?? new Set();
    const after = new Set(ranges);
    for (const range of before) if (!after.has(range)) highlight.delete(range);
    for (const range of after) if (!before.has(range)) highlight.add(range);
    this.#mine.set(name, after);
  }

  clear() {
    for (const name of this.#mine.keys()) this.set(name, []);
  }
}
