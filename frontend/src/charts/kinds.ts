// The kinds of chart a sheet can hold: their names, how much data they take, their usual size, and where
// their code is. The code of a kind is fetched when a sheet first needs it.
import type { Size } from "../model/grid";

export type Kind = "barchart" | "linechart" | "piechart" | "table" | "kpi" | "listbox";

export interface Slots {
  least: number;
  most: number;
}

export interface KindInfo {
  kind: Kind;
  label: string;
  hint: string;
  dimensions: Slots;
  measures: Slots;
  size: Size;
  smallest: Size;
  load?: () => Promise<unknown>;
}

const chart = (module: Promise<{ default: unknown }>) => module.then((found) => found.default);

export const KINDS: readonly KindInfo[] = [
  {
    kind: "barchart",
    label: "Bar chart",
    hint: "Compare a measure between values",
    dimensions: { least: 1, most: 1 },
    measures: { least: 1, most: 1 },
    size: { w: 12, h: 5 },
    smallest: { w: 4, h: 3 },
    load: () => chart(import("@nebula.js/sn-bar-chart")),
  },
  {
    kind: "linechart",
    label: "Line chart",
    hint: "Follow measures over time",
    dimensions: { least: 1, most: 1 },
    measures: { least: 1, most: 6 },
    size: { w: 12, h: 5 },
    smallest: { w: 4, h: 3 },
    load: () => chart(import("@nebula.js/sn-line-chart")),
  },
  {
    kind: "piechart",
    label: "Pie chart",
    hint: "Show shares of a whole",
    dimensions: { least: 1, most: 1 },
    measures: { least: 1, most: 1 },
    size: { w: 8, h: 5 },
    smallest: { w: 4, h: 3 },
    load: () => chart(import("@nebula.js/sn-pie-chart")),
  },
  {
    kind: "table",
    label: "Table",
    hint: "Read the exact numbers",
    dimensions: { least: 0, most: 20 },
    measures: { least: 0, most: 20 },
    size: { w: 12, h: 5 },
    smallest: { w: 4, h: 3 },
    load: () => chart(import("@nebula.js/sn-table")),
  },
  {
    kind: "kpi",
    label: "KPI",
    hint: "One number, large",
    dimensions: { least: 0, most: 0 },
    measures: { least: 1, most: 2 },
    size: { w: 6, h: 2 },
    smallest: { w: 3, h: 2 },
    load: () => chart(import("@nebula.js/sn-kpi")),
  },
  {
    kind: "listbox",
    label: "List box",
    hint: "Select values of a field",
    dimensions: { least: 1, most: 1 },
    measures: { least: 0, most: 0 },
    size: { w: 4, h: 5 },
    smallest: { w: 3, h: 3 },
  },
];

const OTHER_NAMES: Record<string, Kind> = { "sn-table": "table", "sn-listbox": "listbox" };

/** What we know of a visualization by its name in the properties; null for kinds that this page cannot draw. */
export function kindInfo(visualization: string): KindInfo | null {
  const name = OTHER_NAMES[visualization] ?? visualization;
  return KINDS.find((info) => info.kind === name) ?? null;
}
