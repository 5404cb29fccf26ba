// A published chart as it travels (docs/published-chart.md), and the view of it that is looked at.

export type Kind = "bar" | "line" | "pie" | "table" | "kpi" | "combo" | "scatter" | "funnel" | "grid" | "mekko" | "sankey" | "waterfall" | "bullet" | "histogram" | "box" | "distribution" | "pivot";
export type Order = "given" | "up" | "down" | "name";

/** A number and how it is written; null where there is none. */
export type Figure = [number | null, string];
export type Row = [labels: string[], figures: Figure[]];

export interface View {
  level: number;
  /** The position of the chosen value of each filter; -1: all. */
  filters: number[];
  rows: Row[];
  hides: boolean;
  cut: boolean;
  words: string;
}

export interface Measure {
  label: string;
  drawn: "bar" | "line" | "target" | "plus" | "minus" | "total" | "";
  axis: 0 | 1;
  percent: boolean;
}

export interface Snapshot {
  format: string;
  kind: Kind;
  look: { stacked: boolean; horizontal: boolean; area: boolean; donut: boolean; left: number };
  title: string;
  note: string;
  source: string;
  language: string;
  theme: "auto" | "light" | "dark";
  date: string;
  measures: Measure[];
  levels: { label: string; dimensions: string[] }[];
  filters: { label: string; values: string[] }[];
  views: View[];
}

/** What a viewer has chosen. `sorted`: by which column (labels first, then measures); for tables. */
export interface Choice {
  level: number;
  filters: number[];
  order: Order;
  sorted?: { column: number; down: boolean } | undefined;
}

/** Whether a chart is read as a table at once, without a picture. */
export function isTable({ kind }: Snapshot): boolean {
  return kind === "table" || kind === "pivot";
}

export function firstChoice(snapshot: Snapshot): Choice {
  return { level: 0, filters: snapshot.filters.map(() => -1), order: "given" };
}

export function viewOf(snapshot: Snapshot, { level, filters }: Choice): View {
  const found = snapshot.views.find((view) => view.level === level && view.filters.every((value, place) => value === filters[place]));
  return found ?? snapshot.views[0]!;
}

/** The view's rows in the chosen order; the published one is left alone. */
export function ordered(snapshot: Snapshot, view: View, choice: Choice): Row[] {
  const compare = comparison(snapshot, choice, snapshot.levels[view.level]!.dimensions.length);
  return compare ? [...view.rows].sort(compare) : view.rows;
}

function comparison(snapshot: Snapshot, { order, sorted }: Choice, width: number): ((one: Row, other: Row) => number) | null {
  const collator = new Intl.Collator(snapshot.language, { numeric: true });
  const byFigure = (place: number, down: boolean) => (one: Row, other: Row) => compareNumbers(one[1][place]?.[0] ?? null, other[1][place]?.[0] ?? null, down);
  const byLabel = (place: number, down: boolean) => (one: Row, other: Row) => collator.compare(one[0][place] ?? "", other[0][place] ?? "") * (down ? -1 : 1);
  if (sorted) return sorted.column < width ? byLabel(sorted.column, sorted.down) : byFigure(sorted.column - width, sorted.down);
  if (order === "up" || order === "down") return byFigure(0, order === "down");
  return order === "name" ? byLabel(0, false) : null;
}

/** What has no number comes last either way. */
function compareNumbers(one: number | null, other: number | null, down: boolean): number {
  if (one === null || other === null) return one === other ? 0 : one === null ? 1 : -1;
  return down ? other - one : one - other;
}
