import { showAttachments } from "../../labeling/engine/attachments.js";
import { shownFields } from "../../labeling/engine/conditions.js";
import { formControl } from "../../labeling/engine/form_controls.js";
import { QuestionsWidget } from "../../labeling/engine/questions.js";
import { say } from "../../labeling/text.js";

/** A form: fields of native controls, some of which appear only after certain answers. */
export default class TextCollectionWidget extends QuestionsWidget {
  ask() {
    this.viewport = showAttachments(this.part("document"), this.task);
    this.part("question").textContent = this.config.title;
    const description = this.part("description");
    description.textContent = this.config.description;
    description.hidden = !this.config.description;
    super.ask();
  }

  make(question) { return formControl(question, this); }

  questions() {
    return this.config.fields.map((field) => ({
      id: field.field_id, label: field.title, note: [field.description, field.hint].filter(Boolean).join(" "), required: field.required, field, ...kindOf(field),
    }));
  }

  actions() {
    return [...super.actions(), ...(this.viewport?.actions() ?? [])];
  }

  isShown({ id }) {
    if (this.judged !== this.state) {
      this.judged = this.state;
      this.shownIds = shownFields(this.config.fields, (field) => valuesOf(field, this.state[field.field_id]));
    }
    return this.shownIds.has(id);
  }

  problemOf(each) {
    const { question } = each;
    const { field } = question;
    const values = valuesOf(field, this.state[question.id]);
    if (!values) {
      const begun = this.isAnswered(each) && ["order", "pair"].includes(question.kind);
      return begun && String(this.state[question.id]).replaceAll(",", "") ? say("fill in every part") : question.required ? say("not answered yet") : "";
    }
    if (question.kind === "many" && values.length < field.min_choices) return say("choose at least %(count)s", { count: field.min_choices });
    if (question.kind === "many" && values.length > field.max_choices) return say("choose at most %(count)s", { count: field.max_choices });
    if (field.type === "text" && [...values[0]].length < field.min_length) return say("write at least %(count)s characters", { count: field.min_length });
    if (field.type === "number" && field.is_integer && !Number.isInteger(values[0])) return say("a whole number is wanted");
    if (["number", "range"].includes(field.type)) {
      if (field.min !== null && Math.min(...values) < field.min) return say("at least %(count)s", { count: field.min });
      if (field.max !== null && Math.max(...values) > field.max) return say("at most %(count)s", { count: field.max });
      if (values[0] > values[1]) return say("begins after its end");
      if (field.type === "range" && !values.every(Number.isInteger)) return say("a whole number is wanted");
    }
    return "";
  }

  problems() {
    const found = super.problems();
    if (found.length || Object.keys(this.value().annotations).length) return found;
    return [{ path: "annotations", message: say("Nothing is filled in yet.") }];
  }

  value() {
    const filled = this.visible.map(({ question: { id, field } }) => [id, valuesOf(field, this.state[id])]);
    return { annotations: Object.fromEntries(filled.filter(([, values]) => values)) };
  }

  restore(value) {
    const known = this.config.fields.filter(({ field_id: id }) => value?.annotations?.[id]?.length);
    this.load(Object.fromEntries(known.map((field) => [field.field_id, stateOf(field, value.annotations[field.field_id])])));
  }
}

function kindOf(field) {
  const bounds = Object.fromEntries(["min", "max"].filter((end) => field[end] != null).map((end) => [end, field[end]]));
  const points = field.choices?.map(({ value, label, hint }) => ({ value, label, note: hint }));
  switch (field.type) {
    case "boolean": return { kind: "one", layout: "list", points: [{ value: true, label: gettext("Yes") }, { value: false, label: gettext("No") }] };
    case "category": return { kind: field.max_choices === 1 ? "one" : "many", layout: "list", points };
    case "select": return { kind: "select", choices: field.choices };
    case "ranking_order": return { kind: "order", choices: field.choices };
    case "linear_scale": {
      const all = Array.from({ length: field.max - field.min + 1 }, (_, index) => field.min + index);
      return { kind: "one", layout: "scale", ends: [field.min_label, field.max_label], points: all.map((value) => ({ value, label: String(value) })) };
    }
    case "range": return { kind: "pair", attributes: { ...bounds, step: 1 } };
    case "number": return { kind: "input", type: "number", attributes: { ...bounds, step: field.is_integer ? 1 : "any" } };
    case "date": return { kind: "input", type: "date" };
    case "datetime": return { kind: "input", type: "datetime-local" };
    default: return { kind: "text", rows: 3, attributes: { maxlength: field.max_length } };
  }
}

/** The list of values that the answer holds, or undefined where the field is empty or half filled in. */
function valuesOf(field, state) {
  if (state === undefined) return undefined;
  switch (field.type) {
    case "category": return Array.isArray(state) ? (state.length ? state : undefined) : [state];
    case "ranking_order": return state.includes(null) ? undefined : state.map((_, place) => field.choices[state.indexOf(place + 1)].value);
    case "range": return state.every((part) => part !== "") ? state.map(Number) : undefined;
    case "number": return [Number(state)];
    case "text": return state.trim() ? [state.trim()] : undefined;
    default: return [state];
  }
}

/** The way back. */
function stateOf(field, values) {
  switch (field.type) {
    case "category": return field.max_choices === 1 ? values[0] : values;
    case "ranking_order": return field.choices.map(({ value }) => (values.includes(value) ? values.indexOf(value) + 1 : null));
    case "range": return values.map(String);
    case "number": return String(values[0]);
    default: return values[0];
  }
}

customElements.define("gw-textcollection", TextCollectionWidget);
