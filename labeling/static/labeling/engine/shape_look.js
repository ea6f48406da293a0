// The look of a drawing widget around its shapes: the toolbar, the labels to choose from, the picture's brightness.
import { hint } from "../keys.js";
import { TOOLS } from "./tools.js";

const SVG = "http://www.w3.org/2000/svg";
const PENTAGON = "M10 2.5l7 5-2.5 9h-9L3 7.5z";
/** Lines on a square of 20; `!` before those that are filled. */
const ICONS = {
  select: "!M4.5 2.5l3.6 14 2.7-5.2 5.7-1.8z", box: "M3 5h14v10H3z", extreme: "M6 6h8v8H6zM10 2.5V5M10 15v2.5M2.5 10H5M15 10h2.5", polygon: PENTAGON,
  line: "M2.5 15.5l5-8 4 5 6-9", point: "M10 2.5v4M10 13.5v4M2.5 10h4M13.5 10h4M10 10h.01", keypoints: "M10 3v8.5M10 6.5L4.5 9.5M10 6.5l5.5 3M10 11.5L6 17M10 11.5l4 5.5",
  ellipse: "M2.5 10a7.5 5 0 1 0 15 0a7.5 5 0 1 0-15 0z", mask: "M17 3L9.5 10.5M6.2 11c-2.4.2-1.7 3.4-3.7 4.9 3.2 1.6 6.7.4 6.5-2.6C9 12 7.8 10.9 6.2 11z",
  erase: "M8 16.5l-4.5-4.5L12 3.5 16.5 8zM7.5 8l4.5 4.5M8 16.5h9", fill: `!${PENTAGON}`,
};

function icon(lines) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", lines.startsWith("!") ? "icon is-filled" : "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", lines.replace("!", ""));
  svg.append(path);
  return svg;
}

export function buildTools(widget, stage) {
  const bar = document.createElement("div");
  bar.className = "shape-tools";
  bar.role = "toolbar";
  bar.ariaLabel = gettext("Tools");
  widget.buttons = widget.tools.map((name) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-icon", title: toolName(name), ariaLabel: toolName(name) });
    button.append(icon(ICONS[name]), hint(TOOLS[name]?.key ?? "V", `tool.${name}`));
    button.addEventListener("click", () => widget.pick(name));
    button.disabled = widget.readonly;
    button.dataset.tool = name;
    return button;
  });
  bar.append(...widget.buttons);
  stage.querySelector(".stage").append(bar);
}

export function toolName(name) {
  return {
    select: gettext("Select and edit"), box: gettext("Box"), extreme: gettext("Box by its four outermost points"), polygon: gettext("Polygon"),
    line: gettext("Line"), point: gettext("Point"), keypoints: gettext("Skeleton"), ellipse: gettext("Ellipse"),
    mask: gettext("Mask"), erase: gettext("Eraser"), fill: gettext("Mask, filled outline"),
  }[name];
}

export function buildLabels(widget) {
  widget.radios = widget.config.labels.map((label, n) => {
    const row = document.createElement("label");
    row.className = "choice";
    const input = Object.assign(document.createElement("input"), { type: "radio", name: widget.uid, checked: label === widget.label, disabled: widget.readonly });
    input.addEventListener("change", () => widget.choose(label));
    const swatch = Object.assign(document.createElement("span"), { className: `swatch swatch-${label.color}` });
    const text = Object.assign(document.createElement("span"), { className: "choice-text", dir: "auto", textContent: label.label });
    row.append(input, swatch, text, ...(label.key ? [hint(label.key, `label.${n}`)] : []));
    widget.part("labels").append(row);
    return input;
  });
}

/** Brightness and contrast of the picture follow their two sliders. */
export function followLook(widget) {
  const sliders = [...widget.querySelectorAll("[data-look]")];
  const look = () => widget.viewport.look(sliders.map((slider) => `${slider.dataset.look}(${slider.value}%)`).join(" "));
  for (const slider of sliders) slider.addEventListener("input", look);
}

export function inkOn(color) {
  const [r, g, b] = (color.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
  return r * 0.3 + g * 0.6 + b * 0.1 > 140 ? "#000" : "#fff";
}
