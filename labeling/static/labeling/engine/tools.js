// Drawing tools: each takes points one by one and says when a shape is finished. Mouse, touch and keys all feed them.

const frame = (points) => {
  const [xs, ys] = [points.map((point) => point.x), points.map((point) => point.y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { type: "box", left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
};
const tidy = (shape) => Object.fromEntries(Object.entries(shape).map(([name, value]) => [name, typeof value === "number" ? Number(value.toFixed(3)) : value]));
const sized = (shape) => (shape.width > 0 && shape.height > 0 ? tidy(shape) : null);
const ellipse = ([center, edge]) => {
  const shape = tidy({ type: "ellipse", center, radius_x: Math.abs(edge.x - center.x), radius_y: Math.abs(edge.y - center.y) });
  return shape.radius_x && shape.radius_y ? shape : null;
};
const path = (type, fewest) => ({
  type, many: true, fewest, drags: false,
  make: (points) => (points.length < fewest ? null : { type, vertices: points.map(({ x, y }) => ({ x, y })) }),
  preview: (points) => ({ type: "line", vertices: points }),
});

/** `count` points finish a shape; with `many`, closing it does. What `paints` is a brush: see shape_painting. */
export const TOOLS = {
  box: { type: "box", key: "B", count: 2, drags: true, make: (points) => sized(frame(points)) },
  extreme: { type: "box", key: "X", count: 4, drags: false, make: (points) => sized(frame(points)), preview: (points) => ({ type: "line", vertices: points }) },
  polygon: { ...path("polygon", 3), key: "P", isRing: true },
  line: { ...path("line", 2), key: "L" },
  point: { type: "point", key: "T", count: 1, drags: false, make: ([{ x, y }]) => ({ type: "point", x, y }) },
  keypoints: {
    type: "keypoints", key: "N", drags: false, many: true, fewest: 1, named: true,
    make: (points) => ({ type: "keypoints", keypoints: points.map(({ name, x, y }) => ({ name, x, y, visible: true })) }),
    preview: (points) => ({ type: "line", vertices: points }),
  },
  ellipse: { type: "ellipse", key: "O", count: 2, drags: true, make: ellipse },
  mask: { type: "mask", key: "M", paints: true },
  erase: { type: "mask", key: "E", paints: true, erases: true },
  fill: { ...path("polygon", 3), type: "mask", key: "G", isRing: true, fills: true },
};

/** A shape being drawn. */
export class Drawing {
  points = [];
  undone = []; // points taken back, the last one first in line
  #at = 0;

  /** @param {string[]} names of a skeleton's points, in the order asked  @param {object|null} region the one that gets them */
  constructor(tool, names = [], region = null) {
    this.tool = tool;
    this.names = names;
    this.region = region;
  }

  /** The name of the point that comes next. */
  get next() { return this.names[this.#at]; }

  /** @returns {object|null} the finished shape */
  add(point, reach = 0) {
    const { tool, points } = this;
    const last = points.at(-1);
    const same = (other) => other && Math.hypot(other.x - point.x, other.y - point.y) <= reach;
    if (tool.many && !tool.named && points.length >= tool.fewest && (same(last) || tool.isRing && same(points[0]))) return this.close();
    if (same(last) && !tool.named) return null;
    this.undone = [];
    points.push(tool.named ? { ...point, name: this.names[this.#at++] } : point);
    if (tool.named ? this.#at === this.names.length : points.length === tool.count) return this.close();
    return null;
  }

  /** Leave out the point that comes next. @returns {object|null} the finished shape, if it was the last */
  skip() {
    const isLast = this.#at === this.names.length - 1;
    if (isLast) return this.points.length ? this.close() : null;
    this.#at += 1;
    return null;
  }

  back() {
    const point = this.points.pop();
    if (point?.name) this.#at = this.names.indexOf(point.name);
  }

  undo() {
    const point = this.points.at(-1);
    this.back();
    if (point) this.undone.push(point);
  }

  redo() {
    const point = this.undone.pop();
    if (!point) return;
    if (point.name) this.#at = this.names.indexOf(point.name) + 1;
    this.points.push(point);
  }

  close() {
    return this.tool.make(this.points);
  }

  preview(at) {
    const points = at ? [...this.points, at] : this.points;
    if (this.tool.preview) return this.tool.preview(points);
    return points.length < 2 ? null : this.tool.make(points);
  }
}
