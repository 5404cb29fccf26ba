// The table: every view can be read as one, and sorted by any column.
import { element } from "./elements";
import { pivoted, spans } from "./pivot";
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

/** The view crossed: what belongs together has one heading. */
export function fillPivot(place: HTMLElement, snapshot: Snapshot, view: View): void {
  const { names, heads, lines } = pivoted(snapshot, view, view.rows);
  const measures = snapshot.measures.length;
  const isCrossed = heads.some(({ labels }) => labels);
  const sides = names.map((name) => element("th", { scope: "col", dir: "auto", rowspan: isCrossed ? "2" : null }, name));
  const groups = heads.filter((_, at) => at % Math.max(measures, 1) === 0).map(({ labels }) => element("th", { scope: "colgroup", dir: "auto", colspan: String(measures), class: "is-number" }, labels));
  const columns = heads.map(({ measure }) => element("th", { scope: "col", dir: "auto", class: "is-number" }, measure));
  const head = isCrossed ? [element("tr", {}, ...sides, ...groups), element("tr", {}, ...columns)] : [element("tr", {}, ...sides, ...columns)];
  const spanned = names.map((_, column) => spans(lines, column));
  const body = lines.map(({ labels, cells }, line) =>
    element(
      "tr",
      {},
      ...labels.flatMap((label, column) => {
        const span = spanned[column]![line]!;
        return span ? [element("th", { scope: span > 1 ? "rowgroup" : "row", rowspan: span > 1 ? String(span) : null, dir: "auto" }, label)] : [];
      }),
      ...cells.map((text) => element("td", { class: "is-number" }, text)),
    ),
  );
  place.replaceChildren(element("table", { class: "is-pivot" }, element("thead", {}, ...head), element("tbody", {}, ...body)));
}

export function fillFigures(place: HTMLElement, snapshot: Snapshot, view: View): void {
  const figures = view.rows[0]?.[1] ?? [];
  place.replaceChildren(
    ...snapshot.measures.map(({ label }, at) => element("div", {}, element("dd", { dir: "auto" }, figures[at]?.[1] || "–"), element("dt", { dir: "auto" }, label))),
  );
}
