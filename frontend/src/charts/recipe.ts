// A chart as the settings panel sees it (kind, title, dimensions, measures, order), and the way from there
// to QIX properties and back.
import { bareField, measureLabel, quoted, readAggregate } from "../model/fields";
import type { CubeDef, ObjectProperties } from "../qix/types";
import { cubeDefOf, targetOf, withCubeDef, withTarget } from "./cubes";
import { kindInfo, kindOf, type Kind } from "./kinds";
import type { Nebula } from "./nebula";

export type Order = "measure" | "dimension";

export interface Recipe {
  kind: Kind;
  title: string;
  /** Field names, or expressions beginning with "=". */
  dimensions: string[];
  /** Expressions such as Sum(distance). */
  measures: string[];
  order: Order;
}

export const EMPTY: Recipe = { kind: "barchart", title: "", dimensions: [], measures: [], order: "measure" };

/** The definition's text for QIX: a field's name in brackets where it needs them, an expression as it is. */
function definition(dimension: string): string {
  return dimension.startsWith("=") ? dimension : quoted(dimension);
}

function shown(definition: string): string {
  return definition.startsWith("=") ? definition : (bareField(definition) ?? definition);
}

/** The title that a chart gets when nobody wrote one. */
export function usualTitle({ kind, dimensions, measures }: Recipe): string {
  const by = dimensions.map((name) => name.replace(/^=/, "")).join(", ");
  const what = measures.map(measureLabel).join(", ");
  if (kind === "listbox" || what === "") return by;
  return by ? `${what} by ${by}` : what;
}

/** How many dimensions the chart has room for: none to split by where it already shows several measures. */
export function mostDimensions({ kind, measures }: Recipe): number {
  const info = kindInfo(kind);
  return info.splitsFrom && measures.length > 1 ? 1 : info.dimensions.most;
}

/** How many measures it has room for: one, where a second dimension splits it. */
export function mostMeasures({ kind, dimensions }: Recipe): number {
  const info = kindInfo(kind);
  return info.splitsFrom && dimensions.length > 1 ? 1 : info.measures.most;
}

const ORDINALS = ["a", "a second", "a third"];

/** What is still missing before the chart can be drawn; null when nothing. */
export function missing({ kind, dimensions, measures }: Recipe): string | null {
  const info = kindInfo(kind);
  if (dimensions.length < info.dimensions.least) return kind === "listbox" ? "Choose a field." : `Choose ${ORDINALS[dimensions.length]} dimension.`;
  if (measures.length < info.measures.least) return `Choose ${ORDINALS[measures.length]} measure.`;
  if (dimensions.length + measures.length < (info.splitsFrom ?? 0)) return "Choose a second dimension or measure.";
  return dimensions.length + measures.length === 0 ? "Choose a dimension or a measure." : null;
}

/** Drops what the kind has no room for, so that a bar chart can become a list box and back. */
export function fitted(recipe: Recipe): Recipe {
  const dimensions = recipe.dimensions.slice(0, kindInfo(recipe.kind).dimensions.most);
  return { ...recipe, dimensions, measures: recipe.measures.slice(0, mostMeasures({ ...recipe, dimensions })) };
}

export function readRecipe(properties: ObjectProperties): Recipe {
  const cube = cubeDefOf(properties);
  const list = properties.qListObjectDef;
  const dimensions = list ? list.qDef.qFieldDefs.slice(0, 1) : (cube?.qDimensions ?? []).map(({ qDef }) => qDef.qFieldDefs[0] ?? "");
  const kind = kindOf(properties) ?? "table";
  const target = kind === "bulletchart" ? targetOf(cube?.qMeasures[0]) : undefined;
  return {
    kind,
    title: typeof properties.title === "string" ? properties.title : "",
    dimensions: dimensions.map(shown),
    measures: [...(cube?.qMeasures ?? []).map(({ qDef }) => qDef.qDef), ...(target ? [target] : [])],
    order: (cube?.qInterColumnSortOrder?.[0] ?? 0) >= (cube?.qDimensions.length ?? 0) && cube?.qMeasures.length ? "measure" : "dimension",
  };
}

function listProperties(recipe: Recipe): ObjectProperties {
  return {
    qInfo: { qType: "listbox" },
    visualization: "listbox",
    title: recipe.title || usualTitle(recipe),
    showTitles: true,
    showTitle: true,
    searchEnabled: true,
    wildCardSearch: false,
    autoConfirm: false,
    layoutOptions: { dense: false, dataLayout: "singleColumn" },
    qListObjectDef: {
      qStateName: "",
      qShowAlternatives: true,
      qFrequencyMode: "N",
      frequencyEnabled: false,
      qInitialDataFetch: [{ qLeft: 0, qTop: 0, qWidth: 0, qHeight: 0 }],
      qDef: {
        qFieldDefs: [definition(recipe.dimensions[0]!)],
        qSortCriterias: [{ qSortByState: 1, qSortByAscii: 1, qSortByNumeric: 1, qSortByLoadOrder: 1 }],
      },
    },
  };
}

/** Columns in the order by which rows are sorted: dimensions are numbered before measures. */
function sortOrder({ order }: Recipe, dimensions: number, measures: number): number[] {
  const first = order === "measure" && measures > 0 ? dimensions : 0;
  const all = Array.from({ length: dimensions + measures }, (_, column) => column);
  return [first, ...all.filter((column) => column !== first)].slice(0, all.length);
}

