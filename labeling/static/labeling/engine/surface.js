// Two canvases over the picture: the shapes, redrawn when they change, and the marks of what is being done, on every move.
import { followMask, maskPath } from "./mask.js";
import { bounds, handles, outline, trace } from "./shapes.js";
import { drawArrows } from "./link_marks.js";
import { drawBrush, drawStroke } from "./brush_marks.js";
import { fillMask, stamps } from "./mask_stamps.js";

const MANY = 300; // above so many shapes, names cost more than they tell
const MOST_CHANGED = 20;
const NAME = { high: 20, pad: 10, font: "600 12px system-ui, sans-serif" };
const PAD = 8; // beyond a shape's corners, on the screen: the width of lines and dots
const PREPARING_MS = 4;
const EVERYWHERE = {};
const STRIPE = 2.5; // how much wider, on the screen, the line of each answer below another one is
const MOST_WIDER = 10;
const FADED = 0.25;

const isMask = ({ shape }) => shape.type === "mask";
const meet = (a, b) => a.left <= b.right && a.right >= b.left && a.top <= b.bottom && a.bottom >= b.top;

const IN_SOFTWARE = /swiftshader|llvmpipe|software|basic render/i;
let unaided = null;

/**
 * Whether the browser draws without a graphics processor. It copies then each canvas that changed, which costs half the
 * time out of step with the page; with a processor the canvas may be on the screen while it is drawn, and would flicker.
 */
function isUnaided() {
  if (unaided !== null) return unaided;
  const gl = document.createElement("canvas").getContext("webgl", { failIfMajorPerformanceCaveat: true });
  const named = gl?.getExtension("WEBGL_debug_renderer_info");
  unaided = !gl || (Boolean(named) && IN_SOFTWARE.test(gl.getParameter(named.UNMASKED_RENDERER_WEBGL)));
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return unaided;
}

export class Surface {
  #asked = false;
  #scale = 0; // of the frame before
  #widths = new Map(); // of names on the screen
  #drawn = null; // what the shapes' canvas shows: { regions, view, links, isNamed }

  constructor(viewport, widget) {
    this.viewport = viewport;
    this.widget = widget;
    [this.shapes, this.marks] = ["shapes", "marks"].map((name) => {
      const canvas = document.createElement("canvas");
      canvas.className = `stage-layer stage-${name}`;
      canvas.ariaHidden = "true";
      canvas.getContext("2d", { desynchronized: isUnaided() });
      viewport.canvas.parentElement.insertBefore(canvas, viewport.tools);
      return canvas;
    });
    viewport.onPlace = () => this.draw();
  }

