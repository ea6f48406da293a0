import { reason } from "../../labeling/engine/criteria.js";
import { showMaterial } from "../../labeling/engine/material.js";
import { hint } from "../../labeling/keys.js";
import { QuestionsWidget } from "../../labeling/engine/questions.js";
import { say } from "../../labeling/text.js";

const NONE = "none";

/** A row for each category, from "none" to the worst severity; one word for "nothing harmful". */
export default class HarmWidget extends QuestionsWidget {
  ask() {
    this.viewport = showMaterial(this.part("document"), this.task);
    super.ask();
    this.asked.forEach(({ question, element }) => {
      const { key, value } = this.config.categories.find((each) => question.id === `in:${each.value}`) ?? {};
      if (!key) return;
      element.querySelector(".criterion-label").prepend(hint(key.toUpperCase(), `category.${value}`), " ");
      element.classList.add("criterion-tight");
    });
  }

  questions() {
    const { categories, severities, note } = this.config;
    const points = [{ value: NONE, label: gettext("None") }, ...severities];
    const rows = categories.map(({ value, label, description }) => (
      { id: `in:${value}`, label, note: description, kind: "one", layout: "scale", points, required: true }));
    const safe = { id: "safe", label: gettext("Verdict"), kind: "many", layout: "list", required: true, points: [{ value: true, label: gettext("Nothing harmful"), key: "N" }] };
    const why = note ? [{ ...reason("note", note), label: gettext("Note") }] : [];
    return [safe, ...rows, ...why];
  }

  actions() {
    const group = gettext("Answer");
    const { categories, severities } = this.config;
    return [
      ...categories.filter(({ key }) => key).map(({ key, label, value }) => ({ id: `category.${value}`, key: key.toUpperCase(), label, group, run: () => this.point(value) })),
      ...[{ label: gettext("Not this one") }, ...severities].map(({ label }, index) => (
        { id: `severity.${index}`, key: String(index), label, group, run: () => this.grade(index) })),
      { id: "safe", key: "N", label: gettext("Nothing harmful"), group, run: () => this.setSafe() },
      { id: "category.next", key: "J", label: gettext("Next category"), group, run: () => this.move(1) },
      { id: "category.back", key: "K", label: gettext("Category before"), group, run: () => this.move(-1) },
      ...(this.viewport?.actions() ?? []),
    ];
  }

  activate() {
    this.part("document").focus({ preventScroll: true });
  }

  rowOf(value) { return this.asked.find(({ question }) => question.id === `in:${value}`); }
  get rows() { return this.config.categories.map(({ value }) => this.rowOf(value)); }
  get named() { return this.config.categories.filter(({ value }) => (this.state[`in:${value}`] ?? NONE) !== NONE); }
  get isSafe() { return Boolean(this.state.safe?.length) && !this.named.length; }

  /** Name a category with its lowest severity, and stay there for a digit; named once more, it is taken back. */
  point(value) {
    const row = this.rowOf(value);
    const { severities } = this.config;
    if (this.readonly) return;
    const has = (this.state[`in:${value}`] ?? NONE) !== NONE;
    if (!has || severities.length === 1) this.answer(row, has ? NONE : severities[0].value);
    this.focusOn(row);
  }

  grade(index) {
    const { current } = this;
    if (this.readonly || !current?.question.id.startsWith("in:")) return;
    const point = current.question.points[index];
    if (!point) return;
    this.answer(current, point.value);
    this.focusOn(current);
  }

  setSafe() {
    if (this.readonly) return;
    const safe = this.asked[0];
    this.answer(safe, this.isSafe ? [] : [true]);
    this.focusOn(safe);
  }

  /** "Nothing harmful" and a named category take each other back. */
  assign(patch, announced) {
    const next = { ...patch };
    if (patch.safe?.length) for (const { value } of this.config.categories) next[`in:${value}`] = undefined;
    else if (Object.entries(patch).some(([id, value]) => id.startsWith("in:") && value !== NONE)) next.safe = [];
    super.assign(next, announced);
  }

  shown() {
    for (const row of this.rows) {
      const severity = this.state[row.question.id];
      if (severity === undefined) row.write(NONE); // nothing said of it is said against it, once the task is submitted
      row.element.classList.toggle("is-named", (severity ?? NONE) !== NONE);
    }
  }

  problems() {
    const why = this.config.note ? super.problems().filter(({ path }) => path === "note") : [];
    if (this.isSafe || this.named.length) return why;
    return [{ path: "safe", message: say("Name a category, or say that there is nothing harmful.") }, ...why];
  }

  value() {
    const categories = Object.fromEntries(this.named.map(({ value }) => [value, this.state[`in:${value}`]]));
    return { categories, is_safe: this.isSafe, note: this.state.note ?? "" };
  }

  restore(value) {
    const state = Object.fromEntries(Object.entries(value?.categories ?? {}).map(([name, severity]) => [`in:${name}`, severity]));
    if (value?.is_safe) state.safe = [true];
    if (value?.note) state.note = value.note;
    this.load(state);
  }
}

customElements.define("gw-harm", HarmWidget);
