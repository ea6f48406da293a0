// The widget of every drawing type: the picture, its tools, the labels and the list of regions, on one history.
import { prepareItem, showItem } from "../item.js";
import { stable } from "../suggestion.js";
import { say } from "../text.js";
import Widget from "../widget.js";
import { Pointer } from "./pointer.js";
import { RegionList } from "./regions.js";
import { shapeActions } from "./shape_actions.js";
import { gridOf, moved, resized, sizeOf, turned } from "./shapes.js";
import { Surface } from "./surface.js";
import { Drawing, TOOLS } from "./tools.js";
import { Viewport } from "./viewport.js";

let instances = 0;
const REACH = 10;

export class ShapesWidget extends Widget {
  static prepare = prepareItem;
  regions = []; // { id, shape, hidden?, locked? }: never changed in place
  selected = null;
  tool = "select";
  drawing = null;
  cursor = null;
  armed = false; // Enter sets a point, until it is used or the mouse takes over
  editing = null;
  global = {};
  #last = 0;

  build() {
    this.uid = `shapes-${++instances}`;
    const { image } = this.task.item;
    this.dataset.shows = "image";
    const stage = this.part("document");
    stage.tabIndex = -1;
    this.viewport = showItem(stage, this.task);
    this.lost = !this.viewport && Boolean(image.url);
    this.viewport ??= new Viewport(stage.querySelector(".stage"), { width: image.width, height: image.height });
    this.grid = gridOf(this.viewport.bitmap, this.config.pixels === "integer");
    this.part("question").textContent = this.config.question;
    this.geometries = new Set(this.config.labels.flatMap((label) => label.geometries));
    this.tools = ["select", ...Object.keys(TOOLS).filter((name) => this.geometries.has(TOOLS[name].type))];
    this.label = this.config.labels[0];
    this.surface = new Surface(this.viewport, this);
    this.list = new RegionList(this);
    if (!this.readonly) this.pointer = new Pointer(this.surface.marks, this);
    this.#buildTools(stage);
    this.#buildLabels();
    this.part("form").addEventListener("submit", (event) => event.preventDefault());
    stage.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && this.armed && !event.ctrlKey && this.tool !== "select") {
        event.preventDefault();
        this.place(this.cursor, true);
      }
    });
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.cancel();
    });
    for (const input of this.querySelectorAll("[data-look]")) input.addEventListener("input", () => this.#look());
    this.list.update();
  }

  #look() {
    const [brightness, contrast] = ["brightness", "contrast"].map((name) => this.querySelector(`[data-look=${name}]`).value);
    this.viewport.canvas.style.filter = `brightness(${brightness}%) contrast(${contrast}%)`;
  }

  #buildTools(stage) {
    this.bar = document.createElement("div");
    this.bar.className = "shape-tools";
    this.bar.role = "toolbar";
    this.bar.ariaLabel = say("Tools");
    this.buttons = this.tools.map((name) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-icon", textContent: TOOLS[name]?.key ?? "V", title: this.toolName(name), ariaLabel: this.toolName(name) });
      button.addEventListener("click", () => this.pick(name));
      button.disabled = this.readonly;
      button.dataset.tool = name;
      return button;
    });
    this.bar.append(...this.buttons);
    stage.querySelector(".stage").append(this.bar);
    if (this.tools.length === 1) return;
    this.pick(this.readonly ? "select" : this.tools[1], false);
  }

  toolName(name) {
    return {
      select: gettext("Select and edit"), box: gettext("Box"), extreme: gettext("Box by its four outermost points"), polygon: gettext("Polygon"),
      line: gettext("Line"), point: gettext("Point"), keypoints: gettext("Skeleton"), ellipse: gettext("Ellipse"),
    }[name];
  }

  #buildLabels() {
    this.radios = this.config.labels.map((label) => {
      const row = document.createElement("label");
      row.className = "choice";
      const input = Object.assign(document.createElement("input"), { type: "radio", name: this.uid, checked: label === this.label, disabled: this.readonly });
      input.addEventListener("change", () => this.choose(label));
      const swatch = Object.assign(document.createElement("span"), { className: `swatch swatch-${label.color}` });
      const text = Object.assign(document.createElement("span"), { className: "choice-text", dir: "auto", textContent: label.label });
      const key = Object.assign(document.createElement("kbd"), { className: "kbd", ariaHidden: "true", textContent: label.key.replace("Shift+", "⇧") });
      row.append(input, swatch, text, ...(label.key ? [key] : []));
      this.part("labels").append(row);
      return input;
    });
  }

  /** The colours as the theme has them now, by label. */
  get colors() {
    return Object.fromEntries(this.radios.map((radio, n) => [this.config.labels[n].value, getComputedStyle(radio.nextElementSibling).borderTopColor]));
  }

  inkOn(color) {
    const [r, g, b] = (color.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
    return r * 0.3 + g * 0.6 + b * 0.1 > 140 ? "#000" : "#fff";
  }

  labelOf(shape) { return this.config.labels.find((label) => label.value === shape.label); }
  describe({ shape, suggested }) {
    const text = say("%(tool)s, %(label)s, %(size)s", { tool: this.toolName(shape.type), label: this.labelOf(shape).label, size: sizeOf(shape) });
    return suggested ? `${text}, ${say("suggested")}` : text;
  }
  handleOptions() { return { turns: this.config.rotation, reach: 24 / this.viewport.scale }; }

  // --- drawing ---------------------------------------------------------------------------------------------------

  pick(name, armed = true) {
    if (this.readonly && name !== "select") return;
    this.tool = name;
    this.drawing = null;
    this.armed = armed && name !== "select";
    this.cursor = this.armed ? (this.cursor ?? this.grid.inside({ x: this.grid.width / 2, y: this.grid.height / 2 })) : null;
    for (const button of this.buttons) button.ariaPressed = String(button.dataset.tool === name);
    this.part("document").focus({ preventScroll: true });
    if (this.armed) this.fire("announce", { text: this.toolName(name) });
    this.surface.draw();
  }

  hover(at) {
    this.cursor = at;
    this.armed = false;
    this.surface.drawMarks();
  }

  place(at, byKey = false) {
    const tool = TOOLS[this.tool];
    if (!this.label.geometries.includes(tool.type)) {
      const fit = this.config.labels.find((label) => label.geometries.includes(tool.type));
      this.label = fit;
      this.radios[this.config.labels.indexOf(fit)].checked = true;
    }
    this.drawing ??= new Drawing(tool, this.label.skeleton?.points);
    const shape = this.drawing.add(this.grid.inside(at), byKey ? 0 : REACH / this.viewport.scale);
    if (shape) return this.#finish(shape, byKey);
    if (this.drawing.points.length === tool.count) this.drawing = null;
    this.surface.drawMarks();
    if (tool.count === 1 || !this.drawing) return;
    const next = tool.named ? this.label.skeleton.points[this.drawing.points.length] : say("Point %(n)s set", { n: this.drawing.points.length });
    this.fire("announce", { text: next });
  }

  close() {
    const shape = this.drawing && this.drawing.points.length >= (this.drawing.tool.fewest ?? Infinity) && this.drawing.close();
    if (shape) this.#finish(shape, true);
  }

  #finish(shape, byKey) {
    this.drawing = null;
    this.armed = byKey && shape.type === "point";
    const { type, ...rest } = shape;
    const region = { id: ++this.#last, shape: { type, label: this.label.value, ...rest, attributes: {} } };
    this.commit([...this.regions, region], region.id);
  }

  cancel() {
    if (!this.drawing && !this.editing) this.armed = false;
    this.drawing = this.editing = null;
    this.surface.draw();
  }

  // --- changing ----------------------------------------------------------------------------------------------------

  commit(after, chosen = this.selected?.id, text) {
    const before = this.regions;
    const was = this.selected?.id;
    this.history.run({ apply: () => this.#show(after, chosen, text), invert: () => this.#show(before, was) });
  }

  #show(regions, chosen, text) {
    this.regions = regions;
    this.selected = regions.find((region) => region.id === chosen) ?? null;
    this.drawing = null;
    this.showProblems([]);
    this.list.update();
    this.surface.draw();
    this.fire("change");
    this.fire("announce", { text: text ?? (this.selected ? this.describe(this.selected) : say("%(count)s regions", { count: regions.length })) });
  }

  /** A suggested shape that is changed is the annotator's. */
  change(region) {
    const before = this.regions.find((each) => each.id === region.id);
    this.#replace(before.shape === region.shape ? region : { ...region, suggested: false });
  }

  #replace(region) { this.commit(this.regions.map((each) => (each.id === region.id ? region : each)), region.id); }
  select(region) {
    this.selected = region;
    this.list.update();
    this.surface.draw();
    if (region) this.fire("announce", { text: this.describe(region) });
  }

  step(by) {
    const { length } = this.regions;
    if (!length) return;
    const at = this.regions.findIndex((region) => region.id === this.selected?.id);
    this.select(this.regions[at < 0 ? (by > 0 ? 0 : length - 1) : (at + by + length) % length]);
  }

  choose(label) {
    this.label = label;
    this.radios[this.config.labels.indexOf(label)].checked = true;
    const { selected } = this;
    if (selected && this.tool === "select" && !selected.locked && label.geometries.includes(selected.shape.type)) this.change({ ...selected, shape: { ...selected.shape, label: label.value, attributes: {} } });
    else this.fire("announce", { text: label.label });
  }

  editShape(make) {
    if (!this.selected || this.selected.locked || this.readonly) return;
    this.change({ ...this.selected, shape: make(this.selected.shape) });
  }

  arrow(dx, dy) {
    if (this.readonly) return;
    if (this.tool === "select") return this.editShape((shape) => moved(shape, dx, dy, this.grid));
    const at = this.cursor ?? { x: this.grid.width / 2, y: this.grid.height / 2 };
    this.cursor = this.grid.inside({ x: at.x + dx, y: at.y + dy });
    this.armed = true;
    this.surface.drawMarks();
  }

  resize(dx, dy) { this.editShape((shape) => resized(shape, dx, dy, this.grid)); }
  turn(by) { if (this.config.rotation && ["box", "ellipse"].includes(this.selected?.shape.type)) this.editShape((shape) => turned(shape, (shape.rotation ?? 0) + by)); }
  insertVertex(at, point) { this.editShape((shape) => ({ ...shape, vertices: shape.vertices.toSpliced(at, 0, this.grid.inside(point)) })); }
  removeVertex(at) {
    const fewest = TOOLS[this.selected.shape.type].fewest;
    if (this.selected.shape.vertices?.length > fewest) this.editShape((shape) => ({ ...shape, vertices: shape.vertices.toSpliced(at, 1) }));
  }

  remove() {
    if (!this.selected || this.selected.locked || this.readonly) return;
    this.commit(this.regions.filter((region) => region !== this.selected), null, say("Deleted"));
  }

  back() {
    if (!this.drawing) return this.remove();
    this.drawing.points.pop();
    if (!this.drawing.points.length) this.drawing = null;
    this.surface.drawMarks();
  }

  duplicate() {
    if (!this.selected || this.readonly) return;
    const copy = { id: ++this.#last, shape: moved(this.selected.shape, 10, 10, this.grid) };
    this.commit([...this.regions, copy], copy.id);
  }

  flag(name) { if (this.selected) this.change({ ...this.selected, [name]: !this.selected[name] }); }

  order(by) {
    const from = this.regions.indexOf(this.selected);
    const to = from + by;
    if (from < 0 || to < 0 || to >= this.regions.length || this.readonly) return;
    this.commit(this.regions.toSpliced(from, 1).toSpliced(to, 0, this.selected));
  }

  setNumber(region, name, input) {
    const shape = { ...region.shape, [name]: this.grid.snap(Number(input.value)) };
    const { width, height, least } = this.grid;
    const fits = shape.type === "box" && !shape.rotation ? shape.left >= 0 && shape.top >= 0 && shape.left + shape.width <= width && shape.top + shape.height <= height : true;
    const sizes = ["width", "height", "radius_x", "radius_y"].every((each) => shape[each] === undefined || shape[each] >= least);
    const inside = shape.type !== "point" || shape.x >= 0 && shape.x <= width && shape.y >= 0 && shape.y <= height;
    if (input.value !== "" && fits && sizes && inside) return this.change({ ...region, shape });
    input.value = region.shape[name];
    this.fire("announce", { text: say("That would leave the picture.") });
  }

  // --- the contract --------------------------------------------------------------------------------------------------

  actions() { return shapeActions(this); }

  value() {
    return { annotations: this.regions.map(({ shape }, n) => ({ uuid: String(n + 1), ...shape })), global_attributes: { ...this.global } };
  }

  problems() {
    const { min_objects: least, max_objects: most } = this.config;
    const count = this.regions.length;
    const found = [];
    if (this.lost) found.push({ path: "annotations", message: say("The picture could not be loaded.") });
    if (this.drawing) found.push({ path: "annotations", message: say("Finish the shape you are drawing, or leave it with Escape.") });
    if (count < least) found.push({ path: "annotations", message: say("Draw at least %(count)s.", { count: least }) });
    if (count > most) found.push({ path: "annotations", message: say("Draw at most %(count)s.", { count: most }) });
    return found;
  }

  restore(value) {
    this.regions = (value?.annotations ?? []).map(({ uuid: _uuid, ...shape }) => ({ id: ++this.#last, shape }));
    this.global = value?.global_attributes ?? {};
    this.selected = this.drawing = null;
    this.history.clear();
    this.list.update();
    this.surface.draw();
  }

  suggestedLeft() { return this.regions.filter((region) => region.suggested).length; }

  markSuggested(value) {
    const given = new Set(value.annotations.map(({ uuid: _uuid, ...shape }) => stable(shape)));
    this.regions = this.regions.map((region) => ({ ...region, suggested: given.has(stable(region.shape)) }));
    this.list.update();
    this.surface.draw();
  }

  acceptSuggested(all) {
    const left = this.regions.filter((region) => region.suggested);
    const chosen = left.find((region) => region.id === this.selected?.id);
    if (!all && !chosen) return this.select(left[0]);
    const taken = all ? left : [chosen];
    const next = all ? null : left[left.indexOf(chosen) + 1] ?? left.find((region) => region !== chosen);
    const said = next ? `${say("Accepted.")} ${this.describe(next)}` : say("All suggestions accepted.");
    this.commit(this.regions.map((region) => (taken.includes(region) ? { ...region, suggested: false } : region)), (next ?? this.selected)?.id, said);
  }

  release() { this.viewport.release(); }
}
