// The points of the chosen polygon, line or skeleton, one by one, by keys and buttons: choose, move, add, remove.
import { say } from "../text.js";
import { ShapeEditing } from "./shape_editing.js";
import { cornersOf, cornersWrong, dragged } from "./shapes.js";
import { TOOLS } from "./tools.js";

export class ShapePoints extends ShapeEditing {
  #chosen = null; // { id of the region, place }

  get points() { return this.selected?.shape.vertices ?? this.selected?.shape.keypoints ?? []; }

  /** The names of the points that the chosen skeleton could have and has not. */
  get lacking() {
    const { shape } = this.selected ?? {};
    const given = new Set(shape?.keypoints?.map(({ name }) => name));
    return shape?.keypoints ? this.labelOf(shape).skeleton.points.filter((name) => !given.has(name)) : [];
  }

  /** The place of the chosen point in the chosen region, or -1. */
  get pointAt() {
    const { id, place } = this.#chosen ?? {};
    return this.selected && id === this.selected.id && place < this.points.length ? place : -1;
  }

  stepPoint(by) {
    const { length } = this.points;
    if (this.drawing || this.readonly) return;
    if (!length) return this.fire("announce", { text: say("Choose a polygon, a line or a skeleton first.") });
    const focused = document.activeElement;
    if (this.tool !== "select") this.pick("select", false);
    if (this.part("form").contains(focused)) focused.focus({ preventScroll: true });
    const at = this.pointAt;
    this.#choose(at < 0 ? (by > 0 ? 0 : length - 1) : (at + by + length) % length);
    this.fire("announce", { text: this.#told() });
  }

  /** @returns {boolean} whether there was one to let go of */
  leavePoint() {
    const had = this.pointAt >= 0;
    if (had) this.#choose(-1);
    return had;
  }

  #choose(place) {
    this.#chosen = place < 0 ? null : { id: this.selected.id, place };
    if (place >= 0) this.viewport.reveal(this.points[place]);
    this.list.update();
    this.surface.drawMarks();
  }

  #told() {
    const { x, y, name } = this.points[this.pointAt];
    const text = say("Point %(n)s of %(count)s: %(x)s, %(y)s", { n: this.pointAt + 1, count: this.points.length, x, y });
    return name ? `${name}. ${text}` : text;
  }

  /** Bring the chosen point somewhere, as far as the picture goes. */
  setPoint(at) {
    const place = this.pointAt;
    const { x, y } = this.points[place];
    this.editShape((shape) => dragged(shape, { vertex: place }, { x, y, ...at }, this.grid));
    this.viewport.reveal(this.points[place]);
    this.fire("announce", { text: this.#told() });
  }

  movePoint(dx, dy) {
    const { x, y } = this.points[this.pointAt];
    this.setPoint({ x: x + dx, y: y + dy });
  }

  /** One more point, halfway to the next. */
  addPoint() {
    const at = this.pointAt;
    const { vertices, type } = this.selected?.shape ?? {};
    if (!vertices || at < 0) return this.fire("announce", { text: say("Choose a point of a polygon or a line first, or a skeleton that lacks one.") });
    const isLast = at === vertices.length - 1;
    const [a, b] = isLast && type === "line" ? [vertices[at - 1], vertices[at]] : [vertices[at], vertices[(at + 1) % vertices.length]];
    const place = isLast && type === "line" ? at : at + 1;
    this.insertVertex(place, { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
    if (this.points.length === vertices.length) return; // locked, or as many as its label allows
    this.#choose(place);
    this.fire("announce", { text: this.#told() });
  }

  /** The chosen point of a polygon or a line, else the chosen region. */
  remove() {
    const at = this.pointAt;
    const { shape } = this.selected ?? {};
    if (at < 0 || !shape.vertices) return super.remove();
    this.removeVertex(at);
    if (this.selected.shape.vertices.length < shape.vertices.length) {
      this.#choose(Math.min(at, this.points.length - 1));
      return this.fire("announce", { text: `${say("Deleted")}. ${this.#told()}` });
    }
    const label = this.labelOf(shape);
    const fewest = Math.max(TOOLS[shape.type].fewest, cornersOf(shape.type, label).fewest);
    this.fire("announce", { text: cornersWrong({ ...shape, vertices: shape.vertices.slice(1) }, { ...label, limits: { [shape.type]: { min_vertices: fewest } } }) });
  }
}
