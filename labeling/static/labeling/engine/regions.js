// The list of regions beside the picture: everything drawn, as options that can be chosen, and the numbers of the chosen one.
import { say } from "../text.js";
import { sizeOf } from "./shapes.js";

const NUMBERS = { box: ["left", "top", "width", "height"], ellipse: ["radius_x", "radius_y"], point: ["x", "y"] };
const NAMES = { left: "Left", top: "Top", width: "Width", height: "Height", radius_x: "Radius across", radius_y: "Radius down", x: "X", y: "Y" };

export class RegionList {
  #rows = new Map();

  constructor(widget) {
    this.widget = widget;
    this.list = widget.part("regions");
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
    const seen = new Map();
    const rows = widget.regions.map((region) => {
      let row = this.#rows.get(region.id);
      if (row?.region !== region) row = this.#row(region);
      seen.set(region.id, row);
      row.element.ariaSelected = String(widget.selected?.id === region.id);
      return row.element;
    });
    this.#rows = seen;
    if (rows.length !== this.list.children.length || rows.some((row, n) => row !== this.list.children[n])) this.list.replaceChildren(...rows);
    const chosen = seen.get(widget.selected?.id)?.element;
    if (chosen) this.list.setAttribute("aria-activedescendant", chosen.id);
    else this.list.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView?.({ block: "nearest" });
    widget.part("regions-title").textContent = say("Regions (%(count)s)", { count: rows.length });
    widget.part("empty").hidden = rows.length > 0;
    this.#fields();
  }

  #row(region) {
    const label = this.widget.labelOf(region.shape);
    const element = document.createElement("li");
    element.role = "option";
    element.id = `${this.widget.uid}-region-${region.id}`;
    element.dataset.id = region.id;
    element.className = "region";
    const swatch = document.createElement("span");
    swatch.className = `swatch swatch-${label.color}`;
    const name = document.createElement("span");
    name.className = "region-name";
    name.dir = "auto";
    name.textContent = label.label + (region.hidden ? ` · ${say("hidden")}` : "") + (region.locked ? ` · ${say("locked")}` : "");
    const size = document.createElement("span");
    size.className = "region-size";
    size.textContent = sizeOf(region.shape);
    element.append(swatch, name, size);
    if (region.suggested) element.append(Object.assign(document.createElement("span"), { className: "chip chip-warn", textContent: say("suggested") }));
    element.ariaLabel = this.widget.describe(region);
    return { region, element };
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
      text.textContent = gettext(NAMES[name]);
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
    );
  }
}
