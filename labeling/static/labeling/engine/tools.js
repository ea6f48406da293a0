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
    make: (points, names) => ({ type: "keypoints", keypoints: points.map(({ x, y }, n) => ({ name: names[n], x, y, visible: true })) }),
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

  constructor(tool, names = []) {
    this.tool = tool;
    this.names = names;
  }

  /** @returns {object|null} the finished shape */
  add(point, reach = 0) {
    const { tool, points } = this;
    const last = points.at(-1);
    const same = (other) => other && Math.hypot(other.x - point.x, other.y - point.y) <= reach;
    if (tool.many && !tool.named && points.length >= tool.fewest && (same(last) || tool.isRing && same(points[0]))) return this.close();
    if (same(last) && !tool.named) return null;
    points.push(point);
    if (points.length === (tool.named ? this.names.length : tool.count)) return this.close();
    return null;
  }

  close() {
    return this.tool.make(this.points, this.names);
  }

  preview(at) {
    const points = at ? [...this.points, at] : this.points;
    if (this.tool.preview) return this.tool.preview(points);
    return points.length < 2 ? null : this.tool.make(points, this.names);
  }
}
