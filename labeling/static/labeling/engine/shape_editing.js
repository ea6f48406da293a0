// Changing what is drawn: every change is one command on the history, and tells the list, the canvas and the page.
import { say } from "../text.js";
import Widget from "../widget.js";
import { carriedOver, isTyped, keptValues } from "./attributes.js";
import { standing } from "./links.js";
import { cornersOf, cornersWrong, isFlat, isInside, leastOf, moved, resized, shortOf, turned } from "./shapes.js";
import { TOOLS } from "./tools.js";

export class ShapeEditing extends Widget {
  regions = []; // { id, shape, hidden?, locked?, suggested? }: never changed in place
  links = []; // { from, to, type }: ends are regions' ids
  selected = null;
  editing = null; // the chosen region as it is while it is dragged
  global = {}; // the attributes of the whole picture
  #last = 0;
  #typing = null;

  /** A region of its own number, not yet among the others. */
  made(shape) { return { id: ++this.#last, shape }; }

  /** Links whose ends are gone go with them, and come back with undo. */
  commit(after, chosen = this.selected?.id, text, links = standing(this.links, after, this.kinds)) {
    const { regions: before, links: were } = this;
    const was = this.selected?.id;
    this.history.run({ apply: () => this.show(after, chosen, text, links), invert: () => this.show(before, was, undefined, were, say("Undone")) });
  }

  show(regions, chosen, text, links = this.links, before = "") {
    this.regions = regions;
    this.links = links;
    this.selected = regions.find((region) => region.id === chosen) ?? null;
    this.drawing = null;
    this.showProblems([]);
    this.list.update();
    this.surface.draw();
    this.fire("change");
    const said = text ?? (this.selected ? this.describe(this.selected) : say("%(count)s regions", { count: regions.length }));
    this.fire("announce", { text: before ? `${before}. ${said}` : said });
  }

  /** While one attribute is typed into, it stays one step of undo. */
  setAttribute(one, value, subject) {
    const region = this.regions.find((each) => each.id === subject);
    if (this.readonly || subject !== "global" && (!region || region.locked)) return;
    const schema = region ? this.labelOf(region.shape).attributes : this.config.attributes;
    const values = keptValues(schema, { ...(region ? region.shape.attributes : this.global), [one.name]: value });
    const put = (attributes, suggested = false) => {
      const regions = region ? this.regions.map((each) => (each.id === subject ? { ...each, suggested, shape: { ...each.shape, attributes } } : each)) : this.regions;
      if (!region) this.global = attributes;
      this.show(regions, region ? subject : this.selected?.id, say("%(attribute)s: %(value)s", { attribute: one.label, value: attributes[one.name] ?? say("empty") }));
    };
    const field = `${subject}.${one.name}`;
    if (isTyped(one) && this.#typing?.field === field && this.#typing.isLast()) {
      this.#typing.values = values;
      return put(values);
    }
    const step = { field, values, before: region ? region.shape.attributes : this.global };
    const command = { apply: () => put(step.values), invert: () => put(step.before, region?.suggested) };
    step.isLast = () => this.history.isLast(command);
    this.history.run(command);
    this.#typing = step;
  }

  /** Whether the shape is as its label wants it; if not, what is wanted is said beside the question. */
  fitting(shape, before) {
    if (shape === before) return true;
    const outside = isInside(shape, this.grid) ? "" : say("That would leave the picture.");
    const message = outside || this.#sizeWrong(shape, before) || this.#cornersWrong(shape, before) || this.pages.wrong(shape);
    if (!message) return true;
    this.showProblems([{ path: "annotations", message }]); // its place is an alert: read out at once
    this.surface.draw();
    return false;
  }

  #sizeWrong(shape, before) {
    const label = this.labelOf(shape);
    const were = before?.label === shape.label ? shortOf(before, label) : []; // what was too small may grow step by step
    if (shortOf(shape, label).every((side) => were.includes(side))) return "";
    return say("%(label)s must be at least %(width)s × %(height)s.", { label: label.label, ...leastOf(shape, label) });
  }

  #cornersWrong(shape, before) {
    const label = this.labelOf(shape);
    const isOld = before?.label === shape.label && before.vertices?.length === shape.vertices?.length;
    return isOld && !isFlat(shape) ? "" : cornersWrong(shape, label);
  }

  /** Only these points of the chosen skeleton are visible, the others hidden. */
  setVisible(_one, names, subject) {
    const region = this.regions.find((each) => each.id === subject);
    if (!region || region.locked || this.readonly) return;
    this.change({ ...region, shape: { ...region.shape, keypoints: region.shape.keypoints.map((point) => ({ ...point, visible: names.includes(point.name) })) } });
  }

  /** A suggested shape that is changed is the annotator's. */
  change(region) {
    const before = this.regions.find((each) => each.id === region.id).shape;
    if (!this.fitting(region.shape, before)) return false;
    const after = before === region.shape ? region : { ...region, suggested: false };
    this.commit(this.regions.map((each) => (each.id === region.id ? after : each)), region.id);
    return true;
  }

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
    this.takeLabel(label);
    const { selected } = this;
    if (selected && this.tool === "select" && !selected.locked && label.geometries.includes(selected.shape.type)) this.change({ ...selected, shape: { ...selected.shape, label: label.value, attributes: carriedOver(this.labelOf(selected.shape).attributes, label.attributes, selected.shape.attributes) } });
    else this.fire("announce", { text: label.label });
  }

  editShape(make) {
    if (!this.selected || this.selected.locked || this.readonly) return;
    this.change({ ...this.selected, shape: make(this.selected.shape) });
  }

  resize(dx, dy) { this.editShape((shape) => resized(shape, dx, dy, this.grid)); }
  turn(by) { if (this.config.rotation && ["box", "ellipse"].includes(this.selected?.shape.type)) this.editShape((shape) => turned(shape, (shape.rotation ?? 0) + by)); }
  insertVertex(at, point) { this.editShape((shape) => ({ ...shape, vertices: shape.vertices.toSpliced(at, 0, this.grid.inside(point)) })); }

  removeVertex(at) {
    const { shape } = this.selected;
    const fewest = Math.max(TOOLS[shape.type].fewest, cornersOf(shape.type, this.labelOf(shape)).fewest);
    if (this.selected.shape.vertices?.length > fewest) this.editShape((shape) => ({ ...shape, vertices: shape.vertices.toSpliced(at, 1) }));
  }

  remove() {
    if (this.selected && !this.selected.locked && !this.readonly) this.removeRegion(this.selected, say("Deleted"));
  }

  /** The region, whatever point of it is chosen. */
  removeChosen() { ShapeEditing.prototype.remove.call(this); }

  removeRegion(region, text) { this.commit(this.regions.filter(({ id }) => id !== region.id), null, text); }

  duplicate() {
    if (!this.selected || this.readonly) return;
    const copy = this.made({ ...moved(this.selected.shape, 10, 10, this.grid) }); // its own record, wherever it may move
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
    const sizes = ["width", "height", "radius_x", "radius_y"].every((each) => shape[each] === undefined || shape[each] >= this.grid.least);
    if (input.value !== "" && sizes && isInside(shape, this.grid)) {
      if (!this.change({ ...region, shape })) input.value = region.shape[name];
      return;
    }
    input.value = region.shape[name];
    this.fire("announce", { text: say("That would leave the picture.") });
  }
}
