// A mask as a shape among others: bounds, hit, outline to draw, moved. What is worked out of its runs is kept with them.
import { loopsOf, thinned } from "./contour.js";
import { countsOf, edgesOf, fittedEdges, without, union } from "./runs.js";

const known = new WeakMap(); // by the list of counts, which is never changed in place

function facts(shape) {
  let found = known.get(shape.counts);
  if (!found) known.set(shape.counts, (found = { edges: edgesOf(shape.counts), paths: new Map() }));
  return found;
}

/** Undo keeps old masks; what can be worked out anew it need not keep. */
export function forget(shape) { known.delete(shape.counts); }

export function maskBounds(shape) {
  const about = facts(shape);
  about.bounds ??= boundsOf(about.edges, shape.size[0]);
  return about.bounds;
}

function boundsOf(edges, height) {
  let [top, bottom] = [height, 0];
  for (let n = 0; n < edges.length; n += 2) {
    const [first, last] = [edges[n] % height, (edges[n + 1] - 1) % height];
    const goesOn = edges[n + 1] - edges[n] > height - first; // into the next column
    [top, bottom] = goesOn ? [0, height] : [Math.min(top, first), Math.max(bottom, last + 1)];
    if (goesOn) break;
  }
  return { left: Math.floor(edges[0] / height), top, right: Math.floor((edges.at(-1) - 1) / height) + 1, bottom };
}

export function covers(shape, { x, y }) {
  const [height, width] = shape.size;
  if (x < 0 || y < 0 || x >= width || y >= height) return false;
  const { edges } = facts(shape);
  const at = Math.floor(x) * height + Math.floor(y);
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle] <= at) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}

/** The outlines, corner by corner. */
export function followMask(shape) {
  const about = facts(shape);
  about.loops ??= loopsOf(about.edges, shape.size[0]);
  return about.loops;
}

/** The outline to fill and to draw. From afar it has no more points than the screen can show. */
export function maskPath(shape, scale) {
  const about = facts(shape);
  const level = Math.max(0, Math.floor(-Math.log2(scale)) + 1); // 0: the pixels' own edges
  if (about.paths.has(level)) return about.paths.get(level);
  const path = new Path2D();
  for (const loop of followMask(shape)) {
    const points = level ? thinned(loop, 2 ** level) : loop;
    path.moveTo(points[0], points[1]);
    for (let n = 2; n < points.length; n += 2) path.lineTo(points[n], points[n + 1]);
    path.closePath();
  }
  about.paths.set(level, path);
  return path;
}

/** The mask with these edges, or null where nothing is left. */
function withEdges(shape, edges) {
  if (!edges.length) return null;
  const [height, width] = shape.size;
  return { ...shape, counts: countsOf(edges, width * height) };
}

export function newMask(edges, { width, height }) { return withEdges({ type: "mask", size: [height, width] }, edges); }

/** The mask with a stroke added or taken away; itself if that changes nothing, null if nothing is left. */
export function strokedMask(shape, stroke, erases) {
  const { edges } = facts(shape);
  const after = (erases ? without : union)(edges, stroke);
  return after.length === edges.length && after.every((edge, n) => edge === edges[n]) ? shape : withEdges(shape, after);
}

/** Moved by whole pixels that keep its bounds in the picture, so that no run leaves its column. */
export function movedMask(shape, dx, dy) {
  const [x, y] = [Math.round(dx), Math.round(dy)];
  if (!x && !y) return shape;
  const { edges, paths } = facts(shape);
  const moved = withEdges(shape, edges.map((edge) => edge + x * shape.size[0] + y));
  const shifted = [...paths].map(([level, path]) => {
    const copy = new Path2D();
    copy.addPath(path, { e: x, f: y });
    return [level, copy];
  });
  known.set(moved.counts, { ...facts(moved), paths: new Map(shifted) }); // while it is dragged, no outline is followed anew
  return moved;
}

/** The part inside a picture of another size, or null. */
export function fittedMask(shape, { width, height }) {
  return withEdges({ ...shape, size: [height, width] }, fittedEdges(facts(shape).edges, shape.size[0], { width, height }));
}

/** The edges of what none of these masks paints. */
export function restOf(masks, { width, height }) {
  return masks.reduce((left, mask) => without(left, facts(mask).edges), [0, width * height]);
}
