import { criteriaQuestions } from "../../labeling/engine/criteria.js";
import { showMaterial } from "../../labeling/engine/material.js";
import { QuestionsWidget } from "../../labeling/engine/questions.js";

/** Anything, rated by criteria. */
export default class RatingWidget extends QuestionsWidget {
  ask() {
    this.viewport = showMaterial(this.part("document"), this.task);
    super.ask();
  }

  questions() {
    return criteriaQuestions(this.config.criteria);
  }

  actions() {
    return [...super.actions(), ...(this.viewport?.actions() ?? [])];
  }

  value() {
    const found = { ratings: {}, justifications: {} };
    for (const { name } of this.config.criteria) {
      if (this.state[name] !== undefined) found.ratings[name] = this.state[name];
      const why = this.state[`why:${name}`];
      if (why?.trim()) found.justifications[name] = why;
    }
    return found;
  }

  restore(value) {
    const state = { ...value?.ratings };
    for (const [name, text] of Object.entries(value?.justifications ?? {})) state[`why:${name}`] = text;
    this.load(state);
  }
}

customElements.define("gw-rating", RatingWidget);
