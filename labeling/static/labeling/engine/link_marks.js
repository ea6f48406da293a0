// Links as arrows between shapes, each from edge to edge, with the name of its kind.
import { bounds } from "./shapes.js";

const HEAD = 11;
const SPREAD = 0.45;

const middle = ({ left, top, right, bottom }) => ({ x: (left + right) / 2, y: (top + bottom) / 2 });

/** Where the way from the middle of a frame towards a point leaves it. */
function leaving(frame, to) {
  const at = middle(frame);
  const [dx, dy] = [to.x - at.x, to.y - at.y];
  const share = (size, way) => (way ? size / 2 / Math.abs(way) : Infinity);
  const reach = Math.min(1, share(frame.right - frame.left, dx), share(frame.bottom - frame.top, dy));
  return { x: at.x + dx * reach, y: at.y + dy * reach };
}

/** @param {{ from, to, kind, dashed?: boolean }[]} arrows shapes and the kind of link */
export function drawArrows(context, arrows, scale, ink = "#fff") {
  for (const { from, to, kind, dashed } of arrows) {
    const [one, other] = [bounds(from), bounds(to)];
    const [start, end] = [leaving(one, middle(other)), leaving(other, middle(one))];
    const path = arrow(start, end, kind.directed, HEAD / scale);
    context.lineJoin = "round";
    for (const [width, color] of [[4.5, "#000b"], [2, ink]]) {
      context.lineWidth = width / scale;
      context.strokeStyle = color;
      context.setLineDash(dashed && color === ink ? [6 / scale, 4 / scale] : []);
      context.stroke(path);
    }
    context.setLineDash([]);
    name(context, kind.label, { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 }, scale);
  }
}

function arrow(start, end, isDirected, head) {
  const path = new Path2D();
  path.moveTo(start.x, start.y);
  path.lineTo(end.x, end.y);
  if (!isDirected) return path;
  const angle = Math.atan2(end.y - start.y, end.x - start.x);
  for (const side of [SPREAD, -SPREAD]) {
    path.moveTo(end.x, end.y);
    path.lineTo(end.x - head * Math.cos(angle + side), end.y - head * Math.sin(angle + side));
  }
  return path;
}

function name(context, text, at, scale) {
  context.save();
  context.translate(at.x, at.y);
  context.scale(1 / scale, 1 / scale);
  context.font = "600 11px system-ui, sans-serif";
  const wide = context.measureText(text).width + 8;
  context.fillStyle = "#000c";
  context.fillRect(-wide / 2, -8, wide, 16);
  context.fillStyle = "#fff";
  context.fillText(text, 4 - wide / 2, 4);
  context.restore();
}
