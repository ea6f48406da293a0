// Copying to the next picture of the project: what was drawn here is set down there, at the same place.
import { say, sayMany } from "../text.js";
import { copied, copy, fittingCopy } from "./clipboard.js";
import { ShapeLinking } from "./shape_linking.js";
import { moved } from "./shapes.js";

const ASIDE = 10; // on the picture it came from a copy is not set on top of it

export class ShapeCopying extends ShapeLinking {
  /** The buttons for whoever has no keys. What was copied may have been so on a picture before. */
  showCopies() {
    const count = copied(this);
    const paste = this.part("paste");
    this.part("copies").hidden = this.readonly || !(this.regions.length || count);
    this.part("copy").hidden = !this.regions.length;
    paste.hidden = !count;
    paste.textContent = sayMany("Paste %(count)s region", "Paste %(count)s regions", count);
  }

  connectedCallback() {
    if (this.list) this.showCopies();
  }

  /** The chosen region, or all. */
  copy(all = !this.selected) {
    const regions = all ? this.regions : [this.selected];
    if (!regions.length) return this.fire("announce", { text: say("Nothing to copy.") });
    copy(this, regions);
    this.showCopies();
    this.fire("announce", { text: sayMany("Copied %(count)s region. Ctrl+V sets it into another picture.", "Copied %(count)s regions. Ctrl+V sets them into another picture.", regions.length) });
  }

  paste() {
    if (this.readonly) return;
    const { shapes, links, refused, isHere } = fittingCopy(this);
    const made = shapes.map((shape) => shape && this.made(isHere ? moved(shape, ASIDE, ASIDE, this.grid) : shape));
    const added = made.filter(Boolean);
    if (added.length) {
      const joined = links.map(({ from, to, type }) => ({ from: made[from].id, to: made[to].id, type }));
      const text = sayMany("Pasted %(count)s region", "Pasted %(count)s regions", added.length);
      this.commit([...this.regions, ...added], added.at(-1).id, text, [...this.links, ...joined]);
    }
    if (refused.length) this.showProblems(refused.map((message) => ({ path: "annotations", message })));
  }
}
