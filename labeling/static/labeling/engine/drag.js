// Rows of a list, dragged with mouse, pen or finger (by the grip, so that a finger can still scroll the list).

const BEGINS_PX = 5;
const PLACES = ["before", "onto", "after"];

/** @param {{ onto: boolean, drop: (from: Element, to: Element, where: string) => void }} options `onto`: rows may be dropped on each other */
export function dragRows(list, { onto, drop }) {
  let drag = null;
  const clear = () => { for (const row of list.children) row.classList.remove("is-dragged", ...PLACES.map((place) => `drop-${place}`)); };

  const target = (y) => {
    const rows = [...list.children];
    const row = rows.find((each) => y < each.getBoundingClientRect().bottom) ?? rows.at(-1);
    const { top, height } = row.getBoundingClientRect();
    const share = (y - top) / height;
    if (onto && share > 0.3 && share < 0.7) return { row, where: "onto" };
    return { row, where: share < 0.5 ? "before" : "after" };
  };

  list.addEventListener("pointerdown", (event) => {
    const row = event.target.closest("li");
    if (!row || event.button || (event.pointerType === "touch" && !event.target.closest(".rank-grip"))) return;
    drag = { row, y: event.clientY, id: event.pointerId, to: null };
    list.setPointerCapture(event.pointerId);
  });
  list.addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    if (!drag.to && Math.abs(event.clientY - drag.y) < BEGINS_PX) return;
    drag.to = target(event.clientY);
    clear();
    drag.row.classList.add("is-dragged");
    if (drag.to.row !== drag.row) drag.to.row.classList.add(`drop-${drag.to.where}`);
  });
  list.addEventListener("pointerup", (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    const { row, to } = drag;
    drag = null;
    clear();
    row.focus({ preventScroll: true });
    if (to && to.row !== row) drop(row, to.row, to.where);
  });
  const cancel = () => { drag = null; clear(); };
  list.addEventListener("pointercancel", cancel);
  list.addEventListener("keydown", (event) => { if (event.key === "Escape" && drag) cancel(); });
}
