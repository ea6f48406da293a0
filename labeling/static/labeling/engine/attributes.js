// Attributes of a chosen span or shape, or of a whole picture: their controls. Which are asked follows the server's rule.
import { say } from "../text.js";
import { formControl } from "./form_controls.js";

const yesOrNo = () => [{ value: true, label: gettext("Yes") }, { value: false, label: gettext("No") }];

/** Schemas of shapes once were stored with bare `choices`. */
function optionsOf(one) {
  return (one.options ?? one.choices ?? []).map((each) => (typeof each === "string" ? { value: each, label: each } : each));
}

function question(one) {
  const choices = optionsOf(one).map(({ value, label }) => ({ value, label: label ?? value, key: "" }));
  const shared = { id: one.name, label: one.label ?? one.name, required: one.required };
  switch (one.type) {
    case "select": return { ...shared, kind: "select", choices };
    case "boolean": return { ...shared, kind: "select", choices: yesOrNo() };
    case "multiselect": return { ...shared, kind: "many", points: choices };
    case "number": {
      const ends = Object.fromEntries(["min", "max"].filter((end) => one[end] != null).map((end) => [end, one[end]]));
      return { ...shared, kind: "input", type: "number", attributes: { step: one.is_integer ? 1 : "any", ...ends } };
    }
    default: return { ...shared, kind: "input", type: "text", attributes: { maxlength: 5000 } };
  }
}

function applies({ condition }, values) {
  if (!condition) return true;
  return (condition.any ?? [[condition]]).some((part) => part.every((each) => isMet(each, values)));
}

function isMet(condition, values) {
  const value = values[condition.attribute];
  return Array.isArray(value) ? value.includes(condition.is) : value === condition.is;
}

export const isTyped = (one) => ["text", "number"].includes(one.type);

const given = (value) => value != null && value !== "" && value.length !== 0;

/** The values in schema order, without the empty ones and those a condition hides: what the server accepts. */
export function keptValues(schema, values) {
  const kept = {};
  for (const one of schema) if (applies(one, kept) && given(values[one.name])) kept[one.name] = values[one.name];
  return kept;
}

/** What stays when a thing gets another label: the values of attributes that both labels define alike. */
export function carriedOver(before, after, values) {
  const old = new Map(before.map((one) => [one.name, JSON.stringify(one)]));
  return keptValues(after.filter((one) => old.get(one.name) === JSON.stringify(one)), values);
}

/** The required attributes that are asked for and have no value. */
export function missing(schema, values) {
  return schema.filter((one) => one.required && applies(one, values) && !given(values[one.name]));
}

/** Numbers that the schema does not allow: `{ one, message }`. */
export function wrongNumbers(schema, values) {
  return schema.flatMap((one) => {
    const value = values[one.name];
    if (one.type !== "number" || !given(value)) return [];
    if (one.is_integer && !Number.isInteger(value)) return [{ one, message: say("%(attribute)s must be a whole number.", { attribute: one.label }) }];
    if (one.min != null && value < one.min) return [{ one, message: say("%(attribute)s must be at least %(least)s.", { attribute: one.label, least: one.min }) }];
    if (one.max != null && value > one.max) return [{ one, message: say("%(attribute)s must be at most %(most)s.", { attribute: one.label, most: one.max }) }];
    return [];
  });
}

export class AttributeFields {
  #subject = null;
  #controls = new Map();

  /** @param {HTMLElement} box @param {(name, value, subject) => void} change called for every change of a control */
  constructor(box, change) {
    this.box = box;
    this.change = change;
  }

  /** Built anew only for another subject: what is typed into keeps its focus, which else goes to the same attribute of that one. */
  update(subject, schema, values, readonly) {
    const key = subject === null ? null : JSON.stringify([subject, readonly, schema]);
    const [held] = (key !== this.#subject && [...this.#controls].find(([, made]) => made.element.contains(document.activeElement))) || [];
    if (key !== this.#subject) this.#build(key, subject, schema, readonly);
    for (const one of schema) {
      const made = this.#controls.get(one.name);
      made.element.hidden = !applies(one, values);
      if (one.type !== "number" || Number(made.read()) !== values[one.name]) made.write(values[one.name]);
    }
    if (held !== undefined) this.focus(held);
  }

  /** Into the control of the attribute of this name; without one, of the first that is asked for and empty, else of the first. */
  focus(name = "") {
    const asked = [...this.#controls].filter(([, made]) => !made.element.hidden);
    const isEmpty = ([, made]) => !given(made.read());
    const [, made] = asked.find(([each]) => each === name) ?? asked.find(isEmpty) ?? asked[0] ?? [];
    if (!made) return false;
    (made.inputs.find((input) => input.checked) ?? made.inputs[0]).focus();
    return true;
  }

  #build(key, subject, schema, readonly) {
    this.#subject = key;
    this.#controls = new Map(schema.map((one) => [one.name, formControl(question(one), { readonly })]));
    for (const one of schema) {
      const made = this.#controls.get(one.name);
      made.element.addEventListener("input", () => {
        const value = made.read();
        this.change(one, one.type === "number" && value !== undefined ? Number(value) : value, subject);
      });
    }
    this.box.querySelectorAll(".criterion").forEach((old) => old.remove());
    this.box.append(...[...this.#controls.values()].map((made) => made.element));
    this.box.hidden = !schema.length;
  }
}