/** Where the charts' own beginnings repeat what the title says, or clash with the page: a black target is lost in the dark. */
const EXTRAS: Partial<Record<Kind, object>> = {
  kpi: { showMeasureTitle: false, textAlign: "left", fontSize: "L", layoutBehavior: "relative" },
  piechart: { dimensionTitle: false },
  linechart: { components: [{ key: "line", style: { lineThickness: 2 } }] },
  areachart: { stackedArea: true },
  bulletchart: { color: { auto: false, mode: "primary", bar: { index: 6 }, target: { index: 1, color: "none" } } },
};

/** A KPI's number takes the first colour of the theme's picker, which follows light and dark. */
const MEASURE_EXTRAS: Partial<Record<Kind, object>> = {
  kpi: { conditionalColoring: { useConditionalColoring: false, singleColor: 3, paletteSingleColor: { index: 1, color: "none" } } },
};

const TWO_DECIMALS = { qType: "F", qnDec: 2, qUseThou: 1, qFmt: "#,##0.##", qDec: ".", qThou: "," };
const PLAIN_NUMBERS = new Set(["Sum", "Count", "Avg"]);

/** Tables show whole numbers of digits; charts shorten them by themselves. Smallest and largest may be dates. */
function numberFormat(kind: Kind, expression: string): object {
  return (kind === "table" || kind === "pivottable") && PLAIN_NUMBERS.has(readAggregate(expression)?.how ?? "") ? { qNumFormat: TWO_DECIMALS } : {};
}

/** The values that a dimension shows, and the rest as one. */
function limit(shown: number | null | undefined): object {
  return shown ? { qOtherTotalSpec: { qOtherMode: "OTHER_COUNTED", qOtherCounted: { qv: String(shown) } } } : {};
}

function extras(recipe: Recipe): object {
  return recipe.kind === "kpi" && recipe.measures.length > 1 ? { ...EXTRAS.kpi, showMeasureTitle: true } : (EXTRAS[recipe.kind] ?? {});
}

/** The measures that are columns of the cube: the target of a bullet is an attribute of the one before it. */
function columnsOf({ kind, measures }: Recipe): string[] {
  return kind === "bulletchart" ? measures.slice(0, 1) : measures;
}

function targeted({ kind, measures }: Recipe, cube: CubeDef): CubeDef {
  return kind === "bulletchart" ? withTarget(cube, measures[1]) : cube;
}

async function cubeProperties(nebula: Nebula, recipe: Recipe): Promise<ObjectProperties> {
  const { label, visualization, marks, isSorted, shown } = kindInfo(recipe.kind);
  const fields = [
    ...recipe.dimensions.map((name, index) => ({ qDef: { qFieldDefs: [definition(name)], qFieldLabels: [""] }, ...limit(shown?.[index]) })),
    ...columnsOf(recipe).map((text) => ({ qDef: { qDef: text, qLabel: measureLabel(text), autoSort: true, ...numberFormat(recipe.kind, text), ...MEASURE_EXTRAS[recipe.kind] } })),
  ];
  const made = (await nebula.generateProperties({ type: visualization, fields: fields as never })) as ObjectProperties | null;
  const cube = made && cubeDefOf(made);
  if (!cube) throw new Error(`The ${label.toLowerCase()} could not be prepared.`);
  const order = isSorted ? { qInterColumnSortOrder: sortOrder(recipe, recipe.dimensions.length, recipe.measures.length) } : {};
  const title = recipe.title || usualTitle(recipe);
  const properties = { ...made, ...extras(recipe), ...marks, qInfo: { qType: visualization }, visualization, title, showTitles: true };
  return withCubeDef(properties, targeted(recipe, { ...cube, ...order }));
}

/** The properties of a new chart. */
export function propertiesFor(nebula: Nebula, recipe: Recipe): Promise<ObjectProperties> {
  return recipe.kind === "listbox" ? Promise.resolve(listProperties(recipe)) : cubeProperties(nebula, recipe);
}

/** The properties of a chart after its settings changed; what the panel does not know stays as it was. */
export async function changedProperties(nebula: Nebula, before: ObjectProperties, recipe: Recipe): Promise<ObjectProperties> {
  const old = readRecipe(before);
  const title = recipe.title === usualTitle(old) || recipe.title === "" ? usualTitle(recipe) : recipe.title;
  const fresh = await propertiesFor(nebula, { ...recipe, title });
  if (recipe.kind !== old.kind) return { ...fresh, qInfo: before.qInfo };
  const same = JSON.stringify([old.dimensions, old.measures, old.order]) === JSON.stringify([recipe.dimensions, recipe.measures, recipe.order]);
  if (same) return { ...before, title };
  if (fresh.qListObjectDef) return { ...before, title, qListObjectDef: fresh.qListObjectDef };
  return withCubeDef({ ...before, title }, targeted(recipe, mixedCube(cubeDefOf(fresh)!, cubeDefOf(before))));
}

/** The new cube with those columns of the old one that are still in it, so that nothing said about them is lost. */
function mixedCube(fresh: CubeDef, old: CubeDef | undefined): CubeDef {
  return {
    ...fresh,
    qDimensions: fresh.qDimensions.map((made) => old?.qDimensions.find(({ qDef }) => qDef.qFieldDefs[0] === made.qDef.qFieldDefs[0]) ?? made),
    qMeasures: fresh.qMeasures.map((made) => old?.qMeasures.find(({ qDef }) => qDef.qDef === made.qDef.qDef) ?? made),
  };
}
