// The spans and relations of one answer: immutable lists and the rules of the schema, without a page.
import { keptValues, missing } from "../../labeling/engine/attributes.js";

import { fitting } from "../../labeling/engine/relations.js";

/** @typedef {{ id: number, start: number, end: number, label: string, attributes: object }} Span offsets in UTF-16 units */
/** @typedef {{ name: string, source: number, target: number }} Link */

export class Schema {
  constructor(config) {
    this.config = config;
    this.places = new Map(config.labels.map((label, index) => [label.value, index]));
    this.relations = config.relations ?? [];
    this.asksAttributes = config.labels.some(({ attributes }) => attributes?.length);
  }

  label(value) {
    return this.config.labels[this.places.get(value)];
  }

  /** @returns {(one: Span, other: Span) => number} by start, end and the label's place in the schema */
  order = (one, other) => one.start - other.start || one.end - other.end || this.places.get(one.label) - this.places.get(other.label);

  sorted(spans) {
    return [...spans].sort(this.order);
  }

  /** Why a span may not be here, or "". */
  clash(span, spans) {
    const others = spans.filter((each) => each.id !== span.id);
    if (others.some((each) => !this.order(each, span))) return gettext("This span is there already, with the same label.");
    if (!(this.config.overlap ?? true) && others.some((each) => each.start < span.end && span.start < each.end)) {
      return gettext("Spans may not overlap here.");
    }
    return "";
  }

  /** The relations that may begin or lie at these ends. */
  fitting(source, target) {
    return fitting(this.relations, source?.label ?? null, target?.label ?? null);
  }

  /** The stored form: canonical order, canonical ids, code points. */
  answer({ spans, links }, text) {
    const sorted = this.sorted(spans);
    const place = new Map(sorted.map((span, index) => [span.id, index]));
    const annotations = sorted.map((span, index) => {
      const attributes = this.attributes(span);
      const stored = {
        id: `a${index + 1}`, label: span.label, start: text.points.toPoints(span.start), end: text.points.toPoints(span.end),
        text: text.text.slice(span.start, span.end),
      };
      return Object.keys(attributes).length ? { ...stored, attributes } : stored;
    });
    const ends = links.map((link) => {
      const pair = [place.get(link.source), place.get(link.target)];
      const kind = this.relations.findIndex((each) => each.value === link.name);
      if (this.relations[kind]?.directed === false) pair.sort((one, other) => one - other);
      return [...pair, kind];
    });
    ends.sort((one, other) => one[0] - other[0] || one[1] - other[1] || one[2] - other[2]);
    const relationships = ends.map(([source, target, kind], index) => ({
      id: `r${index + 1}`, name: this.relations[kind].value, source_ref: `a${source + 1}`, target_ref: `a${target + 1}`,
    }));
    return { annotations, relationships };
  }

  /** What the label of a span asks for and was given. */
  attributes(span) {
    return keptValues(this.label(span.label).attributes ?? [], span.attributes);
  }

  /** What is still missing in a span. */
  missing(span) {
    return missing(this.label(span.label).attributes ?? [], this.attributes(span));
  }
}

/** The state a stored answer stands for. */
export function stateOf(value, text) {
  const ids = new Map();
  const spans = (value?.annotations ?? []).map((stored, index) => {
    ids.set(stored.id, index + 1);
    const [start, end] = [text.points.toUnits(stored.start), text.points.toUnits(stored.end)];
    return { id: index + 1, start, end, label: stored.label, attributes: { ...stored.attributes } };
  });
  const links = (value?.relationships ?? []).map((stored) => ({ name: stored.name, source: ids.get(stored.source_ref), target: ids.get(stored.target_ref) }));
  return { spans, links };
}
