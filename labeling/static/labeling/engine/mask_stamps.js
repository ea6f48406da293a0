// Masks as they look on the screen, kept as small pictures: an outline is slow to draw, a picture is not.
import { maskBounds, maskPath } from "./mask.js";

const MOST = 12e6; // pixels of all that are kept
const PATIENCE_MS = 8; // in one frame, to draw anew what another zoom or colour left; until then that is shown, stretched
const LINES = [[3.5, "#000a"], [2, null]]; // dark below, the colour above
export const TINT = 0.35;

class MaskStamps {
  #of = new WeakMap(); // by shape, which is never changed in place
  #kept = new Set(); // the one used last at the end
  #pixels = 0;
  #until = 0;
  #inFrame = 0; // pixels of those drawn in this frame
  isSharp = true; // whether all were drawn as they are to look

  /** A frame begins. */
  begin() {
    this.#until = performance.now() + PATIENCE_MS;
    this.#inFrame = 0;
    this.isSharp = true;
  }

  /** Draw masks that look alike. @param {{ color: string, isDashed: boolean }} look */
  draw(context, shapes, look, scale) {
    if (!shapes.length) return;
    const { a: zoom, e, f } = context.getTransform();
    const [x, y] = [Math.round(e), Math.round(f)]; // on whole pixels: nothing is blurred, and a part drawn anew is as before
    for (const shape of shapes) {
      const stamp = this.#stamp(shape, look, zoom, scale);
      if (!stamp) {
        drawMask(context, shape, look, scale);
        continue;
      }
      const stretch = zoom / stamp.zoom;
      const { bitmap, left, top } = stamp;
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.drawImage(bitmap, x + left * stretch, y + top * stretch, bitmap.width * stretch, bitmap.height * stretch);
      context.setTransform(zoom, 0, 0, zoom, e, f);
    }
  }

  /** The mask's picture, or null where it would take too much room. */
  #stamp(shape, look, zoom, scale) {
    const was = this.#of.get(shape);
    const isSame = was?.zoom === zoom && was.color === look.color && was.isDashed === look.isDashed;
    const isLate = was && performance.now() > this.#until;
    if (isLate && !isSame) this.isSharp = false;
    if (isSame || isLate) return this.#use(was);
    if (was) this.#drop(was);
    const pad = Math.ceil((2 * zoom) / scale) + 1;
    const bounds = maskBounds(shape);
    const [left, top] = [Math.floor(bounds.left * zoom) - pad, Math.floor(bounds.top * zoom) - pad];
    const [width, height] = [Math.ceil(bounds.right * zoom) + pad - left, Math.ceil(bounds.bottom * zoom) + pad - top];
    if (this.#inFrame + width * height > MOST) return null; // else each would drive out one that is drawn as well
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    context.setTransform(zoom, 0, 0, zoom, -left, -top);
    drawMask(context, shape, look, scale);
    const stamp = { ...look, shape, zoom, left, top, bitmap: context.canvas.transferToImageBitmap() };
    this.#of.set(shape, stamp);
    this.#pixels += width * height;
    return this.#use(stamp);
  }

  #use(stamp) {
    this.#inFrame += stamp.bitmap.width * stamp.bitmap.height;
    this.#kept.delete(stamp);
    this.#kept.add(stamp);
    for (const oldest of this.#kept) {
      if (this.#pixels <= MOST || oldest === stamp) break;
      this.#drop(oldest);
    }
    return stamp;
  }

  #drop(stamp) {
    this.#kept.delete(stamp);
    this.#pixels -= stamp.bitmap.width * stamp.bitmap.height;
    this.#of.delete(stamp.shape);
    stamp.bitmap.close();
  }
}

/** One for the page: whatever is shown shares the room. */
export const stamps = new MaskStamps();

/** The tint inside its outline; it fades with what is drawn around it. */
export function fillMask(context, shape, color, scale, path = maskPath(shape, scale)) {
  const { globalAlpha } = context;
  context.globalAlpha = globalAlpha * TINT;
  context.fillStyle = color;
  context.fill(path);
  context.globalAlpha = globalAlpha;
}

function drawMask(context, shape, { color, isDashed }, scale) {
  const path = maskPath(shape, scale);
  fillMask(context, shape, color, scale, path);
  for (const [width, dark] of LINES) {
    context.lineWidth = width / scale;
    context.strokeStyle = dark ?? color;
    context.setLineDash(isDashed && !dark ? [7 / scale, 5 / scale] : []);
    context.stroke(path);
  }
  context.setLineDash([]);
}
