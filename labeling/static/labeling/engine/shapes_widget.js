// The widget of every drawing type: the picture, its tools, the labels and the list of regions, on one history.
import { prepareItem, showItem } from "../item.js";
import { stable } from "../suggestion.js";
import { say, sayMany } from "../text.js";
import { showContext } from "./attachments.js";
import { missing, wrongNumbers } from "./attributes.js";
import { DrawBar } from "./draw_bar.js";
import { LinkList } from "./link_list.js";
import { linksOf, storedLinks } from "./links.js";
import { Pages } from "./pages.js";
import { Pointer } from "./pointer.js";
import { RegionList } from "./regions.js";
import { shapeActions } from "./shape_actions.js";
import { ShapeCopying } from "./shape_copying.js";
import { buildLabels, buildTools, followLook, inkOn, toolName } from "./shape_look.js";
import { alike, cornersWrong, gridOf, hits, leastOf, shortOf, sizeOf } from "./shapes.js";
import { Surface } from "./surface.js";
import { TOOLS } from "./tools.js";
import { Viewport } from "./viewport.js";

let instances = 0;

export class ShapesWidget extends ShapeCopying {
  static prepare = prepareItem;

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
    this.pages = new Pages(this);
    this.part("question").textContent = this.config.question;
    showContext(this.part("context"), this.task.item);
    const rest = this.part("rest");
    rest.hidden = !this.config.cover || this.readonly;
    rest.addEventListener("click", () => {
      this.paintRest();
      stage.focus({ preventScroll: true }); // Enter submits then, and paints nothing again
    });
    this.geometries = new Set(this.config.labels.flatMap((label) => label.geometries));
    this.hasVertices = this.geometries.has("polygon") || this.geometries.has("line");
    this.hasPoints = this.hasVertices || this.geometries.has("keypoints");
    this.asksAttributes = [this.config, ...this.config.labels].some(({ attributes }) => attributes.length > 0);
    this.tools = ["select", ...Object.keys(TOOLS).filter((name) => this.geometries.has(TOOLS[name].type))];
    this.label = this.config.labels[0];
    this.surface = new Surface(this.viewport, this);
    this.kinds = this.config.links ?? [];
    this.linkList = new LinkList(this);
    this.list = new RegionList(this);
    for (const name of ["copy", "paste"]) this.part(name).addEventListener("click", () => {
      this[name]();
      stage.focus({ preventScroll: true }); // Enter submits then
    });
    if (!this.readonly) this.pointer = new Pointer(this.surface.marks, this);
    buildTools(this, stage);
    if (this.tools.some((name) => TOOLS[name]?.many) && !this.readonly) this.drawBar = new DrawBar(this, stage.querySelector(".stage"));
    if (this.geometries.has("mask")) this.buildBrush(stage.querySelector(".stage"));
    if (this.tools.length > 1) this.pick(this.readonly ? "select" : this.tools[1], false);
    buildLabels(this);
    this.part("form").addEventListener("submit", (event) => event.preventDefault());
    stage.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && this.linking && !event.ctrlKey) {
        event.preventDefault();
        this.setLink();
      } else if (event.key === "Enter" && this.armed && !event.ctrlKey && this.tool !== "select") {
        event.preventDefault();
        this.place(this.cursor, true);
      }
    });
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      if (event.target.closest("[data-part=attributes], [data-part=global], [data-part=visible]")) stage.focus({ preventScroll: true });
      else this.cancel();
    });
    followLook(this);
    this.list.update();
  }

  toolName(name) { return toolName(name); }
  isOn(shape, at) { return hits(shape, at, 0); }
  inkOn(color) { return inkOn(color); }

  /** The colours as the theme has them now, by label. */
  get colors() {
    return Object.fromEntries(this.radios.map((radio, n) => [this.config.labels[n].value, getComputedStyle(radio.nextElementSibling).borderTopColor]));
  }

  labelOf(shape) { return this.config.labels.find((label) => label.value === shape.label); }
  describe({ shape, suggested }) {
    const text = say("%(tool)s, %(label)s, %(size)s", { tool: this.toolName(shape.type), label: this.labelOf(shape).label, size: sizeOf(shape) });
    return [text, this.pages.nameOf(shape), suggested ? say("suggested") : ""].filter(Boolean).join(", ");
  }
  handleOptions() { return { turns: this.config.rotation, reach: 24 / this.viewport.scale }; }

  // --- the contract --------------------------------------------------------------------------------------------------

  actions() { return shapeActions(this); }

  value() {
    const value = { annotations: this.regions.map(({ shape }, n) => ({ uuid: String(n + 1), ...shape })), global_attributes: { ...this.global } };
    return this.kinds.length ? { ...value, links: storedLinks(this.links, this.regions, this.kinds) } : value;
  }

  problems() {
    const { min_objects: least, max_objects: most } = this.config;
    const count = this.regions.length;
    const found = [];
    if (this.lost) found.push({ path: "annotations", message: say("The picture could not be loaded.") });
    if (this.linking) found.push({ path: "links", message: say("Set the link you are making, or leave it with Escape.") });
    if (this.drawing?.points.length || this.stroke) found.push({ path: "annotations", message: say("Finish the shape you are drawing, or leave it with Escape.") });
    if (count < least) found.push({ path: "annotations", message: say("Draw at least %(count)s.", { count: least }) });
    const left = this.config.cover ? this.unpainted() : 0;
    if (left) found.push({ path: "annotations", message: sayMany("%(count)s pixel is not painted.", "%(count)s pixels are not painted.", left) });
    if (count > most) found.push({ path: "annotations", message: say("Draw at most %(count)s.", { count: most }) });
    for (const { one, message } of wrongNumbers(this.config.attributes, this.global)) found.push({ path: `global_attributes.${one.name}`, message });
    for (const one of missing(this.config.attributes, this.global)) found.push({ path: `global_attributes.${one.name}`, message: say("The whole picture: %(attribute)s must be given.", { attribute: one.label }) });
    this.regions.forEach((region, n) => {
      const label = this.labelOf(region.shape);
      for (const side of shortOf(region.shape, label)) found.push({
        path: `annotations[${n}].${side}`, message: say("%(n)s, %(object)s: must be at least %(width)s × %(height)s.", { n: n + 1, object: this.describe(region), ...leastOf(region.shape, label) }),
      });
      const wrong = cornersWrong(region.shape, label) || this.pages.wrong(region.shape);
      if (wrong) found.push({ path: `annotations[${n}]`, message: `${n + 1}: ${wrong}` });
      for (const { one, message } of wrongNumbers(label.attributes, region.shape.attributes)) found.push({ path: `annotations[${n}].attributes.${one.name}`, message: `${n + 1}: ${message}` });
      for (const one of missing(this.labelOf(region.shape).attributes, region.shape.attributes)) found.push({
        path: `annotations[${n}].attributes.${one.name}`, message: say("%(n)s, %(object)s: %(attribute)s must be given.", { n: n + 1, object: this.describe(region), attribute: one.label }),
      });
    });
    return found;
  }

  /** The first wrong region is chosen, and what it lacks has the focus: it may be one of hundreds. */
  showProblems(problems) {
    super.showProblems(problems);
    for (const { path } of problems) {
      const [, n, name] = /^annotations\[(\d+)\](?:\.attributes\.([^.]+))?/.exec(path) ?? [];
      const [, whole] = /^global_attributes\.([^.]+)/.exec(path) ?? [];
      const region = this.regions[Number(n)];
      if (!region && !whole) continue;
      if (region) this.select(region);
      if ((name || whole) && this.isConnected) this.list.fill(name ?? whole, Boolean(whole));
      return;
    }
  }

  /** To where the attributes are filled in. */
  fillIn() {
    if (!this.list.fill()) this.fire("announce", { text: say("Choose a region that has attributes first.") });
  }

  restore(value) {
    this.regions = (value?.annotations ?? []).map(({ uuid: _uuid, ...shape }) => this.made(shape));
    this.links = linksOf(value, this.regions);
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

  // --- several answers at once -----------------------------------------------------------------------------------------

  layers = null;

  /** Draw these answers over each other instead of one's own; `against` leaves out what is alike in that answer. Read-only. */
  showTogether(layers, { against = null } = {}) {
    const known = against && this.#drawnOf(against);
    const isKnown = ({ shape }) => known.regions.some((other) => alike(shape, other.shape));
    const isKnownLink = ({ from, to, kind }) => known.links.some((other) => kind === other.kind && alike(from, other.from) && alike(to, other.to));
    this.layers = layers.map(({ value, isConsensus, ...look }) => {
      const { regions, links } = this.#drawnOf(value);
      if (!known || isConsensus) return { ...look, isConsensus, regions, links };
      return { ...look, isConsensus, regions: regions.filter((each) => !isKnown(each)), links: links.filter((each) => !isKnownLink(each)) };
    });
    this.surface.draw();
  }

  select(region) {
    this.pages.follow(region?.shape);
    super.select(region);
  }

  /** An answer's shapes, and its links with the shapes at their ends. */
  #drawnOf(value) {
    const regions = (value?.annotations ?? []).map((shape, id) => ({ id, shape }));
    const links = linksOf(value, regions).map(({ from, to, type }) => ({ from: regions[from]?.shape, to: regions[to]?.shape, kind: this.kinds.find((kind) => kind.value === type) }));
    return { regions, links: links.filter(({ from, to, kind }) => from && to && kind) };
  }

  release() { this.viewport.release(); }
}