  /** Draw everything in the next frame. */
  draw() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      if (!this.viewport.isPlaced) return this.#prepare();
      this.#drawShapes();
      this.drawMarks();
    });
  }

  /** Not on the page yet: what takes long of masks is worked out before, a little in each frame. */
  #prepare() {
    const until = performance.now() + PREPARING_MS;
    for (const { shape } of this.widget.regions) {
      if (shape.type === "mask") followMask(shape);
      if (performance.now() > until) return this.draw();
    }
  }

  #begin(canvas) {
    const { clientWidth: width, clientHeight: height } = this.viewport.stage;
    const ratio = devicePixelRatio || 1;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
    const context = canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, w, h);
    const { scale, x, y } = this.viewport;
    context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * x, ratio * y);
    context.save();
    return context;
  }

  /** Several answers over each other, each in its own colour and with its letter. */
  #drawLayers(layers) {
    this.#drawn = null;
    const context = this.#begin(this.shapes);
    layers.forEach(({ regions, links, color, name, isFaded, isNamed, isConsensus }, place) => {
      context.globalAlpha = isFaded ? FADED : 1;
      const { scale } = this.viewport;
      const wider = Math.min(MOST_WIDER, STRIPE * (layers.length - 1 - place)); // equal shapes show as stripes
      const isFilled = regions.length <= MANY && (layers.length === 1 || !isConsensus); // the consensus' own tint would hide the others'
      if (isFilled) for (const { shape } of regions) if (shape.type === "mask") fillMask(context, shape, color, scale);
      for (const label of this.widget.config.labels) this.#stroke(context, regions.filter(({ shape }) => shape.label === label.value), label, color, isConsensus, wider);
      if (links.length) drawArrows(context, links, scale, color);
      if (isFaded || regions.length > MANY) return;
      for (const { shape } of regions) this.#name(context, shape, { label: isNamed ? `${name} ${this.widget.labelOf(shape).label}` : name }, color, isNamed ? 0 : place * 22);
    });
    context.restore();
  }

  #drawShapes() {
    if (this.widget.layers) return this.#drawLayers(this.widget.layers);
    const shown = this.widget.regions.filter((region) => !region.hidden && region.id !== this.widget.editing?.id);
    const { colors } = this.widget;
    const { stage, scale, x, y } = this.viewport;
    const view = [stage.clientWidth, stage.clientHeight, devicePixelRatio, scale, x, y, ...Object.values(colors)].join();
    const { links } = this.widget;
    const isNamed = shown.length <= MANY;
    const isSame = this.#drawn?.view === view && this.#drawn.links === links && this.#drawn.isNamed === isNamed;
    const area = isSame ? this.#changed(shown) : EVERYWHERE;
    this.#drawn = { regions: shown, view, links, isNamed };
    if (!area) return;
    const context = area === EVERYWHERE ? this.#begin(this.shapes) : this.#clear(area);
    stamps.begin(scale !== this.#scale);
    this.#scale = scale;
    const there = area === EVERYWHERE ? shown : shown.filter(({ shape }) => meet(this.#reach(shape, isNamed), area));
    for (const label of this.widget.config.labels) {
      const mine = there.filter((region) => region.shape.label === label.value);
      const color = colors[label.value];
      for (const isSuggested of [false, true]) {
        const these = mine.filter((region) => Boolean(region.suggested) === isSuggested);
        stamps.draw(context, these.filter(isMask).map(({ shape }) => shape), { color, isDashed: isSuggested }, scale);
        this.#stroke(context, these.filter((region) => !isMask(region)), label, color, isSuggested);
      }
      if (!isNamed) continue;
      for (const { shape } of mine) this.#name(context, shape, label, color);
    }
    if (links.length) drawArrows(context, this.#arrows(shown, (ends) => ends.every(Boolean)), scale);
    context.restore();
    if (stamps.isSharp) return;
    this.#drawn = null; // some masks are still to be drawn as they are to look
    this.draw();
  }

  #arrows(regions, isWanted) {
    const at = new Map(regions.map(({ id, shape }) => [id, shape]));
    const { links, kinds } = this.widget;
    return links.filter(({ from, to }) => isWanted([at.get(from), at.get(to)]))
      .map(({ from, to, type }) => ({ from: at.get(from), to: at.get(to), kind: kinds.find(({ value }) => value === type) }));
  }

  /** The part of the picture where the shapes differ from those drawn, or null. */
  #changed(shown) {
    const before = new Set(this.#drawn.regions);
    const now = new Set(shown);
    const differ = [...this.#drawn.regions.filter((region) => !now.has(region)), ...shown.filter((region) => !before.has(region))];
    if (differ.length > MOST_CHANGED) return EVERYWHERE;
    const ends = new Set(this.widget.links.flatMap(({ from, to }) => [from, to]));
    if (differ.some(({ id }) => ends.has(id))) return EVERYWHERE; // its arrows reach out of it
    const kept = this.#drawn.regions.filter((region) => now.has(region));
    if (shown.filter((region) => before.has(region)).some((region, n) => region !== kept[n])) return EVERYWHERE; // another order
    if (!differ.length) return null;
    const sides = differ.map(({ shape }) => this.#reach(shape, shown.length <= MANY));
    const [left, top] = ["left", "top"].map((side) => Math.min(...sides.map((each) => each[side])));
    const [right, bottom] = ["right", "bottom"].map((side) => Math.max(...sides.map((each) => each[side])));
    return { left, top, right, bottom };
  }

  /** What a shape's lines, dots and name may touch. */
  #reach(shape, isNamed) {
    const { left, top, right, bottom } = bounds(shape);
    const pad = PAD / this.viewport.scale;
    if (!isNamed) return { left: left - pad, top: top - pad, right: right + pad, bottom: bottom + pad };
    const wide = this.#nameWidth(this.widget.labelOf(shape).label) / this.viewport.scale;
    return { left: left - pad, top: top - pad - NAME.high / this.viewport.scale, right: Math.max(right, left + wide) + pad, bottom: bottom + pad };
  }

  #nameWidth(text) {
    if (!this.#widths.has(text)) {
      const context = this.shapes.getContext("2d");
      context.save();
      context.font = NAME.font;
      this.#widths.set(text, context.measureText(text).width + NAME.pad);
      context.restore();
    }
    return this.#widths.get(text);
  }

  /** Empty a part of the shapes' canvas and draw only there, to whole pixels: a clip between two leaves seams. */
  #clear({ left, top, right, bottom }) {
    const context = this.shapes.getContext("2d");
    context.save();
    const { a, e, f } = context.getTransform();
    const [x, y] = [Math.floor(left * a + e), Math.floor(top * a + f)];
    const [width, height] = [Math.ceil(right * a + e) - x, Math.ceil(bottom * a + f) - y];
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    context.clearRect(x, y, width, height);
    context.setTransform(a, 0, 0, a, e, f);
    return context;
  }

  /** Shapes of a label: dark below, the colour above, dashed for what is only suggested. Upright boxes and masks go singly, which is far quicker than one path. */
  #stroke(context, regions, label, color, dashed, wider = 0) {
    if (!regions.length) return;
    const { scale } = this.viewport;
    const isUpright = ({ type, rotation }) => type === "box" && !rotation;
    const masks = regions.filter(({ shape }) => shape.type === "mask").map(({ shape }) => maskPath(shape, scale));
    const path = new Path2D();
    for (const { shape } of regions) if (!isUpright(shape) && shape.type !== "mask") trace(path, shape, scale, label.skeleton);
    for (const [width, style] of [[3.5, "#000a"], [2, color]]) {
      context.lineWidth = (width + wider) / scale;
      context.strokeStyle = style;
      context.setLineDash(dashed && style === color ? [7 / scale, 5 / scale] : []);
      for (const each of [path, ...masks]) context.stroke(each);
      for (const { shape } of regions) if (isUpright(shape)) context.strokeRect(shape.left, shape.top, shape.width, shape.height);
    }
    context.setLineDash([]);
  }

  #name(context, shape, label, color, aside = 0) {
    const { scale } = this.viewport;
    const at = bounds(shape);
    context.save();
    context.translate(at.left, at.top);
    context.scale(1 / scale, 1 / scale);
    context.font = NAME.font;
    const text = label.label;
    const wide = this.#nameWidth(text);
    context.fillStyle = color;
    context.translate(aside, 0);
    context.fillRect(-1, -19, wide, 18);
    context.fillStyle = this.widget.inkOn(color);
    context.fillText(text, 4, -6);
    context.restore();
  }

  drawMarks() {
    const context = this.#begin(this.marks);
    const { widget, viewport: { scale } } = this;
    const selected = widget.editing ?? widget.selected;
    if (widget.stroke) drawStroke(context, widget.stroke, scale);
    else if (selected && !selected.hidden) {
      this.#line(context, selected.shape, true);
      if (!selected.locked) for (const handle of handles(selected.shape, widget.handleOptions())) {
        const isChosen = handle.vertex !== undefined && handle.vertex === widget.pointAt;
        context.fillStyle = isChosen ? "#0b57ff" : "#fff";
        context.strokeStyle = isChosen ? "#fff" : "#0b57ff";
        context.lineWidth = 2 / scale;
        context.beginPath();
        if (handle.turns) context.arc(handle.x, handle.y, 6 / scale, 0, 7);
        else {
          const half = (isChosen ? 7 : 5) / scale;
          context.rect(handle.x - half, handle.y - half, 2 * half, 2 * half);
        }
        context.fill();
        context.stroke();
      }
    }
    this.#drawLinking(context);
    widget.drawBar?.update();
    const preview = widget.drawing?.preview(widget.cursor);
    if (preview && outline(preview).length) this.#line(context, preview, false);
    if (widget.cursor && widget.paints) drawBrush(context, widget.brushAt(widget.cursor), widget.brush, scale);
    else if (widget.cursor && widget.tool !== "select") this.#crosshair(context, widget.cursor);
    context.restore();
  }

  /** The link that is being made, and those of a shape that is being dragged. */
  #drawLinking(context) {
    const { widget: { linking, editing, regions }, viewport: { scale } } = this;
    if (linking?.to) {
      this.#line(context, linking.to.shape, false);
      drawArrows(context, [{ from: linking.from.shape, to: linking.to.shape, kind: linking.kind, dashed: true }], scale);
    }
    if (!editing || !this.widget.links.length) return;
    const now = regions.filter(({ hidden }) => !hidden).map((region) => (region.id === editing.id ? editing : region));
    drawArrows(context, this.#arrows(now, (ends) => ends.every(Boolean) && ends.includes(editing.shape)), scale);
  }

  #line(context, shape, dashed) {
    const { scale } = this.viewport;
    const path = new Path2D();
    trace(path, shape, scale);
    context.setLineDash([]);
    context.lineWidth = 4 / scale;
    context.strokeStyle = "#0b57ff";
    context.stroke(path);
    context.lineWidth = 2 / scale;
    context.strokeStyle = "#fff";
    context.setLineDash(dashed ? [6 / scale, 4 / scale] : []);
    context.stroke(path);
    context.setLineDash([]);
  }

  #crosshair(context, { x, y }) {
    const { scale, bitmap } = this.viewport;
    for (const [color, width] of [["#000a", 3], ["#fff", 1]]) {
      context.lineWidth = width / scale;
      context.strokeStyle = color;
      context.beginPath();
      context.moveTo(0, y);
      context.lineTo(bitmap.width, y);
      context.moveTo(x, 0);
      context.lineTo(x, bitmap.height);
      context.stroke();
    }
  }
}
