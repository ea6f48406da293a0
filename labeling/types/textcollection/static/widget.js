import { showAttachments } from "../../labeling/engine/attachments.js";
import { shownFields } from "../../labeling/engine/conditions.js";
import { formControl } from "../../labeling/engine/form_controls.js";
import { QuestionsWidget } from "../../labeling/engine/questions.js";
import { say } from "../../labeling/text.js";
import { countIn, isSet, keyIn, mayRepeat, SetFrame, without } from "./sets.js";
import { kindOf, stateOf, valueProblem, valuesOf } from "./values.js";

/** A form: fields of native controls, some of which appear only after certain answers, some in sets that repeat. */
export default class TextCollectionWidget extends QuestionsWidget {
  #places = new Map(); // field_id -> where its controls go
  #frames = new Map(); // field_id -> the frame of a set
  #counts = "";

  ask() {
    if (!this.#places.size) this.#lay();
    this.#counts = this.#countsNow();
    super.ask();
  }

  /** Everything that no answer changes. */
  #lay() {
    this.viewport = showAttachments(this.part("document"), this.task);
    this.part("question").textContent = this.config.title;
    const description = this.part("description");
    description.textContent = this.config.description;
    description.hidden = !this.config.description;
    for (const field of this.config.fields) {
      const place = document.createElement("div");
      place.className = "field-place";
      this.#places.set(field.field_id, place);
      this.part("questions").append(place);
      if (!isSet(field)) continue;
      const frame = new SetFrame(field, { add: () => this.addEntry(field), remove: (entry) => this.removeEntry(field, entry), readonly: this.readonly });
      this.#frames.set(field.field_id, frame);
      place.append(frame.element);
    }
  }

  get sets() { return this.config.fields.filter(isSet); }

  #countsNow() { return this.sets.map((set) => countIn(set, this.state)).join(); }

  make(question) { return formControl(question, this); }

