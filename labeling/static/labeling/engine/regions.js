// The list of regions beside the picture: everything drawn, as options that can be chosen, and the numbers of the chosen one.
import { say } from "../text.js";
import { AttributeFields } from "./attributes.js";
import { sizeOf } from "./shapes.js";

const NUMBERS = { box: ["left", "top", "width", "height"], ellipse: ["radius_x", "radius_y"], point: ["x", "y"] };
const names = () => ({ left: gettext("Left"), top: gettext("Top"), width: gettext("Width"), height: gettext("Height"), radius_x: gettext("Radius across"), radius_y: gettext("Radius down"), x: "X", y: "Y" });

export class RegionList {
  #rows = new Map();
  #listed = null;
  #chosen = null;

  constructor(widget) {
    this.widget = widget;
    this.list = widget.part("regions");
    const change = (...given) => widget.setAttribute(...given);
    this.attributes = new AttributeFields(widget.part("attributes"), change);
    this.visible = new AttributeFields(widget.part("visible"), (...given) => widget.setVisible(...given));
    this.global = new AttributeFields(widget.part("global"), change);
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
    const suggested = Object.assign(document.createElement("span"), { className: "chip chip-warn", textContent: say("suggested") });
    return this.#fill({ element, swatch, name, size, suggested }, region);
  }

  #fill(row, region) {
    if (row.region === region) return row;
    const label = this.widget.labelOf(region.shape);
    row.region = region;
    row.swatch.className = `swatch swatch-${label.color}`;
    row.name.textContent = label.label + (region.hidden ? ` · ${say("hidden")}` : "") + (region.locked ? ` · ${say("locked")}` : "");
    row.size.textContent = sizeOf(region.shape);
    if (region.suggested) row.element.append(row.suggested);
    else row.suggested.remove();
    row.element.ariaLabel = this.widget.describe(region);
    return row;
  }

  #fields() {
    const { widget } = this;
    const box = widget.part("fields");
    const region = widget.selected;
    box.hidden = !region;
    if (!region) return box.replaceChildren();
    const legend = document.createElement("legend");
    legend.className = "panel-title";
    legend.textContent = widget.describe(region);
    const numbers = (NUMBERS[region.shape.type] ?? []).map((name) => {
      const field = document.createElement("label");
      field.className = "field";
      const text = document.createElement("span");
      text.className = "field-label";
      text.textContent = names()[name];
      const input = Object.assign(document.createElement("input"), { type: "number", className: "input", value: region.shape[name], disabled: region.locked || widget.readonly });
      input.step = widget.config.pixels === "integer" ? "1" : "any";
      input.addEventListener("change", () => widget.setNumber(region, name, input));
      field.append(text, input);
      return field;
    });
    const button = (text, run) => {
      const made = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: text, disabled: widget.readonly });
      made.addEventListener("click", run);
      return made;
    };
    box.replaceChildren(
      legend, ...numbers, button(region.locked ? say("Unlock") : say("Lock"), () => widget.flag("locked")),
      button(region.hidden ? say("Show") : say("Hide"), () => widget.flag("hidden")), button(say("Delete"), () => widget.remove()),
      ...(widget.kinds.length ? [button(say("Link"), () => widget.link())] : []),
    );
  }
}
