// Painting masks with a brush: each stroke is one step of undo. Mouse, pen, touch and keys all come here.
import { say } from "../text.js";
import { Brush } from "./brush.js";
import { forget, newMask, restOf, strokedMask } from "./mask.js";
import { filledEdges, Stroke } from "./runs.js";
import { ShapeDrawing } from "./shape_drawing.js";
import { TOOLS } from "./tools.js";

export class ShapePainting extends ShapeDrawing {
  stroke = null; // { points, covered, size, erases, target, color } while the brush is down
  #brush = null;

  get paints() { return Boolean(TOOLS[this.tool]?.paints); }
  get brush() { return this.#brush.size; }
  /** The mask that a stroke would change: the chosen one. */
  get target() { return this.selected?.shape.type === "mask" ? this.selected : null; }

  buildBrush(stage) {
    this.#brush = new Brush(this.grid, stage, () => this.surface.drawMarks());
  }

  pick(name, armed) {
    this.#lift();
    super.pick(name, armed);
    this.#brush?.show(this.paints);
    if (TOOLS[this.tool]?.type === "mask" && this.target) this.takeLabel(this.labelOf(this.target.shape));
  }

  /** The middle of the brush as it is painted: on a pixel, or between pixels where its width is even. */
  brushAt({ x, y }) {
    const { width, height } = this.grid;
    const on = (value, most) => (this.brush % 2 ? Math.floor(value === most ? value - 1 : value) + 0.5 : Math.round(value));
    return { x: on(x, width), y: on(y, height) };
  }

  // --- a stroke ------------------------------------------------------------------------------------------------------

  /** Put the brush down. @returns {boolean} whether it may paint here */
  paintFrom(at, erases = TOOLS[this.tool].erases) {
    if (erases && !this.target) this.select(this.regions.findLast(({ shape, hidden }) => shape.type === "mask" && !hidden && this.isOn(shape, at)) ?? null);
    const { target } = this;
    const why = this.#refusal(target, erases);
    if (why) return this.fire("announce", { text: why }), this.showProblems([{ path: "annotations", message: why }]), false;
    if (!target) this.takeFittingLabel();
    const label = target ? target.shape.label : this.label.value;
    this.stroke = { points: [], covered: new Stroke(this.brush / 2, this.grid), size: this.brush, erases, target, color: this.colors[label] };
    this.paintTo(at);
    this.editing = target; // drawn among the marks while it changes
    this.surface.draw();
    return true;
  }

  #refusal(target, erases) {
    if (erases && !target) return say("Choose a mask to erase from.");
    if (target?.locked) return say("The chosen mask is locked.");
    return target?.hidden ? say("The chosen mask is hidden.") : "";
  }

  paintTo(at) {
    if (!this.stroke) return;
    const { points, covered } = this.stroke;
    const [last, next] = [points.at(-1), this.brushAt(at)];
    if (next.x === last?.x && next.y === last?.y) return;
    points.push(next);
    covered.add(next);
  }

  /** Lift the brush: the stroke becomes part of the mask. */
  paintEnd() {
    const { stroke } = this;
    this.#lift();
    if (stroke) this.#put(stroke.covered.edges(), stroke);
    this.surface.draw();
  }

  #put(edges, { target, erases }) {
    if (!target) {
      const drawn = newMask(edges, this.grid);
      if (!drawn) return;
      const { type, ...rest } = drawn;
      const region = this.made({ type, label: this.label.value, ...rest, attributes: {} });
      return this.commit([...this.regions, region], region.id);
    }
    const shape = strokedMask(target.shape, edges, erases);
    if (shape === target.shape) return;
    forget(target.shape);
    if (!shape) return this.removeRegion(target, say("Nothing is left of the mask: it is deleted."));
    this.commit(this.regions.map((each) => (each.id === target.id ? { ...target, shape, suggested: false } : each)), target.id);
  }

  #lift() {
    if (this.stroke) this.editing = null;
    this.stroke = null;
  }

  /** What no mask paints becomes part of the chosen one, or one of the label in hand. */
  paintRest() {
    if (this.readonly) return;
    const rest = restOf(this.regions.map(({ shape }) => shape), this.grid);
    if (!rest.length) return this.fire("announce", { text: say("Nothing is left to paint.") });
    const why = this.#refusal(this.target, false);
    if (why) return this.showProblems([{ path: "annotations", message: why }]);
    this.#put(rest, { target: this.target, erases: false });
  }

  /** How many pixels no mask paints. */
  unpainted() {
    const rest = restOf(this.regions.map(({ shape }) => shape), this.grid);
    return rest.reduce((sum, edge, n) => (n % 2 ? sum + edge - rest[n - 1] : sum), 0);
  }

  // --- what keys and other tools do, with a brush in hand --------------------------------------------------------------

  /** Enter and Space put the brush down and lift it. */
  place(at, byKey) {
    if (!this.paints) return super.place(at, byKey);
    if (this.stroke) {
      this.paintEnd();
      this.armed = false;
    } else if (this.paintFrom(at)) this.fire("announce", { text: say("Brush down: arrows paint, Enter lifts it.") });
  }

  arrow(dx, dy) {
    super.arrow(dx, dy);
    if (this.stroke) this.paintTo(this.cursor);
    if (this.paints) this.surface.drawMarks();
  }

  hover(at) {
    if (!this.stroke || !this.armed) super.hover(at); // the mouse does not take a brush that keys put down
  }

  turn(by) {
    if (this.paints) this.fire("announce", { text: this.#brush.step(by) });
    else super.turn(by);
  }

  /** A label begins another mask. */
  choose(label) {
    if (TOOLS[this.tool]?.type === "mask" && this.selected && !this.stroke) this.select(null);
    super.choose(label);
  }

  finish(shape, byKey) {
    const { fills } = this.drawing.tool;
    if (!fills) return super.finish(shape, byKey);
    this.drawing = null;
    this.armed = false;
    const { target } = this;
    const why = this.#refusal(target, false);
    if (why) this.showProblems([{ path: "annotations", message: why }]);
    else this.#put(filledEdges(shape.vertices, this.grid), { target, erases: false });
    this.surface.draw();
  }

  cancel() {
    const { stroke } = this;
    this.#lift();
    if (stroke) this.surface.draw();
    else super.cancel();
  }

  /** Undo leaves a stroke that is not finished. */
  undo() {
    if (!this.stroke) return super.undo();
    this.cancel();
    return true;
  }

  show(...given) {
    this.#lift();
    super.show(...given);
  }
}
