// Links between shapes: which may be, in the order the server keeps them, and the one that is being made.
import { say } from "../text.js";
import { fitting } from "./relations.js";

/** @typedef {{ from: number, to: number, type: string }} Link ends are regions' ids */

/** As the answer holds them: ends by place, counted from 1; one without direction begins at the earlier. */
export function storedLinks(links, regions, kinds) {
  const place = new Map(regions.map(({ id }, n) => [id, n + 1]));
  const rows = links.map(({ from, to, type }) => {
    const kind = kinds.findIndex(({ value }) => value === type);
    const ends = [place.get(from), place.get(to)];
    if (!kinds[kind].directed) ends.sort((a, b) => a - b);
    return [...ends, kind];
  });
  rows.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  return rows.map(([from, to, kind]) => ({ from: String(from), to: String(to), type: kinds[kind].value }));
}

/** Of an answer whose annotations became these regions. */
export function linksOf(value, regions) {
  const ids = new Map((value?.annotations ?? []).map(({ uuid }, n) => [uuid ?? String(n + 1), regions[n].id]));
  return (value?.links ?? []).map(({ from, to, type }) => ({ from: ids.get(from), to: ids.get(to), type }));
}

/** The links whose ends are still there, with labels that may be joined. */
export function standing(links, regions, kinds) {
  if (!links.length) return links;
  const labels = new Map(regions.map(({ id, shape }) => [id, shape.label]));
  const kept = links.filter(({ from, to, type }) => labels.has(from) && labels.has(to)
    && fitting(kinds, labels.get(from), labels.get(to)).some(({ value }) => value === type));
  return kept.length === links.length ? links : kept;
}

/** A link in the making: from the chosen region to one of those it may lead to. */
export class Linking {
  to = null;

  constructor(from, kinds) {
    this.from = from;
    this.kinds = fitting(kinds, from.shape.label, null);
    this.kind = this.kinds[0];
  }

  /** Which regions fit the other end. */
  fits(region) {
    return region.id !== this.from.id && !region.hidden && fitting([this.kind], this.from.shape.label, region.shape.label).length > 0;
  }

  nextKind() {
    this.kind = this.kinds[(this.kinds.indexOf(this.kind) + 1) % this.kinds.length];
  }

  /** The next region that fits, from the one taken last or from the beginning of the link. */
  step(regions, by) {
    const { length } = regions;
    const at = regions.findIndex(({ id }) => id === (this.to ?? this.from).id);
    for (let n = 1; n <= length; n++) {
      const found = regions[(at + by * n + n * length) % length];
      if (this.fits(found)) return (this.to = found);
    }
    return (this.to = null);
  }

  isAmong(links) {
    const { from, to, kind } = this;
    return links.some((each) => each.type === kind.value
      && (each.from === from.id && each.to === to.id || !kind.directed && each.from === to.id && each.to === from.id));
  }
}

export function linkText(widget, { from, to, type }) {
  const name = (id) => {
    const n = widget.regions.findIndex((region) => region.id === id);
    return n < 0 ? "…" : `${n + 1} ${widget.labelOf(widget.regions[n].shape).label}`;
  };
  const kind = widget.kinds.find(({ value }) => value === type);
  return say(kind.directed ? "%(from)s → %(to)s: %(kind)s" : "%(from)s – %(to)s: %(kind)s", { from: name(from), to: name(to), kind: kind.label });
}
