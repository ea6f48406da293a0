// What choice and multichoice share: a question, rows of native radio or checkbox controls, a key for each.
import { hint } from "./keys.js";
import { prepareItem, showItem } from "./item.js";
import { say } from "./text.js";
import Widget from "./widget.js";

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];
const KEYS = [...DIGITS, ...DIGITS.map((digit) => `Shift+${digit}`)];
let instances = 0;

export class OptionsWidget extends Widget {
  static prepare = prepareItem;

  build() {
    this.viewport = showItem(this.part("document"), this.task);
    this.dataset.shows = this.task.item.image ? "image" : "text";
    this.part("question").textContent = this.config.question;
    const row = this.part("option").content;
    const name = `option-${++instances}`; // two prepared tasks must not share a radio group
    const keys = this.optionKeys();
    this.inputs = this.config.options.map((option, index) => {
      const label = row.cloneNode(true).firstElementChild;
      const input = label.querySelector("input");
      input.value = option.value;
      input.name = name;
      input.disabled = this.readonly;
      const text = label.querySelector(".choice-text");
      text.append(option.label ?? option.value);
      text.dir = "auto";
      if (option.description) {
        const note = document.createElement("span");
        note.className = "choice-note";
        note.textContent = option.description;
        text.append(note);
      }
      label.querySelector(".kbd").replaceWith(...(keys[index] ? [hint(keys[index], `option.${index}`)] : []));
      this.part("options").append(label);
      return input;
    });
    this.chosen = [];
    this.part("options").addEventListener("change", (event) => this.changed(event.target));
    this.part("form").addEventListener("submit", (event) => event.preventDefault());
  }

  /** The key of each option, by index: the schema's own first, then the digits that are left. */
  optionKeys() {
    const own = new Set(this.config.options.map((option) => option.key && nice(option.key)).filter(Boolean));
    const free = KEYS.filter((key) => !own.has(key));
    return this.config.options.map((option) => (option.key ? nice(option.key) : free.shift()));
  }

  actions() {
    const keys = this.optionKeys();
    const group = gettext("Answer");
    const options = this.config.options.flatMap((option, index) => (keys[index]
      ? [{ id: `option.${index}`, key: keys[index], label: option.label ?? option.value, group, run: () => this.press(index) }]
      : []));
    return [...options, ...(this.viewport?.actions() ?? [])];
  }

  press(index) {
    if (this.readonly) return;
    this.choose(this.after(index));
    this.inputs[index].focus({ preventScroll: true });
    this.inputs[index].closest(".choice").scrollIntoView({ block: "nearest" });
  }

  changed(input) {
    // The browser has already ticked it; the command ticks it once more.
    this.choose(this.inputs.filter((each) => each.checked).map((each) => each.value), input);
  }

  /** Make `values` the answer, as a command that can be undone. */
  choose(values) {
    const before = this.chosen;
    if (before.join("\n") === values.join("\n")) return;
    this.history.run({ apply: () => this.tick(values), invert: () => this.tick(before) });
  }

  tick(values, { quiet = false } = {}) {
    this.chosen = values;
    for (const input of this.inputs) input.checked = values.includes(input.value);
    this.showProblems([]);
    if (quiet) return;
    this.fire("change");
    const labels = this.config.options.filter((option) => values.includes(option.value)).map((option) => option.label ?? option.value);
    this.fire("announce", { text: labels.length ? say("Chosen: %(labels)s", { labels: labels.join(", ") }) : say("Nothing chosen") });
  }

  release() {
    this.viewport?.release();
  }
}

function nice(key) {
  return /^[a-z]$/.test(key) ? key.toUpperCase() : key;
}
