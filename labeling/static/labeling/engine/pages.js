// The pages of a document, side by side in one picture: one of them is in view, and shapes keep to one page.
import { say } from "../text.js";
import { bounds } from "./shapes.js";

export class Pages {
  shown = 0;

  /** @param widget its task's item says where the pages are; a picture that is no document has none */
  constructor(widget) {
    this.widget = widget;
    this.list = widget.task.item.data?.pages ?? [];
    if (!this.list.length) return;
    widget.viewport.frame = this.list[0];
    const { inside, width, height } = widget.grid;
    widget.grid.inside = (at) => {
      const { left, top, width: wide, height: high } = this.list[this.shown];
      const { x, y } = inside(at);
      return { x: Math.max(left, Math.min(left + wide, x, width)), y: Math.max(top, Math.min(top + high, y, height)) };
    };
    if (this.list.length > 1) this.#build();
  }

  #build() {
    const bar = document.createElement("div");
    bar.className = "page-bar";
    bar.role = "group";
    bar.ariaLabel = say("Pages");
    const button = (text, label, by) => {
      const made = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-quiet btn-icon", textContent: text, ariaLabel: label, title: label });
      made.addEventListener("click", () => this.step(by));
      return made;
    };
    this.back = button("‹", say("Previous page"), -1);
    this.next = button("›", say("Next page"), 1);
    this.output = document.createElement("output");
    bar.append(this.back, this.output, this.next);
    bar.addEventListener("pointerdown", (event) => event.stopPropagation());
    this.widget.part("document").querySelector(".stage").append(bar);
    this.#tell();
  }

  #tell() {
    this.output.textContent = say("Page %(n)s of %(count)s", { n: this.shown + 1, count: this.list.length });
    this.back.disabled = this.shown === 0;
    this.next.disabled = this.shown === this.list.length - 1;
  }

  step(by) { this.show(this.shown + by); }

  show(n) {
    if (n === this.shown || !this.list[n]) return;
    this.shown = n;
    const { widget } = this;
    widget.viewport.frame = this.list[n];
    widget.viewport.fit();
    widget.cursor = widget.armed ? this.middle() : null;
    this.#tell();
    widget.surface.draw();
    widget.fire("announce", { text: this.output.textContent });
  }

  /** Where a drawing by keys begins. */
  middle() {
    const { left, top, width, height } = this.list[this.shown] ?? { left: 0, top: 0, ...this.widget.grid };
    return { x: left + width / 2, y: top + height / 2 };
  }

  /** The place of the page that the whole shape lies on, or -1. */
  of(shape) {
    const { left, top, right, bottom } = bounds(shape);
    return this.list.findIndex((page) => page.left <= left && page.top <= top && right <= page.left + page.width && bottom <= page.top + page.height);
  }

  wrong(shape) { return this.list.length && this.of(shape) < 0 ? say("A region must lie on one page.") : ""; }

  /** Bring the page into view that a region lies on. */
  follow(shape) {
    if (shape && this.list.length) this.show(this.of(shape));
  }

  nameOf(shape) { return this.list.length > 1 ? say("page %(n)s", { n: this.of(shape) + 1 }) : ""; }
}
