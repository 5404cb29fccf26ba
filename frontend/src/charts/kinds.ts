// The kinds of chart a sheet can hold: their names, how much data they take, their usual size, and where
// their code is. The code of a kind is fetched when a sheet first needs it.
import type { Size } from "../model/grid";
import type { ObjectProperties } from "../qix/types";
import { cubeDefOf } from "./cubes";

export type Kind =
  | "barchart"
  | "groupedbars"
  | "stackedbars"
  | "linechart"
  | "areachart"
  | "combochart"
  | "piechart"
  | "mekkochart"
  | "funnelchart"
  | "sankeychart"
  | "waterfallchart"
  | "bulletchart"
  | "scatterplot"
  | "gridchart"
  | "histogram"
  | "boxplot"
  | "distributionplot"
  | "kpi"
  | "table"
  | "pivottable"
  | "listbox";

export interface Slots {
  least: number;
  most: number;
  /** What each column is for, where that is not the same for all. */
  roles?: readonly string[];
}

export interface KindInfo {
  kind: Kind;
  /** What the drawing is called in the properties; several kinds may be drawings of the same name. */
  visualization: string;
  /** What the properties of this kind hold beside that name, and those of its siblings do not. */
  marks?: Readonly<Record<string, unknown>>;
  label: string;
  hint: string;
  dimensions: Slots;
  measures: Slots;
  /** A second dimension splits the measure, and takes the place of further ones; at least so many columns are needed. */
  splitsFrom?: number;
  /** Whether a person chooses what the values are sorted by. */
  isSorted?: boolean;
  /** How many values of each dimension are shown before the rest are "Others". */
  shown?: readonly (number | null)[];
  size: Size;
  smallest: Size;
  load?: () => Promise<unknown>;
}

const chart = (module: Promise<{ default: unknown }>) => module.then((found) => found.default);
const exactly = (number: number, roles?: readonly string[]): Slots => ({ least: number, most: number, roles });
const between = (least: number, most: number, roles?: readonly string[]): Slots => ({ least, most, roles });

const WIDE = { size: { w: 12, h: 5 }, smallest: { w: 4, h: 3 } };
const COMPACT = { size: { w: 8, h: 5 }, smallest: { w: 4, h: 3 } };
const bars = () => chart(import("@nebula.js/sn-bar-chart"));
const lines = () => chart(import("@nebula.js/sn-line-chart"));

