// One field of a form: its controls, what they hold, and the list of values that the answer holds.
import { say } from "../../labeling/text.js";

/** The innermost choices with the names of the groups they are in. */
function pointsOf(choices, under = []) {
  return choices.flatMap(({ value, label, hint, subchoices }) => (subchoices?.length
    ? pointsOf(subchoices, [...under, label])
    : [{ value, label, note: hint, under, ...(under.length ? { name: [...under, label].join(" – ") } : {}) }]));
}

/** What kind of question a field is; see engine/controls.js. */
export function kindOf(field) {
  const bounds = Object.fromEntries(["min", "max"].filter((end) => field[end] != null).map((end) => [end, field[end]]));
  switch (field.type) {
    case "boolean": return { kind: "one", layout: "list", points: [{ value: true, label: gettext("Yes") }, { value: false, label: gettext("No") }] };
    case "category": return { kind: field.max_choices === 1 ? "one" : "many", layout: "list", points: pointsOf(field.choices) };
    case "select": return { kind: "select", choices: field.choices };
    case "ranking_order": return { kind: "order", choices: field.choices };
    case "linear_scale": {
      const all = Array.from({ length: field.max - field.min + 1 }, (_, index) => field.min + index);
      return { kind: "one", layout: "scale", ends: [field.min_label, field.max_label], points: all.map((value) => ({ value, label: String(value) })) };
    }
    case "range": return { kind: "pair", attributes: { ...bounds, step: 1 } };
    case "time_range": return { kind: "pair", type: "text", attributes: { placeholder: "0:00:00", autocomplete: "off", spellcheck: "false" } };
    case "number": return { kind: "input", type: "number", attributes: { ...bounds, step: field.is_integer ? 1 : "any" } };
    case "date": return { kind: "input", type: "date" };
    case "datetime": return { kind: "input", type: "datetime-local" };
    default: return { kind: "text", rows: 3, attributes: { maxlength: field.max_length } };
  }
}

/** The list of values that the answer holds, or undefined where the field is empty or half filled in. */
export function valuesOf(field, state) {
  if (state === undefined) return undefined;
  switch (field.type) {
    case "category": return Array.isArray(state) ? (state.length ? state : undefined) : [state];
    case "ranking_order": return state.includes(null) ? undefined : state.map((_, place) => field.choices[state.indexOf(place + 1)].value);
    case "range": return state.every((part) => part !== "") ? state.map(Number) : undefined;
    case "time_range": {
      const times = state.map(timeOf);
      return times.includes(null) ? undefined : times;
    }
    case "number": return [Number(state)];
    case "text": return state.trim() ? [state.trim()] : undefined;
    default: return [state];
  }
}

/** The way back. */
export function stateOf(field, values) {
  switch (field.type) {
    case "category": return field.max_choices === 1 ? values[0] : values;
    case "ranking_order": return field.choices.map(({ value }) => (values.includes(value) ? values.indexOf(value) + 1 : null));
    case "range": case "time_range": return values.map(String);
    case "number": return String(values[0]);
    default: return values[0];
  }
}

/** What is wrong with what was filled in, or "". */
export function valueProblem(field, state, required) {
  const values = valuesOf(field, state);
  if (!values) return emptyProblem(field, state) || (required ? say("not answered yet") : "");
  if (field.type === "category" && field.max_choices > 1) {
    if (values.length < field.min_choices) return say("choose at least %(count)s", { count: field.min_choices });
    if (values.length > field.max_choices) return say("choose at most %(count)s", { count: field.max_choices });
  }
  if (field.type === "text" && [...values[0]].length < field.min_length) return say("write at least %(count)s characters", { count: field.min_length });
  if (["number", "range", "time_range"].includes(field.type)) return boundsProblem(field, values);
  return "";
}

function emptyProblem(field, state) {
  if (!Array.isArray(state) || !state.some((part) => part !== "" && part !== null)) return "";
  if (field.type === "time_range" && state.some((part) => part !== "" && timeOf(part) === null)) return say("write times as hours:minutes:seconds, such as 0:01:30");
  return ["ranking_order", "range", "time_range"].includes(field.type) ? say("fill in every part") : "";
}

function boundsProblem(field, values) {
  const place = field.type === "time_range" ? milliseconds : Number;
  const places = values.map(place);
  if (field.min != null && Math.min(...places) < place(field.min)) return say("at least %(count)s", { count: field.min });
  if (field.max != null && Math.max(...places) > place(field.max)) return say("at most %(count)s", { count: field.max });
  if (places[0] > places[1]) return say("begins after its end");
  const whole = field.type === "range" || field.is_integer;
  return whole && !places.every(Number.isInteger) ? say("a whole number is wanted") : "";
}

/** "1:30" as "00:01:30"; null for what is no time. */
function timeOf(text) {
  const found = /^\s*(?:(?:(\d{1,2}):)?(\d{1,2}):)?(\d{1,2})(?:[.,](\d{1,3}))?\s*$/.exec(text);
  if (!found) return null;
  const [hours, minutes, seconds] = found.slice(1, 4).map((part) => Number(part ?? 0));
  if (minutes > 59 && found[1] !== undefined || seconds > 59 && found[2] !== undefined) return null;
  const all = (hours * 60 + minutes) * 60 + seconds;
  const fraction = (found[4] ?? "").replace(/0+$/, "");
  const parts = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":") + (fraction && `.${fraction}`);
}

function milliseconds(time) {
  const [hours, minutes, seconds] = time.split(":");
  return Math.round(((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000);
}
