// The list of regions beside the picture: everything drawn, as options that can be chosen, and the numbers of the chosen one.
import { hint } from "../keys.js";
import { say } from "../text.js";
import { AttributeFields, missing } from "./attributes.js";
import { sizeOf } from "./shapes.js";

const NUMBERS = { box: ["left", "top", "width", "height"], ellipse: ["radius_x", "radius_y"], point: ["x", "y"] };
const names = () => ({ left: gettext("Left"), top: gettext("Top"), width: gettext("Width"), height: gettext("Height"), radius_x: gettext("Radius across"), radius_y: gettext("Radius down"), x: "X", y: "Y" });

const chip = (word) => Object.assign(document.createElement("span"), { className: "chip chip-warn", textContent: gettext(word) }); // say("suggested"), say("incomplete")

export class RegionList {
  #rows = new Map();
  #listed = null;
  #chosen = null;
  #look = ""; // what the fields are made for
  #shown = [];

  constructor(widget) {
    this.widget = widget;
    this.list = widget.part("regions");
    const change = (...given) => widget.setAttribute(...given);
    this.attributes = new AttributeFields(widget.part("attributes"), change);
    this.visible = new AttributeFields(widget.part("visible"), (...given) => widget.setVisible(...given));
    this.global = new AttributeFields(widget.part("global"), change);
    widget.part("attributes").querySelector("legend").append(" ", hint("W", "attributes"));
    this.list.addEventListener("click", (event) => {
      const row = event.target.closest("[role=option]");
      if (row) widget.select(widget.regions.find((region) => String(region.id) === row.dataset.id));
    });
    this.list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || event.altKey || event.shiftKey) return;
      event.preventDefault();
      widget.step(step);
    });
  }

  update() {
    const { widget } = this;
    widget.linkList.update();
    if (this.#listed !== widget.regions) this.#update();
    const chosen = this.#rows.get(widget.selected?.id)?.element;
    if (chosen !== this.#chosen && this.#chosen) this.#chosen.ariaSelected = "false";
    this.#chosen = chosen;
    if (chosen) {
      chosen.ariaSelected = "true";
      this.list.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView?.({ block: "nearest" });
    } else this.list.removeAttribute("aria-activedescendant");
    this.#fields();
    const { selected, config, readonly } = widget;
    this.global.update("global", config.attributes, widget.global, readonly);
    if (selected) this.attributes.update(selected.id, widget.labelOf(selected.shape).attributes, selected.shape.attributes, readonly || Boolean(selected.locked));
    else this.attributes.update(null, [], {}, true);
    const points = selected?.shape.keypoints ?? [];
    const asked = points.length ? [{ name: "visible", label: say("Visible points"), type: "multiselect", choices: points.map(({ name }) => name), required: true }] : [];
    this.visible.update(selected?.id ?? null, asked, { visible: points.filter((point) => point.visible).map(({ name }) => name) }, readonly || Boolean(selected?.locked));
  }

  /** Into the attributes of the chosen region, or, where it has none, of the whole picture. */
  fill(name = "", isGlobal = false) {
    return (!isGlobal && this.widget.selected && this.attributes.focus(name)) || this.global.focus(isGlobal ? name : "");
  }

  /** Touches only the rows that are new, changed or gone: there may be a thousand others. */
  #update() {
    const { regions } = this.widget;
    const before = this.#rows;
    this.#rows = new Map(regions.map((region) => {
      const row = before.get(region.id);
      return [region.id, row ? this.#fill(row, region) : this.#row(region)];
    }));
    for (const [id, row] of before) if (this.#rows.get(id) !== row) row.element.remove();
    let next = this.list.firstChild;
    for (const { element } of this.#rows.values()) {
      if (element === next) next = next.nextSibling;
      else this.list.insertBefore(element, next);
    }
    this.#listed = regions;
    this.widget.part("regions-title").textContent = say("Regions (%(count)s)", { count: regions.length });
    this.widget.part("empty").hidden = regions.length > 0;
    this.widget.showCopies();
  }

  #row(region) {
    const element = document.createElement("li");
    element.role = "option";
    element.id = `${this.widget.uid}-region-${region.id}`;
    element.dataset.id = region.id;
    element.className = "region";
    element.ariaSelected = "false";
    const swatch = document.createElement("span");
    const name = document.createElement("span");
    name.className = "region-name";
    name.dir = "auto";
    const size = document.createElement("span");
    size.className = "region-size";
    element.append(swatch, name, size);
    return this.#fill({ element, swatch, name, size, chips: {} }, region);
  }

  #fill(row, region) {
    if (row.region === region) return row;
    const label = this.widget.labelOf(region.shape);
    row.region = region;
    row.swatch.className = `swatch swatch-${label.color}`;
    row.name.textContent = label.label + (region.hidden ? ` · ${say("hidden")}` : "") + (region.locked ? ` · ${say("locked")}` : "");
    row.size.textContent = sizeOf(region.shape);
    const isIncomplete = !this.widget.readonly && missing(label.attributes, region.shape.attributes).length > 0;
    for (const [word, isShown] of [["suggested", region.suggested], ["incomplete", isIncomplete]]) {
      if (isShown) row.element.append(row.chips[word] ??= chip(word));
      else row.chips[word]?.remove();
    }
    row.element.ariaLabel = [this.widget.describe(region), isIncomplete && say("incomplete")].filter(Boolean).join(", ");
    return row;
  }

  /** Filled in anew for another region, or another choice of a point; else changed in place, which keeps the focus. */
  #fields() {
    const { widget } = this;
    const box = widget.part("fields");
    const region = widget.selected;
    const hadFocus = box.contains(document.activeElement);
    box.hidden = !region;
    const look = region ? [region.id, region.shape.type, widget.pointAt >= 0, widget.lacking.length].join() : "";
    if (look !== this.#look) {
      this.#look = look;
      const focused = hadFocus ? document.activeElement.dataset.field : "";
      const parts = region ? this.#parts(region.shape) : [];
      box.replaceChildren(...parts.map(({ element }) => element));
      this.#shown = parts;
      const next = focused && parts.find(({ name, element }) => name === focused && element.localName === "button");
      if (next) next.element.focus();
      else if (hadFocus) this.list.focus(); // what had it is gone
    }
    for (const part of this.#shown) part.show(region);
  }

  #parts(shape) {
    const { widget } = this;
    const legend = Object.assign(document.createElement("legend"), { className: "panel-title" });
    const parts = [{ element: legend, show: (region) => { legend.textContent = widget.describe(region); } }];
    for (const name of NUMBERS[shape.type] ?? []) {
      parts.push(this.#number(name, names()[name], (region) => region.shape[name], (input) => widget.setNumber(widget.selected, name, input)));
    }
    const points = shape.vertices ?? shape.keypoints;
    if (points && widget.pointAt >= 0) {
      for (const name of ["x", "y"]) parts.push(this.#number(`point-${name}`, "", () => widget.points[widget.pointAt][name], (input) => {
        if (input.value !== "") widget.setPoint({ [name]: Number(input.value) });
        else input.value = widget.points[widget.pointAt][name];
      }, () => say("Point %(n)s: %(name)s", { n: widget.pointAt + 1, name: names()[name] })));
    }
    const button = (name, text, run, isOff = () => false) => {
      const element = Object.assign(document.createElement("button"), { type: "button", className: "btn" });
      element.dataset.field = name;
      element.addEventListener("click", (event) => {
        run();
        if (event.detail) widget.part("document").focus({ preventScroll: true }); // by pointer: Enter is to submit, not to press it again
      });
      parts.push({ name, element, show(region) { Object.assign(element, { textContent: text(region), disabled: widget.readonly || isOff(region) }); } });
    };
    if (points && !widget.readonly) {
      button("point-previous", () => say("Previous point"), () => widget.stepPoint(-1));
      button("point-next", () => say("Next point"), () => widget.stepPoint(1));
    }
    if (widget.lacking.length && !widget.readonly) {
      button("point-lacking", () => say("Add: %(name)s", { name: widget.lacking[0] ?? "" }), () => widget.addPoint(), ({ locked }) => locked);
    }
    if (shape.vertices && widget.pointAt >= 0) {
      button("point-add", () => say("Add point"), () => widget.addPoint(), ({ locked }) => locked);
      button("point-remove", () => say("Remove point"), () => widget.remove(), ({ locked }) => locked);
    }
    button("lock", ({ locked }) => (locked ? say("Unlock") : say("Lock")), () => widget.flag("locked"));
    button("hide", ({ hidden }) => (hidden ? say("Show") : say("Hide")), () => widget.flag("hidden"));
    button("delete", () => say("Delete"), () => widget.removeChosen());
    button("duplicate", () => say("Duplicate"), () => widget.duplicate());
    if (widget.regions.length > 1) {
      button("front", () => say("Bring forward"), () => widget.order(1), (region) => widget.regions.at(-1) === region);
      button("behind", () => say("Send backward"), () => widget.order(-1), (region) => widget.regions[0] === region);
    }
    if (widget.kinds.length) button("link", () => say("Link"), () => widget.link());
    return parts;
  }

  #number(name, label, read, changed, labelled = () => label) {
    const { widget } = this;
    const field = document.createElement("label");
    field.className = "field";
    const text = Object.assign(document.createElement("span"), { className: "field-label" });
    const input = Object.assign(document.createElement("input"), { type: "number", className: "input" });
    input.dataset.field = name;
    input.step = widget.config.pixels === "integer" ? "1" : "any";
    input.addEventListener("change", () => changed(input));
    field.append(text, input);
    const show = (region) => {
      text.textContent = labelled();
      input.disabled = Boolean(region.locked) || widget.readonly;
      const value = String(read(region));
      if (input.value !== value) input.value = value;
    };
    return { name, element: field, show };
  }
}
