import { showItem } from "../../labeling/item.js";
import Widget from "../../labeling/widget.js";

export default class StarsWidget extends Widget {
  build() {
    showItem(this.part("document"), this.task);
    this.part("question").textContent = this.config.question;
    this.input = this.part("stars");
    this.input.addEventListener("input", () => this.fire("change"));
  }

  actions() {
    return [1, 2, 3, 4, 5].map((n) => ({ id: `stars.${n}`, key: String(n), label: `${n} stars`, run: () => this.give(n) }));
  }

  give(after) {
    const before = this.input.value;
    const put = (value) => { this.input.value = value; this.fire("change"); };
    this.history.run({ apply: () => put(after), invert: () => put(before) });
  }

  value() { return { stars: this.input.valueAsNumber }; }
  problems() { return this.input.value ? [] : [{ path: "stars", message: "Give some stars first." }]; }
  restore(value) { this.input.value = value?.stars ?? ""; }
}

customElements.define("gw-stars", StarsWidget);
