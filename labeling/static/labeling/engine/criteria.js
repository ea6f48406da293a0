// The questions that a schema's criteria ask: a row of points for each, and a field for the reason.
import { say } from "../text.js";

/** @returns {import("./controls.js").Question[]} `at` is put before the criterion's name to make the question's id */
export function criteriaQuestions(criteria, at = "", { place } = {}) {
  return criteria.flatMap((criterion) => {
    const id = at + criterion.name;
    const shared = { place };
    const rating = {
      ...shared, id, label: criterion.label, note: criterion.description, kind: "one", required: criterion.required, ...points(criterion),
    };
    if (!criterion.justification) return [rating];
    return [rating, { ...shared, ...reason(`why:${id}`, criterion.justification), label: say("Why? %(what)s", { what: criterion.label }) }];
  });
}

/** A field for a justification. */
export function reason(id, rule) {
  const note = rule.min_chars ? say("At least %(count)s characters.", { count: rule.min_chars }) : "";
  return { id, label: say("Why?"), note, kind: "text", required: rule.required, rule };
}

function points(criterion) {
  if (criterion.options) {
    return { layout: "list", points: criterion.options.map(({ value, label, description }) => ({ value, label, note: description })) };
  }
  const { min, max, labels } = criterion.scale;
  const all = Array.from({ length: max - min + 1 }, (_, index) => min + index);
  return {
    layout: "scale",
    ends: [labels[min] ?? "", labels[max] ?? ""],
    points: all.map((value) => ({ value, label: String(value), name: labels[value] ? `${value} – ${labels[value]}` : String(value) })),
  };
}
