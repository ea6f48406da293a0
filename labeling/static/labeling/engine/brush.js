// The brush in hand: its width in pixels of the picture, kept from task to task, and the bar with its slider.
import { say } from "../text.js";

let kept = 0;
const STEP = 1.25;

export class Brush {
  constructor({ width, height }, stage, changed) {
    const side = Math.min(width, height);
    this.most = Math.max(16, Math.round(side / 3));
    this.size = Math.min(this.most, kept || Math.max(1, Math.round(side / 20)));
    this.changed = changed;
    this.bar = document.createElement("label");
    this.bar.className = "brush-bar";
    this.slider = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 100, step: "any" });
    this.slider.addEventListener("input", () => this.set(this.most ** (this.slider.value / 100)));
    this.output = document.createElement("output");
    this.bar.append(gettext("Brush"), this.slider, this.output);
    this.bar.addEventListener("pointerdown", (event) => event.stopPropagation());
    stage.append(this.bar);
    this.show(false);
    this.#tell();
  }

  show(isShown) { this.bar.hidden = !isShown; }

  /** At least a pixel wider or narrower. @returns what to say */
  step(by) {
    const wished = by > 0 ? Math.max(this.size + 1, this.size * STEP) : Math.min(this.size - 1, this.size / STEP);
    this.set(wished);
    return say("Brush, %(size)s pixels", { size: this.size });
  }

  set(size) {
    kept = this.size = Math.max(1, Math.min(this.most, Math.round(size)));
    this.#tell();
    this.changed();
  }

  #tell() {
    if (document.activeElement !== this.slider) this.slider.value = (100 * Math.log(this.size)) / Math.log(this.most);
    this.slider.ariaValueText = say("%(size)s pixels", { size: this.size });
    this.output.textContent = say("%(size)s px", { size: this.size });
  }
}
