import { OptionsWidget } from "../../labeling/options.js";
import { say } from "../../labeling/text.js";

/** Any number of options between `min` and `max`: checkboxes. */
export default class MultichoiceWidget extends OptionsWidget {
  build() {
    super.build();
    const { min, max } = this.bounds();
    const all = this.config.options.length;
    let text = say("Choose any number, or none.");
    if (min && min === max) text = say("Choose %(count)s.", { count: min });
    else if (min && max < all) text = say("Choose %(min)s to %(max)s.", { min, max });
    else if (min) text = say("Choose at least %(count)s.", { count: min });
    else if (max < all) text = say("Choose up to %(count)s, or none.", { count: max });
    this.part("count").textContent = text;
  }

  bounds() {
    return { min: this.config.min ?? 0, max: this.config.max ?? this.config.options.length };
  }

  /** The chosen values in schema order, with the option at `index` switched. */
  after(index) {
    const { value } = this.inputs[index];
    const chosen = new Set(this.chosen);
    if (!chosen.delete(value)) chosen.add(value);
    return this.inputs.map((input) => input.value).filter((each) => chosen.has(each));
  }

  value() {
    return { options: [...this.chosen] };
  }

  problems() {
    const { min, max } = this.bounds();
    const count = this.chosen.length;
    if (count < min) return [{ path: "options", message: say("Choose at least %(count)s.", { count: min }) }];
    if (count > max) return [{ path: "options", message: say("Choose at most %(count)s.", { count: max }) }];
    return [];
  }

  restore(value) {
    const wanted = value?.options ?? [];
    this.tick(this.inputs.map((input) => input.value).filter((each) => wanted.includes(each)), { quiet: true });
    this.history.clear();
  }
}

customElements.define("gw-multichoice", MultichoiceWidget);
