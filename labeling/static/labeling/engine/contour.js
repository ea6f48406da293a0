// The outlines of a mask: along the pixels' own edges near by, with fewer points from far away.
import { eachColumn } from "./runs.js";

/** Closed loops [x, y, x, y, …] with what is on to their right; holes run the other way round. */
export function loopsOf(edges, height) {
  const steps = stepsOf(edges, height);
  const loops = [];
  for (const start of steps.first.keys()) {
    while (steps.first.has(start)) loops.push(follow(steps, start, height));
  }
  return loops;
}

/** Every edge between on and off, from corner to corner, as numbers x * (height + 1) + y; a corner has at most two. */
function stepsOf(edges, height) {
  const corner = (x, y) => x * (height + 1) + y;
  const steps = { first: new Map(), second: new Map() };
  const step = (from, to) => (steps.first.has(from) ? steps.second : steps.first).set(from, to);
  let [before, at, here] = [[], -1, []];
  const between = () => {
    sides(before, here, (top, bottom, isEntered) => (isEntered ? step(corner(at, bottom), corner(at, top)) : step(corner(at, top), corner(at, bottom))));
  };
  const turn = (column) => {
    between();
    if (column !== at + 1 && here.length) {
      [before, here, at] = [here, [], at + 1];
      between();
    }
    [before, here, at] = [here, [], column];
  };
  eachColumn(edges, height, (column, top, bottom) => {
    if (column !== at) turn(column);
    here.push(top, bottom);
    step(corner(column, top), corner(column + 1, top));
    step(corner(column + 1, bottom), corner(column, bottom));
  });
  turn(Infinity);
  return steps;
}

/** Where two neighbouring columns differ. */
function sides(left, right, visit) {
  let [i, j, from] = [0, 0, 0];
  let was = 0; // 1: only the right one is on, -1: only the left one
  while (i < left.length || j < right.length) {
    const at = Math.min(left[i] ?? Infinity, right[j] ?? Infinity);
    if (left[i] === at) i++;
    if (right[j] === at) j++;
    const now = (j % 2) - (i % 2);
    if (now === was) continue;
    if (was) visit(from, at, was > 0);
    [from, was] = [at, now];
  }
}

function follow(steps, start, height) {
  const side = height + 1;
  const loop = [];
  let [from, at] = [null, start];
  do {
    const to = take(steps, from, at, side);
    const [x, y] = [Math.floor(at / side), at % side];
    const isStraight = from !== null && (Math.floor(from / side) === x) === (Math.floor(to / side) === x);
    if (!isStraight) loop.push(x, y);
    [from, at] = [at, to];
  } while (at !== start);
  return loop;
}

/** Where two pixels touch at a corner the way goes right: they stay two outlines. */
function take({ first, second }, from, at, side) {
  const [one, other] = [first.get(at), second.get(at)];
  if (other === undefined) first.delete(at);
  else second.delete(at);
  if (other === undefined || from === null || !isRight(from, at, one, side)) return other ?? one;
  first.set(at, other);
  return one;
}

function isRight(from, at, to, side) {
  const [dx, dy] = [Math.floor(at / side) - Math.floor(from / side), (at % side) - (from % side)];
  return dx * ((to % side) - (at % side)) - dy * (Math.floor(to / side) - Math.floor(at / side)) > 0;
}

/** The loop with points at least `apart` from each other; the smallest keeps its corners. */
export function thinned(loop, apart) {
  const kept = [loop[0], loop[1]];
  for (let n = 2; n < loop.length; n += 2) {
    if (Math.abs(loop[n] - kept.at(-2)) + Math.abs(loop[n + 1] - kept.at(-1)) >= apart) kept.push(loop[n], loop[n + 1]);
  }
  if (kept.length >= 6) return kept;
  const [xs, ys] = [loop.filter((_, n) => n % 2 === 0), loop.filter((_, n) => n % 2)];
  const [left, top, right, bottom] = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  return [left, top, right, top, right, bottom, left, bottom];
}
