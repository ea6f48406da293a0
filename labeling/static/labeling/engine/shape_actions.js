// The keys of the drawing widgets, the same as the server's map.
import { hasCopy } from "./clipboard.js";
import { TOOLS } from "./tools.js";

const WAYS = [["Left", -1, 0], ["Right", 1, 0], ["Up", 0, -1], ["Down", 0, 1]];
const LEAP = 10;
const TURN = Math.PI / 36;

export function shapeActions(widget) {
  const group = gettext("Regions");
  const action = (id, key, label, run) => ({ id, key, label, run, group });
  const nice = { Left: gettext("left"), Right: gettext("right"), Up: gettext("up"), Down: gettext("down") };
  return [
    ...widget.config.labels.flatMap((label, n) => (label.key ? [{ ...action(`label.${n}`, label.key, label.label, () => widget.choose(label)), group: gettext("Answer") }] : [])),
    ...widget.tools.map((name) => ({ ...action(`tool.${name}`, TOOLS[name]?.key ?? "V", widget.toolName(name), () => widget.pick(name)), group: gettext("Tools") })),
    { ...action("region.next", "J", gettext("Next region"), () => widget.step(1)), inLists: true },
    { ...action("region.previous", "K", gettext("Previous region"), () => widget.step(-1)), inLists: true },
    action("region.delete", "Delete", gettext("Delete region"), () => widget.remove()),
    action("region.back", "Backspace", gettext("Remove the last vertex, or the region"), () => widget.back()),
    action("region.duplicate", "D", gettext("Duplicate"), () => widget.duplicate()),
    { ...action("region.copy", "Ctrl+C", gettext("Copy to the next picture: the chosen region, or all"), () => widget.copy()), when: () => getSelection().isCollapsed },
    action("region.copyall", "Shift+C", gettext("Copy to the next picture: all regions"), () => widget.copy(true)),
    { ...action("region.paste", "Ctrl+V", gettext("Paste what was copied"), () => hasCopy() && widget.paste()), when: hasCopy },
    action("region.hide", "H", gettext("Hide or show region"), () => widget.flag("hidden")),
    action("region.lock", "Shift+H", gettext("Lock or unlock region"), () => widget.flag("locked")),
    ...(widget.hasPoints ? [
      action("point.next", "Shift+J", gettext("Next point of the region"), () => widget.stepPoint(1)),
      action("point.previous", "Shift+K", gettext("Previous point of the region"), () => widget.stepPoint(-1)),
    ] : []),
    ...(widget.hasPoints ? [action("point.add", "Shift+P", gettext("Add a point: after the chosen one, or one that the skeleton lacks"), () => widget.addPoint())] : []),
    ...(widget.geometries.has("keypoints") ? [action("point.skip", "Shift+N", gettext("Leave out the next point of the skeleton"), () => widget.skipPoint())] : []),
    action("region.close", "C", gettext("Close the shape"), () => widget.close()),
    action("region.front", "PageUp", gettext("Bring forward"), () => widget.order(1)),
    action("region.behind", "PageDown", gettext("Send backward"), () => widget.order(-1)),
    ...(widget.config.cover ? [action("fill.rest", "Shift+G", gettext("Paint what is left"), () => widget.paintRest())] : []),
    ...(widget.config.paged ? [
      action("page.next", "Shift+PageDown", gettext("Next page"), () => widget.pages.step(1)),
      action("page.previous", "Shift+PageUp", gettext("Previous page"), () => widget.pages.step(-1)),
    ] : []),
    ...(widget.kinds.length ? [action("link", "R", gettext("Link from the region; once more for the next kind"), () => widget.link())] : []),
    ...(widget.asksAttributes ? [action("attributes", "W", gettext("Fill in the attributes"), () => widget.fillIn())] : []),
    action("turn.left", ",", widget.geometries.has("mask") ? gettext("Turn left; narrower brush") : gettext("Turn left"), () => widget.turn(-TURN)),
    action("turn.right", ".", widget.geometries.has("mask") ? gettext("Turn right; wider brush") : gettext("Turn right"), () => widget.turn(TURN)),
    ...WAYS.flatMap(([name, x, y]) => [
      action(`move.${name}`, `Arrow${name}`, `${gettext("Move")}: ${nice[name]}`, () => widget.arrow(x, y)),
      action(`leap.${name}`, `Shift+Arrow${name}`, `${gettext("Move by ten pixels")}: ${nice[name]}`, () => widget.arrow(LEAP * x, LEAP * y)),
      action(`size.${name}`, `Alt+Arrow${name}`, `${gettext("Resize")}: ${nice[name]}`, () => widget.resize(x, y)),
      action(`grow.${name}`, `Alt+Shift+Arrow${name}`, `${gettext("Resize by ten pixels")}: ${nice[name]}`, () => widget.resize(LEAP * x, LEAP * y)),
    ]),
    ...widget.viewport.actions(),
  ];
}
