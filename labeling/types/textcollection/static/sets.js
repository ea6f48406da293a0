// Field sets: fields under one heading, in one entry or several. The widget's state holds how many entries there are,
// and a value for each field of each entry under "set[number].field".
import { hint } from "../../labeling/keys.js";
import { say } from "../../labeling/text.js";

export const isSet = (field) => field.type === "field_set";

export const keyIn = (set, entry, field) => `${set.field_id}[${entry}].${field.field_id}`;

/** How many entries there are. */
export function countIn(set, state) {
  return state[set.field_id] ?? (set.required ? set.min_responses_required : 0);
}

/** Whether entries can be added or taken away. */
export function mayRepeat(set) {
  return set.max_responses_required > (set.required ? set.min_responses_required : 0);
}

/** The change of the state that takes an entry away: those behind it move up. Null where it must stay. */
export function without(set, entry, state) {
  const count = countIn(set, state);
  const left = count - 1 >= set.min_responses_required ? count - 1 : set.required ? count : 0;
  if (left === count) return null;
  const patch = { [set.field_id]: left };
  for (let place = left ? entry : 0; place < count; place += 1) {
    for (const field of set.fields) patch[keyIn(set, place, field)] = place < left ? state[keyIn(set, place + 1, field)] : undefined;
  }
  return patch;
}

/** A set's frame: the entries' own frames, and buttons where there may be more or fewer. */
export class SetFrame {
  #entries = [];

  constructor(set, { add, remove, readonly }) {
    this.set = set;
    this.remove = remove;
    this.readonly = readonly;
    this.element = document.createElement("fieldset");
    this.element.className = "field-set";
    const legend = Object.assign(document.createElement("legend"), { className: "field-set-title", dir: "auto", textContent: set.title });
    if (!set.required) legend.append(Object.assign(document.createElement("span"), { className: "criterion-optional", textContent: ` ${say("optional")}` }));
    this.element.append(legend);
    const note = [set.description, set.hint].filter(Boolean).join(" ");
    if (note) this.element.append(Object.assign(document.createElement("p"), { className: "field-help", dir: "auto", textContent: note }));
    this.add = button(gettext("Another entry"), add, "N");
    this.add.hidden = readonly || !mayRepeat(set);
    this.element.append(this.add);
  }

  /** Where the fields of an entry go. */
  place(entry) {
    while (this.#entries.length <= entry) this.#make(this.#entries.length);
    return this.#entries[entry].fields;
  }

  /** Show so many entries; the controls in those that go are already gone. */
  show(count) {
    for (const { element } of this.#entries.splice(count)) element.remove();
    const { set } = this;
    this.add.disabled = count >= set.max_responses_required;
    for (const { remove } of this.#entries) remove.hidden = this.readonly || (set.required && count <= set.min_responses_required);
  }

  titleOf(entry) {
    return mayRepeat(this.set) && this.set.max_responses_required > 1 ? `${this.set.title} ${entry + 1}` : this.set.title;
  }

  #make(entry) {
    const element = document.createElement("div");
    element.className = "field-set-entry";
    element.role = "group";
    element.ariaLabel = this.titleOf(entry);
    const head = document.createElement("div");
    head.className = "field-set-head";
    const remove = button(gettext("Remove"), () => this.remove(entry), "Del");
    remove.ariaLabel = say("Remove %(entry)s", { entry: this.titleOf(entry) });
    head.append(Object.assign(document.createElement("span"), { dir: "auto", textContent: this.titleOf(entry) }), remove);
    head.hidden = !mayRepeat(this.set);
    const fields = document.createElement("div");
    fields.className = this.set.inline ? "field-set-fields field-set-inline" : "field-set-fields";
    element.append(head, fields);
    this.add.before(element);
    this.#entries.push({ element, fields, remove });
  }
}

function button(text, run, key) {
  const element = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-quiet" });
  element.append(hint(key), text);
  element.addEventListener("click", run);
  return element;
}
