// What one can do with each geometry: outline, bounds, hit, handles, move, resize. Shapes are the answer's own records.
import { say } from "../text.js";
import { covers, maskBounds, maskPath, movedMask } from "./mask.js";

const DOT = 4; // on the screen

const turn = (point, middle, angle) => {
  const [x, y, cos, sin] = [point.x - middle.x, point.y - middle.y, Math.cos(angle), Math.sin(angle)];
  return { x: middle.x + x * cos - y * sin, y: middle.y + x * sin + y * cos };
};
export const apart = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
const middleOf = (shape) => (shape.type === "ellipse" ? shape.center : { x: shape.left + shape.width / 2, y: shape.top + shape.height / 2 });

/** The points a path goes through; an ellipse as 48 of them. */
export function outline(shape) {
  if (shape.vertices) return shape.vertices;
  if (shape.keypoints) return shape.keypoints;
  if (shape.type === "point") return [shape];
  const middle = middleOf(shape);
  let points;
  if (shape.type === "ellipse") {
    points = Array.from({ length: 48 }, (_, n) => ({
      x: middle.x + shape.radius_x * Math.cos((n * Math.PI) / 24), y: middle.y + shape.radius_y * Math.sin((n * Math.PI) / 24),
    }));
  } else points = corners(shape);
  return shape.rotation ? points.map((point) => turn(point, middle, shape.rotation)) : points;
}

function corners({ left, top, width, height }) {
  return [{ x: left, y: top }, { x: left + width, y: top }, { x: left + width, y: top + height }, { x: left, y: top + height }];
}

