// The controls of one question, all native: radio buttons, checkboxes, a text field. They know no history and no keys.
import { hint } from "../keys.js";
import { say } from "../text.js";

let instances = 0;

/**
 * @typedef {{ value: any, label: string, note?: string, name?: string, key?: string, under?: string[] }} Point
 * @typedef {{ id: string, label: string, note?: string, kind: "one"|"many"|"text"|"input", points?: Point[], layout?: "scale"|"list",
 *   ends?: [string, string], required?: boolean, rule?: object, type?: string, attributes?: object, rows?: number }} Question
 */

/** @param {Question} question  @returns the question's element, with `inputs`, `read()` and `write(value)` */
export function control(question, { readonly = false } = {}) {
  const made = question.kind === "text" || question.kind === "input" ? written(question) : ticked(question);
  made.element.dataset.question = question.id;
  for (const input of made.inputs) input.disabled = readonly;
  return made;
}

function ticked(question) {
  const element = document.createElement("fieldset");
  element.className = "criterion";
  const legend = document.createElement("legend");
  legend.className = "criterion-label";
  legend.dir = "auto";
  legend.append(question.label, ...optional(question));
  element.append(legend, ...note(question));
  const row = document.createElement("div");
  const isScale = question.layout === "scale";
  row.className = isScale ? "scale" : "choices";
  const name = `question-${++instances}`; // two prepared tasks must not share a radio group
  const inputs = question.points.map((point, index) => {
    const before = question.points[index - 1]?.under ?? [];
    row.append(...headings(point.under ?? [], before));
    const label = document.createElement("label");
    label.className = isScale ? "scale-point" : "choice";
    if (point.under?.length) label.dataset.level = point.under.length;
    label.classList.toggle("is-outside", before.length > 0 && !point.under?.length);
    const input = document.createElement("input");
    input.type = question.kind === "many" ? "checkbox" : "radio";
    input.name = name;
    if (point.name) input.ariaLabel = point.name;
    const text = document.createElement("span");
    text.className = isScale ? "scale-text" : "choice-text";
    text.dir = "auto";
    text.append(point.label, ...(isScale ? [] : note(point, "choice-note", "span")));
    label.append(input, text);
    if (!isScale && index < 10 && point.key !== "") label.append(point.key ? hint(point.key, question.id) : hint(String((index + 1) % 10), `point.${index + 1}`));
    row.append(label);
    return input;
  });
  element.append(row);
  if (question.ends?.some(Boolean)) {
    const ends = document.createElement("p");
    ends.className = "scale-ends";
    for (const end of question.ends) {
      const part = document.createElement("span");
      part.dir = "auto";
      part.textContent = end;
      ends.append(part);
    }
    element.append(ends);
  }
  const chosen = () => question.points.filter((_, index) => inputs[index].checked).map((point) => point.value);
  return {
    element, inputs,
    read: () => (question.kind === "many" ? chosen() : chosen()[0]),
    write(value) {
      const values = question.kind === "many" ? value ?? [] : [value];
      question.points.forEach((point, index) => { inputs[index].checked = values.includes(point.value); });
    },
  };
}

/** The groups that begin before a point, those it is in that the one before it was not. */
function headings(under, before) {
  const from = under.findIndex((name, level) => name !== before[level]);
  return from < 0 ? [] : under.slice(from).map((name, level) => {
    const heading = Object.assign(document.createElement("p"), { className: "choice-group", dir: "auto", textContent: name });
    heading.dataset.level = from + level;
    heading.ariaHidden = "true"; // each point says its groups in its own name
    return heading;
  });
}

function written(question) {
  const element = document.createElement("div");
  element.className = "criterion field";
  const label = document.createElement("label");
  label.className = "criterion-label";
  label.dir = "auto";
  label.append(question.label, ...optional(question));
  const input = document.createElement(question.kind === "text" ? "textarea" : "input");
  input.className = question.kind === "text" ? "textarea" : "input";
  if (question.kind === "text") input.rows = question.rows ?? 3;
  else input.type = question.type;
  input.dir = "auto";
  input.id = `question-${++instances}`;
  label.htmlFor = input.id;
  if (question.isMaterial) input.dataset.material = ""; // begins with a text of the item's: the veil covers it
  for (const [name, value] of Object.entries(question.attributes ?? {})) input.setAttribute(name, value);
  element.append(label, ...note(question), input);
  return {
    element, inputs: [input],
    read: () => (input.value === "" ? undefined : input.value),
    write(value) { if (input.value !== String(value ?? "")) input.value = String(value ?? ""); },
  };
}

function optional(question) {
  if (question.required) return [];
  const mark = document.createElement("span");
  mark.className = "criterion-optional";
  mark.textContent = ` ${say("optional")}`;
  return [mark];
}

function note(thing, name = "field-help", tag = "p") {
  if (!thing.note) return [];
  const element = document.createElement(tag);
  element.className = name;
  element.dir = "auto";
  element.textContent = thing.note;
  return [element];
}
