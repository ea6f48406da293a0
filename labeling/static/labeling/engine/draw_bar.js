// What is being drawn point by point: which point comes next, and buttons for what the keys do.
import { hint } from "../keys.js";
import { say } from "../text.js";
import { TOOLS } from "./tools.js";

export class DrawBar {
  #look = "";

  constructor(widget, stage) {
    this.widget = widget;
    this.bar = document.createElement("div");
    this.bar.className = "brush-bar draw-bar";
    this.text = document.createElement("span");
    this.text.dir = "auto";
    const button = (text, key, id, run) => {
      const element = Object.assign(document.createElement("button"), { type: "button", className: "btn" });
      element.append(text, hint(key, id));
      element.addEventListener("click", () => {
        run();
        widget.part("document").focus({ preventScroll: true });
      });
      return element;
    };
    this.skip = button(say("Leave out"), "Shift+N", "point.skip", () => widget.skipPoint());
    this.back = button(say("Back"), "Backspace", "region.back", () => widget.back());
    this.finish = button(say("Finish"), "C", "region.close", () => widget.close());
    this.bar.append(this.text, this.skip, this.back, this.finish);
    this.bar.addEventListener("pointerdown", (event) => event.stopPropagation()); // no point under the bar
    this.bar.addEventListener("touchstart", (event) => event.stopPropagation());
    this.bar.hidden = true;
    stage.append(this.bar);
  }

  /** Called for every frame of the marks: touches the page only when something else is to be shown. */
  update() {
    const { drawing, tool } = this.widget;
    const points = drawing?.points.length ?? 0;
    const next = TOOLS[tool]?.named ? drawing?.next ?? this.#first : "";
    const isShown = Boolean(next || TOOLS[tool]?.many && points);
    const look = [isShown, tool, points, next].join();
    if (look === this.#look) return;
    this.#look = look;
    this.bar.hidden = !isShown;
    if (!isShown) return;
    this.text.textContent = next ? say("Next: %(name)s", { name: next }) : say("Point %(n)s set", { n: points });
    this.skip.hidden = !next;
    this.back.hidden = this.finish.hidden = !points;
    this.finish.disabled = points < TOOLS[tool].fewest;
  }

  /** The first point of the skeleton that would be drawn. */
  get #first() {
    const { label, config } = this.widget;
    const fits = ({ geometries }) => geometries.includes("keypoints");
    return (fits(label) ? label : config.labels.find(fits)).skeleton.points[0];
  }
}
