// A chart as the settings panel sees it (kind, title, dimensions, measures, order), and the way from there
// to QIX properties and back.
import { bareField, measureLabel, quoted, readAggregate } from "../model/fields";
import type { CubeDef, ObjectProperties } from "../qix/types";
import { kindInfo, type Kind } from "./kinds";
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

/** What is still missing before the chart can be drawn; null when nothing. */
export function missing({ kind, dimensions, measures }: Recipe): string | null {
  const info = kindInfo(kind);
  if (!info) return null;
  if (dimensions.length < info.dimensions.least) return kind === "listbox" ? "Choose a field." : "Choose a dimension.";
  if (measures.length < info.measures.least) return "Choose a measure.";
  return dimensions.length + measures.length === 0 ? "Choose a dimension or a measure." : null;
}

/** Drops what the kind has no room for, so that a bar chart can become a list box and back. */
export function fitted(recipe: Recipe): Recipe {
  const info = kindInfo(recipe.kind);
  if (!info) return recipe;
  return {
    ...recipe,
    dimensions: recipe.dimensions.slice(0, info.dimensions.most),
    measures: recipe.measures.slice(0, info.measures.most),
  };
}

export function readRecipe(properties: ObjectProperties): Recipe {
  const kind = kindInfo(properties.visualization ?? properties.qInfo.qType)?.kind ?? "table";
  const cube = properties.qHyperCubeDef;
  const list = properties.qListObjectDef;
  const dimensions = list ? list.qDef.qFieldDefs.slice(0, 1) : (cube?.qDimensions ?? []).map(({ qDef }) => qDef.qFieldDefs[0] ?? "");
  return {
    kind,
    title: typeof properties.title === "string" ? properties.title : "",
    dimensions: dimensions.map(shown),
    measures: (cube?.qMeasures ?? []).map(({ qDef }) => qDef.qDef),
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
function sortOrder({ order, kind }: Recipe, dimensions: number, measures: number): number[] {
  const first = order === "measure" && kind !== "linechart" && measures > 0 ? dimensions : 0;
  const all = Array.from({ length: dimensions + measures }, (_, column) => column);
  return [first, ...all.filter((column) => column !== first)].slice(0, all.length);
}

/** Where the charts' own beginnings repeat what the title says, or clash with the page. */
const EXTRAS: Partial<Record<Kind, object>> = {
  kpi: { showMeasureTitle: false, textAlign: "left", fontSize: "L", layoutBehavior: "relative" },
  piechart: { dimensionTitle: false },
  linechart: { components: [{ key: "line", style: { lineThickness: 2 } }] },
};

/** A KPI's number takes the first colour of the theme's picker, which follows light and dark. */
const MEASURE_EXTRAS: Partial<Record<Kind, object>> = {
  kpi: { conditionalColoring: { useConditionalColoring: false, singleColor: 3, paletteSingleColor: { index: 1, color: "none" } } },
};

const TWO_DECIMALS = { qType: "F", qnDec: 2, qUseThou: 1, qFmt: "#,##0.##", qDec: ".", qThou: "," };
const PLAIN_NUMBERS = new Set(["Sum", "Count", "Avg"]);

/** A table shows whole numbers of digits; charts shorten them by themselves. Smallest and largest may be dates. */
function numberFormat(kind: Kind, expression: string): object {
  return kind === "table" && PLAIN_NUMBERS.has(readAggregate(expression)?.how ?? "") ? { qNumFormat: TWO_DECIMALS } : {};
}

function extras(recipe: Recipe): object {
  return recipe.kind === "kpi" && recipe.measures.length > 1 ? { ...EXTRAS.kpi, showMeasureTitle: true } : (EXTRAS[recipe.kind] ?? {});
}

async function cubeProperties(nebula: Nebula, recipe: Recipe): Promise<ObjectProperties> {
  const fields = [
    ...recipe.dimensions.map((name) => ({ qDef: { qFieldDefs: [definition(name)], qFieldLabels: [""] } })),
    ...recipe.measures.map((text) => ({ qDef: { qDef: text, qLabel: measureLabel(text), autoSort: true, ...numberFormat(recipe.kind, text), ...MEASURE_EXTRAS[recipe.kind] } })),
  ];
  const made = (await nebula.generateProperties({ type: recipe.kind, fields: fields as never })) as ObjectProperties | null;
  if (!made?.qHyperCubeDef) throw new Error(`The ${kindInfo(recipe.kind)?.label ?? "chart"} could not be prepared.`);
  const cube: CubeDef = {
    ...made.qHyperCubeDef,
    qInterColumnSortOrder: sortOrder(recipe, recipe.dimensions.length, recipe.measures.length),
  };
  return {
    ...made,
    ...extras(recipe),
    qInfo: { qType: recipe.kind },
    visualization: recipe.kind,
    title: recipe.title || usualTitle(recipe),
    showTitles: true,
    qHyperCubeDef: cube,
  };
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
  return { ...before, title, qHyperCubeDef: mixedCube(fresh.qHyperCubeDef!, before.qHyperCubeDef) };
}

/** The new cube with those columns of the old one that are still in it, so that nothing said about them is lost. */
function mixedCube(fresh: CubeDef, old: CubeDef | undefined): CubeDef {
  return {
    ...fresh,
    qDimensions: fresh.qDimensions.map((made) => old?.qDimensions.find(({ qDef }) => qDef.qFieldDefs[0] === made.qDef.qFieldDefs[0]) ?? made),
    qMeasures: fresh.qMeasures.map((made) => old?.qMeasures.find(({ qDef }) => qDef.qDef === made.qDef.qDef) ?? made),
  };
}
