// The links in the panel: each with a button to delete it, and the one that is being made with what can be done.
import { hint } from "../keys.js";
import { say } from "../text.js";
import { linkText } from "./links.js";

export class LinkList {
  #listed = null;

  constructor(widget) {
    this.widget = widget;
    this.section = widget.part("links-section");
    this.section.hidden = !widget.kinds.length;
    this.bar = widget.part("linking");
  }

  update() {
    const { widget } = this;
    if (!widget.kinds.length) return;
    const { linking } = widget;
    if (this.bar.contains(document.activeElement)) widget.part("document").focus({ preventScroll: true }); // where Enter sets the link
    this.bar.hidden = !linking;
    if (linking) {
      const text = linkText(widget, { from: linking.from.id, to: linking.to?.id, type: linking.kind.value });
      this.bar.replaceChildren(
        Object.assign(document.createElement("span"), { className: "link-text", dir: "auto", textContent: text }),
        this.#button(gettext("Set"), "Enter", () => widget.setLink(), !linking.to),
        ...(linking.kinds.length > 1 ? [this.#button(gettext("Next kind"), "R", () => widget.link(), false, "link")] : []),
        this.#button(gettext("Cancel"), "Esc", () => widget.cancel()),
      );
    }
    if (this.#listed?.links === widget.links && this.#listed.regions === widget.regions) return;
    this.#listed = { links: widget.links, regions: widget.regions };
    widget.part("links-title").textContent = say("Links (%(count)s)", { count: widget.links.length });
    const held = widget.part("links").contains(document.activeElement);
    widget.part("links").replaceChildren(...widget.links.map((link) => this.#row(link)));
    if (held) widget.part("regions").focus({ preventScroll: true });
    widget.part("links-empty").hidden = widget.links.length > 0;
  }

  #row(link) {
    const { widget } = this;
    const row = document.createElement("li");
    row.className = "link-row";
    const text = linkText(widget, link);
    row.append(Object.assign(document.createElement("span"), { className: "link-text", dir: "auto", textContent: text }));
    if (widget.readonly) return row;
    const remove = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-quiet btn-icon", textContent: "×", ariaLabel: say("Delete the link %(link)s", { link: text }) });
    remove.addEventListener("click", () => widget.unlink(link));
    row.append(remove);
    return row;
  }

  #button(text, key, run, disabled = false, id = "") {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-quiet", disabled });
    button.append(hint(key, id), text);
    button.addEventListener("click", run);
    return button;
  }
}