export const KINDS: readonly KindInfo[] = [
  {
    kind: "barchart",
    visualization: "barchart",
    label: "Bar chart",
    hint: "Compare a measure between values",
    dimensions: exactly(1),
    measures: exactly(1),
    isSorted: true,
    ...WIDE,
    load: bars,
  },
  {
    kind: "groupedbars",
    visualization: "barchart",
    marks: { barGrouping: { grouping: "grouped" } },
    label: "Grouped bars",
    hint: "Compare side by side: a measure by two dimensions, or several measures",
    dimensions: between(1, 2, ["Bars for each", "Side by side"]),
    measures: between(1, 6),
    splitsFrom: 3,
    shown: [null, 12],
    ...WIDE,
    load: bars,
  },
  {
    kind: "stackedbars",
    visualization: "barchart",
    marks: { barGrouping: { grouping: "stacked" } },
    label: "Stacked bars",
    hint: "See what each bar is made of: a measure by two dimensions, or several measures",
    dimensions: between(1, 2, ["Bars for each", "Made of"]),
    measures: between(1, 6),
    splitsFrom: 3,
    shown: [null, 12],
    ...WIDE,
    load: bars,
  },
  {
    kind: "linechart",
    visualization: "linechart",
    label: "Line chart",
    hint: "Follow measures over time",
    dimensions: between(1, 2, ["Along the axis", "A line for each"]),
    measures: between(1, 6),
    splitsFrom: 2,
    shown: [null, 12],
    ...WIDE,
    load: lines,
  },
  {
    kind: "areachart",
    visualization: "linechart",
    marks: { lineType: "area" },
    label: "Area chart",
    hint: "Follow amounts over time",
    dimensions: between(1, 2, ["Along the axis", "An area for each"]),
    measures: between(1, 6),
    splitsFrom: 2,
    shown: [null, 12],
    ...WIDE,
    load: lines,
  },
  {
    kind: "combochart",
    visualization: "combochart",
    label: "Combo chart",
    hint: "Bars and lines above the same values",
    dimensions: exactly(1),
    measures: between(2, 6, ["Bars", "Line", "Line", "Line", "Line", "Line"]),
    ...WIDE,
    load: () => chart(import("@nebula.js/sn-combo-chart")),
  },
  {
    kind: "piechart",
    visualization: "piechart",
    label: "Pie chart",
    hint: "Show shares of a whole",
    dimensions: exactly(1),
    measures: exactly(1),
    isSorted: true,
    ...COMPACT,
    load: () => chart(import("@nebula.js/sn-pie-chart")),
  },
  {
    kind: "mekkochart",
    visualization: "mekkochart",
    label: "Mekko chart",
    hint: "Shares of shares: width and height both count",
    dimensions: exactly(2, ["Columns", "Made of"]),
    measures: exactly(1),
    shown: [15, 12],
    ...WIDE,
    load: () => chart(import("@nebula.js/sn-mekko-chart")),
  },
  {
    kind: "funnelchart",
    visualization: "sn-funnel-chart",
    label: "Funnel",
    hint: "See what is left at each stage",
    dimensions: exactly(1),
    measures: exactly(1),
    shown: [12],
    ...COMPACT,
    load: () => chart(import("@nebula.js/sn-funnel-chart")),
  },
  {
    kind: "sankeychart",
    visualization: "sn-sankey-chart",
    label: "Sankey",
    hint: "Follow amounts from one dimension to the next",
    dimensions: between(2, 5, ["From", "To", "Then to", "Then to", "Then to"]),
    measures: exactly(1),
    shown: [15, 15, 15, 15, 15],
    ...WIDE,
    load: () => chart(import("@nebula.js/sn-sankey-chart")),
  },
  {
    kind: "waterfallchart",
    visualization: "waterfallchart",
    label: "Waterfall",
    hint: "See how measures add up",
    dimensions: exactly(0),
    measures: between(1, 12),
    ...WIDE,
    load: () => chart(import("@nebula.js/sn-waterfall")),
  },
  {
    kind: "bulletchart",
    visualization: "bulletchart",
    label: "Bullet chart",
    hint: "Compare a number with its target",
    dimensions: between(0, 1),
    measures: between(1, 2, ["Value", "Target"]),
    ...WIDE,
    load: () => chart(import("@nebula.js/sn-bullet-chart")),
  },
  {
    kind: "scatterplot",
    visualization: "scatterplot",
    label: "Scatter plot",
    hint: "See how two measures go together; a third makes bubbles",
    dimensions: exactly(1, ["A point for each"]),
    measures: between(2, 3, ["Across", "Up", "Size"]),
    ...WIDE,
    load: () => chart(import("@nebula.js/sn-scatter-plot")),
  },
  {
    kind: "gridchart",
    visualization: "sn-grid-chart",
    label: "Grid chart",
    hint: "Two dimensions crossed, with a circle as large as the measure",
    dimensions: exactly(2, ["Across", "Up"]),
    measures: exactly(1, ["Size"]),
    ...WIDE,
    load: () => chart(import("@nebula.js/sn-grid-chart")),
  },
  {
    kind: "histogram",
    visualization: "histogram",
    label: "Histogram",
    hint: "See how the numbers of a field are spread",
    dimensions: exactly(1, ["Numbers of"]),
    measures: exactly(0),
    ...WIDE,
    load: () => chart(import("@nebula.js/sn-histogram")),
  },
  {
    kind: "boxplot",
    visualization: "boxplot",
    label: "Box plot",
    hint: "Compare medians, quartiles and outliers",
    dimensions: between(1, 2, ["A point for each", "A box for each"]),
    measures: exactly(1),
    ...WIDE,
    load: () => chart(import("@nebula.js/sn-boxplot")),
  },
  {
    kind: "distributionplot",
    visualization: "distributionplot",
    label: "Distribution",
    hint: "See every single point along an axis",
    dimensions: between(1, 2, ["A point for each", "A row for each"]),
    measures: exactly(1),
    ...WIDE,
    load: () => chart(import("@nebula.js/sn-distributionplot")),
  },
  {
    kind: "kpi",
    visualization: "kpi",
    label: "KPI",
    hint: "One number, large",
    dimensions: exactly(0),
    measures: between(1, 2),
    size: { w: 6, h: 2 },
    smallest: { w: 3, h: 2 },
    load: () => chart(import("@nebula.js/sn-kpi")),
  },
  {
    kind: "table",
    visualization: "table",
    label: "Table",
    hint: "Read the exact numbers",
    dimensions: between(0, 20),
    measures: between(0, 20),
    isSorted: true,
    ...WIDE,
    load: () => chart(import("@nebula.js/sn-table")),
  },
  {
    kind: "pivottable",
    visualization: "sn-pivot-table",
    label: "Pivot table",
    hint: "Cross dimensions, and open and close their values",
    dimensions: between(1, 20),
    measures: between(1, 20),
    ...WIDE,
    load: () => chart(import("@nebula.js/sn-pivot-table")),
  },
  {
    kind: "listbox",
    visualization: "listbox",
    label: "List box",
    hint: "Select values of a field",
    dimensions: exactly(1),
    measures: exactly(0),
    size: { w: 4, h: 5 },
    smallest: { w: 3, h: 3 },
  },
];

const OTHER_NAMES: Record<string, string> = { "sn-table": "table", "sn-listbox": "listbox", "pivot-table": "sn-pivot-table" };

export function kindInfo(kind: Kind): KindInfo {
  return KINDS.find((info) => info.kind === kind)!;
}

/** The kinds that are drawings of this name, the plainest first; none for drawings that this page does not know. */
function drawings(visualization: string): KindInfo[] {
  const name = OTHER_NAMES[visualization] ?? visualization;
  return KINDS.filter((info) => info.visualization === name);
}

/** What we know of a visualization by its name in the properties; null for those that this page cannot draw. */
export function drawingInfo(visualization: string): KindInfo | null {
  return drawings(visualization)[0] ?? null;
}

function bears(found: unknown, marks: unknown): boolean {
  if (typeof marks !== "object" || marks === null) return found === marks;
  return typeof found === "object" && found !== null && Object.entries(marks).every(([name, mark]) => bears((found as Record<string, unknown>)[name], mark));
}

/** Which kind an object is: of all drawings of its name, the most special one whose marks it bears. */
export function kindOf(properties: ObjectProperties): Kind | null {
  const siblings = drawings(properties.visualization ?? properties.qInfo.qType);
  const cube = cubeDefOf(properties);
  const columns = (cube?.qDimensions.length ?? 0) + (cube?.qMeasures.length ?? 0);
  const fitting = siblings.filter(({ marks, splitsFrom }) => bears(properties, marks ?? {}) && columns >= (splitsFrom ?? 0));
  return (fitting.at(-1) ?? siblings[0])?.kind ?? null;
}
