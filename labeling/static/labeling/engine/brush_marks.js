// What a brush shows while it is in hand: its outline, and the stroke it makes before that becomes part of a mask.
import { stamps, TINT } from "./mask_stamps.js";

/** The mask that is worked on, with the stroke cut out of it or laid into it. */
export function drawStroke(context, { target, points, size, erases, color }, scale) {
  context.save();
  if (target) stamps.draw(context, [target.shape], { color, isDashed: false }, scale);
  const line = new Path2D();
  points.forEach(({ x, y }, n) => (n ? line.lineTo(x, y) : line.moveTo(x, y)));
  if (points.length === 1) line.lineTo(points[0].x, points[0].y);
  Object.assign(context, { lineWidth: size, lineCap: "round", lineJoin: "round", globalCompositeOperation: "destination-out" });
  context.stroke(line); // the tint must not lie on the tint
  if (!erases) {
    Object.assign(context, { globalCompositeOperation: "source-over", globalAlpha: TINT, strokeStyle: color });
    context.stroke(line);
  }
  context.restore();
}

/** Dark and light, to be seen on any picture; a cross where it is too small to be seen. */
export function drawBrush(context, { x, y }, size, scale) {
  const radius = size / 2;
  const small = radius * scale < 4;
  const arm = 9 / scale;
  for (const [color, width] of [["#000a", 3.5], ["#fff", 1.5]]) {
    context.lineWidth = width / scale;
    context.strokeStyle = color;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    if (small) for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + dx * (radius + 2 / scale), y + dy * (radius + 2 / scale));
      context.lineTo(x + dx * (radius + arm), y + dy * (radius + arm));
    }
    context.stroke();
  }
}
