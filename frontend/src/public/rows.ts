// The table: every view can be read as one, and sorted by any column.
import { element } from "./elements";
import type { Choice, Row, Snapshot, View } from "./snapshot";

export function fillRows(place: HTMLElement, snapshot: Snapshot, view: View, rows: Row[], choice: Choice, onSort: (column: number, down: boolean) => void): void {
  const dimensions = snapshot.levels[view.level]!.dimensions;
  const names = [...dimensions, ...snapshot.measures.map(({ label }) => label)];
  const head = names.map((name, column) => {
    const isSorted = choice.sorted?.column === column;
    const down = isSorted ? !choice.sorted!.down : column >= dimensions.length;
    const button = element("button", { type: "button" }, isSorted ? `${name} ${choice.sorted!.down ? "↓" : "↑"}` : name);
    button.addEventListener("click", () => {
      onSort(column, down);
      place.querySelectorAll<HTMLElement>("thead button")[column]?.focus();
    });
    const order = isSorted ? (choice.sorted!.down ? "descending" : "ascending") : null;
    return element("th", { scope: "col", dir: "auto", "aria-sort": order, class: column >= dimensions.length ? "is-number" : null }, button);
  });
  const body = rows.map(([labels, figures]) =>
    element(
      "tr",
      {},
      ...labels.map((label, at) => (at === 0 ? element("th", { scope: "row", dir: "auto" }, label) : element("td", { dir: "auto" }, label))),
      ...figures.map(([, text]) => element("td", { class: "is-number" }, text)),
    ),
  );
  place.replaceChildren(element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body)));
}

export function fillFigures(place: HTMLElement, snapshot: Snapshot, view: View): void {
  const figures = view.rows[0]?.[1] ?? [];
  place.replaceChildren(
    ...snapshot.measures.map(({ label }, at) => element("div", {}, element("dd", { dir: "auto" }, figures[at]?.[1] || "–"), element("dt", { dir: "auto" }, label))),
  );
}
