// The look of a drawing widget around its shapes: the toolbar, the labels to choose from, the picture's brightness.
import { follow, hint } from "../keys.js";
import { TOOLS } from "./tools.js";

export function buildTools(widget, stage) {
  const bar = document.createElement("div");
  bar.className = "shape-tools";
  bar.role = "toolbar";
  bar.ariaLabel = gettext("Tools");
  widget.buttons = widget.tools.map((name) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-icon", title: toolName(name), ariaLabel: toolName(name) });
    const key = TOOLS[name]?.key ?? "V";
    follow(button, key, `tool.${name}`, key);
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