  place({ set, entry, field }) { return set ? this.#frames.get(set.field_id).place(entry) : this.#places.get(field.field_id); }

  questions() {
    return this.config.fields.flatMap((field) => (isSet(field)
      ? entriesOf(field, this.state).flatMap((entry) => field.fields.map((inner) => ({ ...questionOf(inner), id: keyIn(field, entry, inner), set: field, entry })))
      : [questionOf(field)]));
  }

  become(state, announced) {
    this.#use(state);
    super.become(state, announced);
  }

  load(state) {
    this.#use(state);
    super.load(state);
  }

  /** Controls for just the entries there are now. */
  #use(state) {
    this.state = state;
    if (this.#countsNow() !== this.#counts) this.ask();
  }

  shown() {
    for (const set of this.sets) {
      const frame = this.#frames.get(set.field_id);
      frame.show(countIn(set, this.state));
      frame.element.hidden = !this.#judge().top.shown.has(set.field_id);
    }
  }

  actions() {
    const group = gettext("Answer");
    const entries = this.sets.some(mayRepeat) ? [
      { id: "entry.add", key: "N", label: gettext("Another entry"), group, run: () => this.addEntry() },
      { id: "entry.remove", key: "Delete", label: gettext("Remove this entry"), group, run: () => this.removeEntry() },
    ] : [];
    return [...super.actions(), ...entries, ...(this.viewport?.actions() ?? [])];
  }

  // --- entries of field sets ---------------------------------------------------------------------------------------

  /** One more entry of the set in hand, or of the first that has room. */
  addEntry(set = null) {
    const { top } = this.#judge();
    const open = this.sets.filter((each) => top.shown.has(each.field_id) && countIn(each, this.state) < each.max_responses_required && mayRepeat(each));
    const chosen = set ?? open.find((each) => each === this.current?.question.set) ?? open[0];
    if (!open.includes(chosen) || this.readonly) return;
    const entry = countIn(chosen, this.state);
    const title = this.#frames.get(chosen.field_id).titleOf(entry);
    this.assign({ [chosen.field_id]: Math.max(entry + 1, chosen.min_responses_required) }, say("%(entry)s added", { entry: title }));
    this.#focusEntry(chosen, entry);
  }

  removeEntry(set = this.current?.question.set, entry = this.current?.question.entry) {
    const patch = set && !this.readonly && without(set, entry, this.state);
    if (!patch) return;
    this.assign(patch, say("%(entry)s removed", { entry: this.#frames.get(set.field_id).titleOf(entry) }));
    this.#focusEntry(set, Math.min(entry, countIn(set, this.state) - 1));
  }

  #focusEntry(set, entry) {
    const first = this.visible.find(({ question }) => question.set === set && question.entry === entry);
    if (first) this.focusOn(first);
    else this.#frames.get(set.field_id).add.focus();
  }

  // --- what is shown, and what is wrong ----------------------------------------------------------------------------

  /** Which fields are shown: of the form, and of every entry of a set. */
  #judge() {
    if (this.judged === this.state) return this.found;
    const top = shownFields(this.config.fields, (field) => (isSet(field) ? undefined : valuesOf(field, this.state[field.field_id])));
    const within = (set) => entriesOf(set, this.state).map((entry) => shownFields(set.fields, (field) => valuesOf(field, this.state[keyIn(set, entry, field)]), top.given).shown);
    this.judged = this.state;
    this.found = { top, entries: new Map(this.sets.map((set) => [set, within(set)])) };
    return this.found;
  }

  isShown({ field, set, entry }) {
    const { top, entries } = this.#judge();
    return set ? top.shown.has(set.field_id) && Boolean(entries.get(set)[entry]?.has(field.field_id)) : top.shown.has(field.field_id);
  }

  problemOf({ question: { id, field, required } }) { return valueProblem(field, this.state[id], required); }

  problems() {
    const found = this.visible.flatMap((each) => {
      const { id, set, entry, label } = each.question;
      const why = this.problemOf(each);
      const what = set ? `${this.#frames.get(set.field_id).titleOf(entry)}, ${label}` : label;
      return why ? [{ path: id, message: `${what}: ${why}` }] : [];
    });
    if (found.length) return found;
    const { annotations } = this.value();
    const short = this.sets.filter((set) => {
      const count = annotations[set.field_id]?.length ?? 0;
      return this.#judge().top.shown.has(set.field_id) && count < set.min_responses_required && (set.required || count);
    });
    if (short.length) return short.map((set) => ({ path: set.field_id, message: say("%(set)s: fill in at least %(count)s", { set: set.title, count: set.min_responses_required }) }));
    return Object.keys(annotations).length ? [] : [{ path: "annotations", message: say("Nothing is filled in yet.") }];
  }

  /** The server's paths begin at the answer and end in a value; a question is named by what lies between. */
  showProblems(problems) {
    const ids = this.asked.map(({ question }) => question.id).sort((one, other) => other.length - one.length);
    const named = (path) => ids.find((id) => path === id || path.startsWith(`${id}[`) || path.startsWith(`${id}.`)) ?? ids.findLast((id) => id.startsWith(`${path}[`) || id.startsWith(`${path}.`)) ?? path;
    super.showProblems(problems.map((problem) => ({ ...problem, path: named((problem.path ?? "").replace(/^annotations\./, "")) })));
  }

  // --- the answer --------------------------------------------------------------------------------------------------

  value() {
    const { top, entries } = this.#judge();
    const filled = (fields, shown, keyOf) => Object.fromEntries(fields.flatMap((field) => {
      const values = shown.has(field.field_id) && !isSet(field) ? valuesOf(field, this.state[keyOf(field)]) : undefined;
      return values ? [[field.field_id, values]] : [];
    }));
    const inSets = this.sets.filter((set) => top.shown.has(set.field_id)).map((set) => [
      set.field_id, entries.get(set).map((shown, entry) => filled(set.fields, shown, (field) => keyIn(set, entry, field))).filter((each) => Object.keys(each).length),
    ]);
    const all = { ...filled(this.config.fields, top.shown, (field) => field.field_id), ...Object.fromEntries(inSets.filter(([, each]) => each.length)) };
    return { annotations: Object.fromEntries(this.config.fields.filter(({ field_id: id }) => id in all).map(({ field_id: id }) => [id, all[id]])) };
  }

  restore(value) {
    const given = value?.annotations ?? {};
    const state = {};
    const put = (field, values, key) => { if (values?.length) state[key] = stateOf(field, values); };
    for (const field of this.config.fields) {
      const values = given[field.field_id];
      if (!isSet(field)) put(field, values, field.field_id);
      else if (values?.length) {
        state[field.field_id] = values.length;
        values.forEach((each, entry) => field.fields.forEach((inner) => put(inner, each[inner.field_id], keyIn(field, entry, inner))));
      }
    }
    this.load(state);
  }
}

function entriesOf(set, state) {
  return Array.from({ length: countIn(set, state) }, (_, entry) => entry);
}

function questionOf(field) {
  const how = field.type === "time_range" ? say("Hours:minutes:seconds") : "";
  return { id: field.field_id, label: field.title, note: [field.description, field.hint, how].filter(Boolean).join(" "), required: field.required, field, ...kindOf(field) };
}

customElements.define("gw-textcollection", TextCollectionWidget);
