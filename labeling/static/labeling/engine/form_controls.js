// The native controls that only forms need: a list to choose from, an order, a range.
import { say } from "../text.js";
import { control } from "./controls.js";

let instances = 0;

/** @returns what `control` returns */
export function formControl(question, { readonly = false } = {}) {
  const make = { select: oneOfMany, order, pair }[question.kind];
  if (!make) return control(question, { readonly });
  const made = make(question);
  made.element.dataset.question = question.id;
  for (const input of made.inputs) input.disabled = readonly;
  return made;
}

function frame(question) {
  const element = document.createElement("fieldset");
  element.className = "criterion";
  const legend = document.createElement("legend");
  legend.className = "criterion-label";
  legend.dir = "auto";
  legend.textContent = question.label;
  if (!question.required) legend.append(Object.assign(document.createElement("span"), { className: "criterion-optional", textContent: ` ${say("optional")}` }));
  element.append(legend);
  if (question.note) element.append(Object.assign(document.createElement("p"), { className: "field-help", dir: "auto", textContent: question.note }));
  return element;
}

function list(options, empty) {
  const select = document.createElement("select");
  select.className = "select";
  select.append(new Option(empty, ""), ...options.map(([value, label]) => new Option(label, value)));
  return select;
}

function oneOfMany(question) {
  const element = frame(question);
  const select = list(question.choices.map(({ value, label }, index) => [String(index), label || value]), say("Choose…"));
  select.ariaLabel = question.label;
  element.append(select);
  return {
    element, inputs: [select],
    read: () => (select.value === "" ? undefined : question.choices[Number(select.value)].value),
    write(value) {
      const index = question.choices.findIndex((choice) => choice.value === value);
      select.value = index < 0 ? "" : String(index);
    },
  };
}

/** A place for each choice; whoever had a place takes the one that becomes free. The value is a place or null for each choice. */
function order(question) {
  const element = frame(question);
  const places = question.choices.map((_, index) => [String(index + 1), String(index + 1)]);
  const selects = question.choices.map(({ label }) => {
    const select = list(places, "–");
    select.classList.add("select-small");
    select.ariaLabel = label; // the label's own text would begin with the chosen place
    const row = document.createElement("label");
    row.className = "order-row";
    const text = document.createElement("span");
    text.dir = "auto";
    text.textContent = label;
    row.append(select, text);
    element.append(row);
    return select;
  });
  let before = selects.map(() => null);
  const now = () => selects.map((select) => (select.value === "" ? null : Number(select.value)));
  return {
    element, inputs: selects,
    read() {
      const places = now();
      const changed = places.findIndex((place, index) => place !== before[index]);
      const other = places.findIndex((place, index) => index !== changed && place !== null && place === places[changed]);
      if (changed >= 0 && other >= 0) places[other] = before[changed];
      return places;
    },
    write(value) {
      before = value ?? selects.map(() => null);
      selects.forEach((select, index) => { select.value = before[index] ?? ""; });
    },
  };
}

function pair(question) {
  const element = frame(question);
  const row = document.createElement("div");
  row.className = "row";
  const inputs = [say("From"), say("To")].map((name) => {
    const label = document.createElement("label");
    label.className = "pair-part";
    const input = document.createElement("input");
    input.className = "input";
    input.type = question.type ?? "number";
    input.id = `pair-${++instances}`;
    for (const [key, value] of Object.entries(question.attributes)) input.setAttribute(key, value);
    label.append(name, " ", input);
    row.append(label);
    return input;
  });
  element.append(row);
  return {
    element, inputs,
    read: () => (inputs.every((input) => input.value === "") ? undefined : inputs.map((input) => input.value)),
    write(value) { inputs.forEach((input, index) => { if (input.value !== String(value?.[index] ?? "")) input.value = value?.[index] ?? ""; }); },
  };
}
