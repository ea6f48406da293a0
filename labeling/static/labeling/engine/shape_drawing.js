// Drawing new shapes, point by point: mouse, touch and keys all come here.
import { say } from "../text.js";
import { ShapePoints } from "./shape_points.js";
import { cornersOf, cornersWrong, moved } from "./shapes.js";
import { Drawing, TOOLS } from "./tools.js";

const REACH = 10;

export class ShapeDrawing extends ShapePoints {
  tool = "select";
  drawing = null;
  cursor = null;
  armed = false; // Enter sets a point, until it is used or the mouse takes over

  pick(name, armed = true) {
    if (this.readonly && name !== "select") return;
    this.tool = name;
    this.drawing = null;
    this.armed = armed && name !== "select";
    this.cursor = this.armed ? (this.cursor ?? this.grid.inside(this.pages.middle())) : null;
    for (const button of this.buttons) button.ariaPressed = String(button.dataset.tool === name);
    this.part("document").focus({ preventScroll: true });
    if (this.armed) this.fire("announce", { text: this.toolName(name) });
    this.surface.draw();
  }

  hover(at) {
    this.cursor = at;
    this.armed = false;
    this.surface.drawMarks();
  }

  arrow(dx, dy) {
    if (this.readonly) return;
    if (this.tool === "select" && this.pointAt >= 0) return this.movePoint(dx, dy);
    if (this.tool === "select") return this.editShape((shape) => moved(shape, dx, dy, this.grid));
    const at = this.cursor ?? this.pages.middle();
    this.cursor = this.grid.inside({ x: at.x + dx, y: at.y + dy });
    this.armed = true;
    this.viewport.reveal(this.cursor);
    this.surface.drawMarks();
  }

  takeLabel(label) {
    this.label = label;
    this.radios[this.config.labels.indexOf(label)].checked = true;
  }

  /** The label in hand, or the first that is drawn with this tool. */
  takeFittingLabel() {
    const { type } = TOOLS[this.tool];
    if (!this.label.geometries.includes(type)) this.takeLabel(this.config.labels.find((label) => label.geometries.includes(type)));
  }

  place(at, byKey = false) {
    const tool = TOOLS[this.tool];
    this.takeFittingLabel();
    this.drawing ??= new Drawing(tool, this.label.skeleton?.points);
    const shape = this.drawing.add(this.grid.inside(at), byKey ? 0 : REACH / this.viewport.scale);
    if (shape) return this.finish(shape, byKey);
    if (tool.many && this.drawing.points.length === cornersOf(tool.type, this.label).most) return this.close();
    if (this.drawing.points.length === tool.count) this.drawing = null;
    this.surface.drawMarks();
    if (tool.count === 1 || !this.drawing) return;
    const next = tool.named ? this.drawing.next : say("Point %(n)s set", { n: this.drawing.points.length });
    this.fire("announce", { text: next });
  }

  /** The next point of the skeleton is not there to be seen: go on with the one after it. */
  skipPoint() {
    if (this.tool !== "keypoints" || this.readonly) return;
    this.takeFittingLabel();
    this.drawing ??= new Drawing(TOOLS.keypoints, this.label.skeleton.points);
    const shape = this.drawing.skip();
    if (shape) return this.finish(shape, true);
    this.surface.drawMarks();
    this.fire("announce", { text: this.drawing.next });
  }

  /** Go on with the chosen skeleton: the points it lacks are asked for. */
  addPoint() {
    const { selected } = this;
    const names = this.lacking;
    if (!names.length || selected.locked || this.readonly) return super.addPoint();
    this.pick("keypoints");
    this.takeLabel(this.labelOf(selected.shape));
    this.drawing = new Drawing(TOOLS.keypoints, names, selected);
    this.surface.drawMarks();
    this.fire("announce", { text: names[0] });
  }

  #complete({ keypoints }) {
    const region = this.regions.find(({ id }) => id === this.drawing.region.id);
    this.pick("select", false);
    if (!region) return;
    const all = new Map([...region.shape.keypoints, ...keypoints].map((point) => [point.name, point]));
    const { points } = this.labelOf(region.shape).skeleton;
    this.change({ ...region, shape: { ...region.shape, keypoints: points.filter((name) => all.has(name)).map((name) => all.get(name)) } });
  }

  close() {
    const shape = this.drawing && this.drawing.points.length >= (this.drawing.tool.fewest ?? Infinity) && this.drawing.close();
    if (shape) this.finish(shape, true);
  }

  finish(shape, byKey) {
    const { fewest } = cornersOf(shape.type, this.label);
    if (shape.vertices?.length < fewest) { // the drawing goes on
      if (this.drawing.points.length > shape.vertices.length) this.drawing.points.pop();
      return this.showProblems([{ path: "annotations", message: cornersWrong(shape, this.label) }]);
    }
    if (this.drawing.region) return this.#complete(shape);
    this.drawing = null;
    this.armed = byKey && shape.type === "point";
    const { type, ...rest } = shape;
    const drawn = { type, label: this.label.value, ...rest, attributes: {} };
    if (!this.fitting(drawn)) return;
    const region = this.made(drawn);
    this.commit([...this.regions, region], region.id);
  }

  /** Leave what is being done; with nothing being done, let go of the cursor, then of a point, then of what is chosen. */
  cancel() {
    const isIdle = !this.drawing && !this.editing;
    if (isIdle && !this.armed && this.leavePoint()) return;
    if (isIdle && !this.armed && this.selected) this.select(null);
    if (isIdle) this.armed = false;
    this.drawing = this.editing = null;
    this.surface.draw();
  }

  back() {
    if (!this.drawing) return this.remove();
    this.drawing.back();
    if (!this.drawing.points.length) this.drawing = null;
    this.surface.drawMarks();
  }

  /** While a shape is drawn, its points are the steps: what was there before it stays as it is. */
  undo() {
    if (!this.drawing) return super.undo();
    if (!this.drawing.points.length) {
      this.drawing = null;
      return this.undo();
    }
    this.drawing.undo();
    this.surface.drawMarks();
    this.fire("announce", { text: say("Undone") });
    return true;
  }

  redo() {
    if (!this.drawing) return super.redo();
    this.drawing.redo();
    this.surface.drawMarks();
    return true;
  }
}