export function bounds(shape) {
  if (shape.type === "mask") return maskBounds(shape);
  const points = outline(shape);
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** Add the shape to a path that is drawn at this scale. */
export function trace(path, shape, scale, skeleton) {
  if (shape.type === "mask") return path.addPath(maskPath(shape, scale));
  const points = outline(shape);
  const dot = DOT / scale;
  if (shape.type === "point" || shape.type === "keypoints") {
    for (const { x, y } of points) {
      path.moveTo(x + dot, y);
      path.arc(x, y, dot, 0, 2 * Math.PI);
    }
    for (const [from, to] of skeleton?.edges ?? []) {
      const [a, b] = [from, to].map((name) => points.find((point) => point.name === name));
      if (!a || !b) continue;
      path.moveTo(a.x, a.y);
      path.lineTo(b.x, b.y);
    }
    return;
  }
  points.forEach(({ x, y }, n) => (n ? path.lineTo(x, y) : path.moveTo(x, y)));
  if (shape.type !== "line") path.closePath();
}

/** Whether the point is in the shape, or within `slack` of it if it has no inside. */
export function hits(shape, at, slack) {
  if (shape.type === "mask") return covers(shape, at);
  const points = outline(shape);
  if (shape.type === "point" || shape.type === "keypoints") return points.some((point) => apart(point, at) <= slack * 1.5);
  if (shape.type === "line") return points.slice(1).some((point, n) => toSegment(at, points[n], point) <= slack);
  let inside = false;
  points.forEach((a, n) => {
    const b = points[(n + 1) % points.length];
    if (a.y > at.y !== b.y > at.y && at.x < a.x + ((at.y - a.y) * (b.x - a.x)) / (b.y - a.y)) inside = !inside;
  });
  return inside;
}

export function toSegment(at, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const share = Math.max(0, Math.min(1, ((at.x - a.x) * dx + (at.y - a.y) * dy) / (dx * dx + dy * dy || 1)));
  return apart(at, { x: a.x + share * dx, y: a.y + share * dy });
}

/** Handles: vertices, or the eight points of a frame and the knob that turns it. */
export function handles(shape, { turns, reach }) {
  if (shape.vertices || shape.keypoints || shape.type === "point") return outline(shape).map(({ x, y }, vertex) => ({ x, y, vertex }));
  if (shape.type === "mask") return [];
  const frame = frameOf(shape);
  const found = [];
  for (const v of [-1, 0, 1]) for (const h of [-1, 0, 1]) if (h || v) found.push({ h, v, x: frame.x + (h * frame.width) / 2, y: frame.y + (v * frame.height) / 2 });
  if (turns) found.push({ turns: true, x: frame.x, y: frame.y - frame.height / 2 - reach });
  return found.map((handle) => ({ ...handle, ...turn(handle, frame, shape.rotation ?? 0) }));
}

function frameOf(shape) {
  const middle = middleOf(shape);
  if (shape.type === "ellipse") return { ...middle, width: 2 * shape.radius_x, height: 2 * shape.radius_y };
  return { ...middle, width: shape.width, height: shape.height };
}

/** The shape with one of its handles brought to a point. */
export function dragged(shape, handle, to, grid) {
  const at = grid.inside(to);
  if (shape.type === "point") return { ...shape, ...at };
  if (shape.vertices) return { ...shape, vertices: shape.vertices.map((each, n) => (n === handle.vertex ? at : each)) };
  if (shape.keypoints) return { ...shape, keypoints: shape.keypoints.map((each, n) => (n === handle.vertex ? { ...each, ...at } : each)) };
  const frame = frameOf(shape);
  if (handle.turns) return turned(shape, Math.atan2(to.x - frame.x, frame.y - to.y));
  const local = turn(shape.rotation ? to : at, frame, -(shape.rotation ?? 0));
  if (shape.type === "ellipse") {
    const next = { ...shape };
    if (handle.h) next.radius_x = Math.max(grid.least, grid.snap(Math.abs(local.x - frame.x)));
    if (handle.v) next.radius_y = Math.max(grid.least, grid.snap(Math.abs(local.y - frame.y)));
    return next;
  }
  return { ...shape, ...stretch(shape, handle, local, grid) };
}

function stretch({ left, top, width, height, rotation }, { h, v }, to, grid) {
  let [right, bottom] = [left + width, top + height];
  const least = grid.least;
  const middle = { x: left + width / 2, y: top + height / 2 };
  if (h < 0) left = Math.min(grid.snap(to.x), right - least);
  if (h > 0) right = Math.max(grid.snap(to.x), left + least);
  if (v < 0) top = Math.min(grid.snap(to.y), bottom - least);
  if (v > 0) bottom = Math.max(grid.snap(to.y), top + least);
  const size = { width: grid.snap(right - left), height: grid.snap(bottom - top) };
  if (!rotation) return { left, top, ...size };
  const moved = turn({ x: (left + right) / 2, y: (top + bottom) / 2 }, middle, rotation); // the far side stays where it is
  return { left: grid.snap(moved.x - size.width / 2), top: grid.snap(moved.y - size.height / 2), ...size };
}

export function turned(shape, angle) {
  const { rotation: _old, ...rest } = shape;
  const rotation = Number(Math.atan2(Math.sin(angle), Math.cos(angle)).toFixed(6));
  return rotation ? { ...rest, rotation } : rest;
}

/** The shape moved, but not out of the picture. */
export function moved(shape, dx, dy, grid) {
  const box = shape.rotation ? { left: middleOf(shape).x, right: middleOf(shape).x, top: middleOf(shape).y, bottom: middleOf(shape).y } : bounds(shape);
  const keep = (by, low, high, most) => Math.max(Math.min(by, most - high), -low);
  const [x, y] = [grid.snap(keep(dx, box.left, box.right, grid.width)), grid.snap(keep(dy, box.top, box.bottom, grid.height))];
  if (shape.type === "mask") return movedMask(shape, x, y);
  const shift = (point) => ({ ...point, x: grid.round(point.x + x), y: grid.round(point.y + y) });
  if (shape.vertices) return { ...shape, vertices: shape.vertices.map(shift) };
  if (shape.keypoints) return { ...shape, keypoints: shape.keypoints.map(shift) };
  if (shape.type === "point") return shift(shape);
  if (shape.type === "ellipse") return { ...shape, center: shift(shape.center) };
  return { ...shape, left: grid.round(shape.left + x), top: grid.round(shape.top + y) };
}

/** Alt+arrows: the right or lower side moves. */
export function resized(shape, dx, dy, grid) {
  if (shape.type === "ellipse") {
    const radius = (value, by) => Math.max(grid.least, grid.round(value + by));
    return { ...shape, radius_x: radius(shape.radius_x, dx), radius_y: radius(shape.radius_y, dy) };
  }
  if (shape.type !== "box") return shape;
  const most = shape.rotation ? [Infinity, Infinity] : [grid.width - shape.left, grid.height - shape.top];
  const size = (value, by, limit) => Math.min(limit, Math.max(grid.least, grid.round(value + by)));
  return { ...shape, width: size(shape.width, dx, most[0]), height: size(shape.height, dy, most[1]) };
}

export function sizeOf(shape) {
  if (shape.type === "point") return `${shape.x}, ${shape.y}`;
  if (shape.keypoints) return say("%(count)s points", { count: shape.keypoints.length });
  const box = shape.type === "box" ? { left: 0, top: 0, right: shape.width, bottom: shape.height } : bounds(shape);
  return `${Math.round(box.right - box.left)} × ${Math.round(box.bottom - box.top)}`;
}

/** Whether the picture holds the shape, as the server measures it: of a turned box its middle, of an ellipse its center. */
export function isInside(shape, { width, height }) {
  const within = ({ x, y }) => x >= 0 && y >= 0 && x <= width && y <= height;
  if (shape.type === "mask") return true;
  if (shape.type === "ellipse") return within(shape.center) && Math.max(shape.radius_x, shape.radius_y) <= Math.max(width, height);
  if (shape.type !== "box") return outline(shape).every(within);
  if (shape.rotation) return within(middleOf(shape));
  const [right, bottom] = [shape.left + shape.width, shape.top + shape.height].map((end) => Number(end.toFixed(6)));
  return within({ x: shape.left, y: shape.top }) && within({ x: right, y: bottom });
}

/** The least size its label asks of the shape. */
export function leastOf(shape, label) {
  const own = label.limits?.[shape.type] ?? {};
  return { width: Math.max(label.min_width, own.min_width ?? 0), height: Math.max(label.min_height, own.min_height ?? 0) };
}

/** Which wanted sizes ("width", "height") the shape falls short of, as the server measures it. */
export function shortOf(shape, label) {
  if (["point", "keypoints"].includes(shape.type)) return [];
  const box = shape.type === "box" ? { left: 0, top: 0, right: shape.width, bottom: shape.height } : bounds(shape.type === "ellipse" ? { ...shape, rotation: 0 } : shape);
  const size = { width: Number((box.right - box.left).toFixed(6)), height: Number((box.bottom - box.top).toFixed(6)) };
  const least = leastOf(shape, label);
  return ["width", "height"].filter((side) => size[side] < least[side]);
}

/** How many vertices the label allows the shape's geometry. */
export function cornersOf(type, label) {
  const { min_vertices: fewest = 0, max_vertices: most = Infinity } = label.limits?.[type] ?? {};
  return { fewest, most };
}

const FEWEST = 3; // of a polygon's vertices in different places
const differing = (vertices) => new Set(vertices.map(({ x, y }) => `${x} ${y}`)).size;

/** Whether it is a polygon whose vertices lie on each other: the server takes none. */
export const isFlat = ({ type, vertices }) => type === "polygon" && differing(vertices) < FEWEST;

/** What is wrong with the number of its vertices, in words, or an empty text. */
export function cornersWrong({ type, vertices }, label) {
  const { fewest, most } = cornersOf(type, label);
  if (isFlat({ type, vertices })) return say("%(label)s has %(count)s vertices; at least %(fewest)s.", { label: label.label, count: differing(vertices), fewest: Math.max(fewest, FEWEST) });
  if (!vertices || vertices.length >= fewest && vertices.length <= most) return "";
  const many = { label: label.label, count: vertices.length, fewest, most };
  return vertices.length < fewest ? say("%(label)s has %(count)s vertices; at least %(fewest)s.", many) : say("%(label)s has %(count)s vertices; at most %(most)s.", many);
}

const ALIKE = 0.5; // share that two frames have in common

/** Whether two shapes mean the same thing: one label, and frames that mostly cover each other. */
export function alike(one, other) {
  if (one.label !== other.label || one.type !== other.type) return false;
  const [a, b] = [bounds(one), bounds(other)];
  const wide = (box) => Math.max(0, box.right - box.left) * Math.max(0, box.bottom - box.top);
  const shared = wide({ left: Math.max(a.left, b.left), right: Math.min(a.right, b.right), top: Math.max(a.top, b.top), bottom: Math.min(a.bottom, b.bottom) });
  const all = wide(a) + wide(b) - shared;
  return all > 0 ? shared / all >= ALIKE : Math.hypot(a.left - b.left, a.top - b.top) <= 8;
}

/** The whole pixels, or the finest steps, of a picture. */
export function gridOf({ width, height }, whole) {
  const round = (value) => Number(value.toFixed(3));
  const snap = whole ? Math.round : round;
  const within = (value, most) => Math.max(0, Math.min(most, snap(value)));
  return { width, height, snap, round, least: whole ? 1 : 0.001, inside: ({ x, y }) => ({ x: within(x, width), y: within(y, height) }) };
}
