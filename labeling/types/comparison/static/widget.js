import { reason } from "../../labeling/engine/criteria.js";
import { isOrder, promptPane, responsePane, shownOrder } from "../../labeling/engine/panes.js";
import { QuestionsWidget } from "../../labeling/engine/questions.js";
import { say } from "../../labeling/text.js";

const LETTERS = ["a", "b"]; // the item's first and second response, wherever they are shown

/** Two responses side by side, in an order that depends on the task and the assignment only. */
export default class ComparisonWidget extends QuestionsWidget {
  ask() {
    this.order ??= shownOrder(this.task, 2);
    const element = this.part("document");
    element.classList.add("panes");
    element.tabIndex = -1;
    const pair = document.createElement("div");
    pair.className = "pair";
    pair.append(...this.order.map((index, place) => responsePane(this.task.item, index, this.nameOf(place))));
    const prompt = promptPane(this.task.item);
    element.replaceChildren(...(prompt ? [prompt] : []), pair);
    this.part("questions").replaceChildren();
    this.toggleAttribute("data-both-bad", Boolean(this.config.both_bad));
    super.ask();
  }

  nameOf(place) {
    return say("Response %(number)s", { number: place + 1 });
  }

  questions() {
    const { criteria, justification } = this.config;
    const shared = { kind: "one", required: true };
    const overall = { ...shared, id: "preference", label: gettext("Overall"), layout: "list", points: this.points() };
    const ends = [this.nameOf(0), this.nameOf(1)];
    const short = this.points().map((point, index) => ({ ...point, name: point.label, label: point.value === "both_bad" ? gettext("Both bad") : String((index + 1) % 10) }));
    const others = criteria.map(({ name, label, description }) => (
      { ...shared, id: `criteria.${name}`, label, note: description, layout: "scale", ends, points: short }));
    return [...others, overall, ...(justification ? [reason("justification", justification)] : [])];
  }

  /** From the left response by far to the right one by far; the value says which of the item's responses it is. */
  points() {
    const { scale, both_bad: bothBad } = this.config;
    const half = Math.floor(scale / 2);
    const side = (place) => Array.from({ length: half }, (_, index) => index + 1)
      .map((strength) => ({ value: LETTERS[this.order[place]] + strength, label: this.betterBy(place, strength, half) }));
    const tie = scale % 2 ? [{ value: "tie", label: gettext("About the same") }] : [];
    const bad = bothBad ? [{ value: "both_bad", label: gettext("Both are bad") }] : [];
    return [...side(0).reverse(), ...tie, ...side(1), ...bad];
  }

  betterBy(place, strength, half) {
    const name = this.nameOf(place);
    if (half === 1) return say("%(name)s is better", { name });
    if (strength === half) return say("%(name)s is much better", { name });
    if (strength === 1) return say("%(name)s is slightly better", { name });
    return half === 3 ? say("%(name)s is better", { name }) : say("%(name)s is better by %(steps)s", { name, steps: strength });
  }

  value() {
    const compared = this.config.criteria
      .filter(({ name }) => this.state[`criteria.${name}`] !== undefined)
      .map(({ name }) => [name, split(this.state[`criteria.${name}`])]);
    const overall = this.state.preference === undefined ? { preference: null, strength: 0 } : split(this.state.preference);
    return { ...overall, criteria: Object.fromEntries(compared), justification: this.state.justification ?? "", order: [...this.order] };
  }

  restore(value) {
    if (isOrder(value?.order, 2) && String(value.order) !== String(this.order)) {
      this.order = [...value.order];
      this.ask();
    }
    const state = {};
    if (value?.preference) state.preference = joined(value);
    for (const [name, one] of Object.entries(value?.criteria ?? {})) state[`criteria.${name}`] = joined(one);
    if (value?.justification) state.justification = value.justification;
    this.load(state);
  }
}

function split(name) {
  return /^[ab]\d$/.test(name) ? { preference: name[0], strength: Number(name[1]) } : { preference: name, strength: 0 };
}

function joined({ preference, strength }) {
  return LETTERS.includes(preference) ? preference + strength : preference;
}

customElements.define("gw-comparison", ComparisonWidget);
