// What was copied, kept from task to task: shapes with their attributes and links, and how they fit into another picture.
import { say } from "../text.js";
import { fittedMask } from "./mask.js";
import { bounds, outline, shortOf } from "./shapes.js";

let held = null; // { project, task, shapes, links: [{ from, to, type }] }: ends by place

export const hasCopy = () => held !== null;

/** How many shapes were copied in the project. */
export const copied = ({ task }) => (held && held.project === task.project ? held.shapes.length : 0);

export function copy(widget, regions) {
  const place = new Map(regions.map(({ id }, n) => [id, n]));
  const links = widget.links.filter(({ from, to }) => place.has(from) && place.has(to))
    .map(({ from, to, type }) => ({ from: place.get(from), to: place.get(to), type }));
  held = { project: widget.task.project, task: widget.task.task, shapes: regions.map(({ shape }) => shape), links };
}

/** What of it can be in this picture: by place a shape or null. @returns {{ shapes, links, refused: string[], isHere: boolean }} */
export function fittingCopy(widget) {
  if (held.project !== widget.task.project) return { shapes: [], links: [], refused: [say("What was copied belongs to another project.")], isHere: false };
  const refused = [];
  const shapes = held.shapes.map((shape) => {
    const fitted = isKnown(widget, shape) && clipped(shape, widget.grid);
    if (fitted && !shortOf(fitted, widget.labelOf(fitted)).length) return fitted;
    refused.push(say("Does not fit into this picture: %(object)s", { object: isKnown(widget, shape) ? widget.describe({ shape }) : shape.label }));
    return null;
  });
  const links = held.links.filter(({ from, to }) => shapes[from] && shapes[to]);
  return { shapes, links, refused, isHere: held.task === widget.task.task };
}

/** Another version of the schema may not draw it any more. */
function isKnown(widget, shape) {
  return Boolean(widget.labelOf(shape)?.geometries.includes(shape.type)) && (!shape.rotation || widget.config.rotation);
}

/** The part of the shape inside the picture, or null: a line or a point is there as a whole or not at all. */
function clipped(shape, grid) {
  const { width, height } = grid;
  if (shape.type === "mask") return fittedMask(shape, grid);
  const isInside = ({ x, y }) => x >= 0 && y >= 0 && x <= width && y <= height;
  if (shape.type === "ellipse") return isInside(shape.center) && Math.max(shape.radius_x, shape.radius_y) <= Math.max(width, height) ? shape : null;
  if (shape.rotation) return isInside({ x: shape.left + shape.width / 2, y: shape.top + shape.height / 2 }) ? shape : null;
  if (outline(shape).every(isInside)) return shape;
  if (shape.type === "polygon") return clippedPolygon(shape, grid);
  if (shape.type !== "box") return null;
  const { left, top, right, bottom } = bounds(shape);
  const box = { ...shape, width: grid.round(Math.min(right, width) - left), height: grid.round(Math.min(bottom, height) - top) };
  return box.width >= grid.least && box.height >= grid.least ? box : null;
}

/** Cut along the right and the lower edge: pictures begin at 0, so nothing leaves them to the left or above. */
function clippedPolygon(shape, { width, height, snap }) {
  let points = shape.vertices;
  for (const [side, most] of [["x", width], ["y", height]]) {
    points = points.flatMap((point, n, all) => {
      const before = all.at(n - 1);
      const crosses = (before[side] <= most) !== (point[side] <= most);
      return [...(crosses ? [crossing(before, point, side, most, snap)] : []), ...(point[side] <= most ? [point] : [])];
    });
  }
  const vertices = points.filter(({ x, y }, n) => !n || x !== points[n - 1].x || y !== points[n - 1].y);
  return new Set(vertices.map(({ x, y }) => `${x} ${y}`)).size >= 3 ? { ...shape, vertices } : null;
}

function crossing(a, b, side, most, snap) {
  const other = side === "x" ? "y" : "x";
  const share = (most - a[side]) / (b[side] - a[side]);
  const at = snap(a[other] + share * (b[other] - a[other]));
  return side === "x" ? { x: most, y: at } : { x: at, y: most };
}
