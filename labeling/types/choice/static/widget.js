import { OptionsWidget } from "../../labeling/options.js";

/** One option of a list: radio buttons. */
export default class ChoiceWidget extends OptionsWidget {
  after(index) {
    return [this.inputs[index].value];
  }

  value() {
    return { option: this.chosen[0] ?? null };
  }

  problems() {
    return this.chosen.length ? [] : [{ path: "option", message: gettext("Choose one option first.") }];
  }

  restore(value) {
    this.tick(value?.option == null ? [] : [value.option], { quiet: true });
    this.history.clear();
  }
}

customElements.define("gw-choice", ChoiceWidget);
