// Masks as run lengths. On the wire as COCO's uncompressed counts: down the columns, the first run of pixels off. Here as
// the edges [start, end, start, end, …] of what is on, in the same order: nothing is ever as large as the picture.

const NEAR = 1e-9; // a middle on the very edge of a brush is under it, whatever the last digit says

export function edgesOf(counts) {
  const edges = [];
  let at = 0;
  counts.forEach((run, n) => {
    if (n % 2) edges.push(at, at + run);
    at += run;
  });
  return edges;
}

export function countsOf(edges, pixels) {
  const counts = [];
  let at = 0;
  for (const edge of edges) {
    counts.push(edge - at);
    at = edge;
  }
  if (at < pixels) counts.push(pixels - at);
  return counts;
}

function combined(a, b, isOn) {
  const edges = [];
  let [i, j, on] = [0, 0, false];
  while (i < a.length || j < b.length) {
    const at = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    if (a[i] === at) i++;
    if (b[j] === at) j++;
    const now = isOn(i % 2 === 1, j % 2 === 1);
    if (now !== on) edges.push(at);
    on = now;
  }
  return edges;
}

export const union = (a, b) => combined(a, b, (one, other) => one || other);
export const without = (a, b) => combined(a, b, (one, other) => one && !other);

/** Every run within one column. @param {(column: number, top: number, bottom: number) => void} visit */
export function eachColumn(edges, height, visit) {
  for (let n = 0; n < edges.length; n += 2) {
    for (let start = edges[n]; start < edges[n + 1];) {
      const column = Math.floor(start / height);
      const end = Math.min(edges[n + 1], (column + 1) * height);
      visit(column, start - column * height, end - column * height);
      start = end;
    }
  }
}

/** Collects parts of columns, in any order and overlapping, inside the picture. */
class Columns {
  #columns = new Map(); // to [top, bottom, top, bottom, …], in order and apart

  constructor({ width, height }) {
    Object.assign(this, { width, height });
  }

  add(column, top, bottom) {
    [top, bottom] = [Math.max(0, top), Math.min(this.height, bottom)];
    if (column < 0 || column >= this.width || top >= bottom) return;
    const parts = this.#columns.get(column);
    if (!parts) this.#columns.set(column, [top, bottom]);
    else if (top > parts.at(-1)) parts.push(top, bottom);
    else join(parts, top, bottom);
  }

  edges() {
    const edges = [];
    for (const [column, parts] of [...this.#columns].sort((a, b) => a[0] - b[0])) {
      for (let n = 0; n < parts.length; n += 2) {
        const [start, end] = [column * this.height + parts[n], column * this.height + parts[n + 1]];
        if (start === edges.at(-1)) edges[edges.length - 1] = end; // goes on from the column before
        else edges.push(start, end);
      }
    }
    return edges;
  }
}

/** Add one part: whatever it touches becomes one with it. */
function join(parts, top, bottom) {
  let first = 0;
  while (parts[first + 1] < top) first += 2;
  let next = first;
  for (; parts[next] <= bottom; next += 2) {
    top = Math.min(top, parts[next]);
    bottom = Math.max(bottom, parts[next + 1]);
  }
  if (next !== first + 2) parts.splice(first, next - first, top, bottom);
  else [parts[first], parts[first + 1]] = [top, bottom];
}

/** The pixels whose middles are within `radius` of a line, which grows point by point: little is left to do at its end. */
export class Stroke {
  #columns;
  #last = null;

  constructor(radius, grid) {
    this.#columns = new Columns(grid);
    Object.assign(this, { radius, grid });
  }

  add(point) {
    const { radius, grid } = this;
    const from = this.#last ?? point;
    this.#last = point;
    const first = Math.max(0, Math.ceil(Math.min(from.x, point.x) - radius - 0.5 - NEAR));
    const last = Math.min(grid.width, Math.max(from.x, point.x) + radius + NEAR) - 0.5;
    const cross = crossing(from, point, radius);
    for (let column = first; column <= last; column++) {
      const { low, high } = cross(column + 0.5);
      this.#columns.add(column, Math.ceil(low - 0.5 - NEAR), Math.floor(high - 0.5 + NEAR) + 1);
    }
  }

  edges() { return this.#columns.edges(); }
}

/** How far the upright line at x is in the brush: the outermost of the discs at both ends and the sides between them. */
function crossing(a, b, radius) {
  const found = { low: 0, high: 0 };
  const reach = (y) => {
    if (y < found.low) found.low = y;
    if (y > found.high) found.high = y;
  };
  const disc = (end, x) => {
    const left = radius * radius - (x - end.x) * (x - end.x);
    if (left < -NEAR) return;
    const half = left > 0 ? Math.sqrt(left) : 0;
    reach(end.y - half);
    reach(end.y + half);
  };
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const [aside, up] = dx ? [(radius * dy) / Math.hypot(dx, dy), (radius * dx) / Math.hypot(dx, dy)] : [0, 0];
  const side = (sign, x) => {
    const share = (x - a.x + sign * aside) / dx;
    if (share >= 0 && share <= 1) reach(a.y + sign * up + share * dy);
  };
  return (x) => {
    [found.low, found.high] = [Infinity, -Infinity];
    disc(a, x);
    disc(b, x);
    if (dx) {
      side(1, x);
      side(-1, x);
    }
    return found;
  };
}

/** The pixels whose middles are inside the outline, by the even-odd rule. */
export function filledEdges(vertices, grid) {
  const crossings = new Map();
  vertices.forEach((a, n) => {
    const b = vertices[(n + 1) % vertices.length];
    const [low, high] = [Math.min(a.x, b.x), Math.max(a.x, b.x)];
    for (let column = Math.max(0, Math.ceil(low - 0.5)); column + 0.5 < Math.min(high, grid.width); column++) {
      if (!crossings.has(column)) crossings.set(column, []);
      crossings.get(column).push(a.y + ((column + 0.5 - a.x) * (b.y - a.y)) / (b.x - a.x));
    }
  });
  const columns = new Columns(grid);
  for (const [column, ys] of crossings) {
    ys.sort((a, b) => a - b);
    for (let n = 0; n + 1 < ys.length; n += 2) columns.add(column, Math.ceil(ys[n] - 0.5), Math.ceil(ys[n + 1] - 0.5));
  }
  return columns.edges();
}

/** What is inside a picture of another size, pixel on pixel. */
export function fittedEdges(edges, height, grid) {
  const columns = new Columns(grid);
  eachColumn(edges, height, (column, top, bottom) => columns.add(column, top, bottom));
  return columns.edges();
}
