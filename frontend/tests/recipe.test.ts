import { describe, expect, it } from "vitest";
import { EMPTY, changedProperties, fitted, missing, mostDimensions, mostMeasures, propertiesFor, readRecipe, usualTitle, type Recipe } from "../src/charts/recipe";
import { cubeDefOf, drawnCubeOf } from "../src/charts/cubes";
import { KINDS, kindInfo, kindOf } from "../src/charts/kinds";
import type { Nebula } from "../src/charts/nebula";
import type { ObjectProperties } from "../src/qix/types";

/** What stardust makes of the fields, cut down to what matters here. Box plots keep their data further inside. */
const nebula = {
  generateProperties: async ({ type, fields }: { type: string; fields: { qDef: { qDef?: string } }[] }) => {
    const qHyperCubeDef = {
      qDimensions: fields.filter(({ qDef }) => qDef.qDef === undefined),
      qMeasures: fields.filter(({ qDef }) => qDef.qDef !== undefined),
    };
    return { qInfo: { qType: type }, visualization: type, ...(type === "boxplot" ? { boxplotDef: { qHyperCubeDef } } : { qHyperCubeDef }) };
  },
} as unknown as Nebula;

const bars: Recipe = { ...EMPTY, dimensions: ["Tail number"], measures: ["Sum(distance)"] };

describe("what a chart still lacks", () => {
  it("is named one thing at a time", () => {
    expect(missing(EMPTY)).toBe("Choose a dimension.");
    expect(missing({ ...bars, measures: [] })).toBe("Choose a measure.");
    expect(missing({ ...EMPTY, kind: "listbox" })).toBe("Choose a field.");
    expect(missing({ ...EMPTY, kind: "table" })).toBe("Choose a dimension or a measure.");
    expect(missing(bars)).toBeNull();
  });

  it("tells a second column from a first one", () => {
    expect(missing({ ...bars, kind: "mekkochart" })).toBe("Choose a second dimension.");
    expect(missing({ ...bars, kind: "scatterplot" })).toBe("Choose a second measure.");
    expect(missing({ ...bars, kind: "stackedbars" })).toBe("Choose a second dimension or measure.");
  });
});

describe("another kind of chart", () => {
  it("keeps what it has room for", () => {
    expect(fitted({ ...bars, kind: "kpi" })).toMatchObject({ dimensions: [], measures: ["Sum(distance)"] });
    expect(fitted({ ...bars, kind: "listbox" })).toMatchObject({ dimensions: ["Tail number"], measures: [] });
  });
});

describe("a second dimension", () => {
  it("takes the place of further measures, and they take its place", () => {
    const two: Recipe = { ...bars, kind: "stackedbars", dimensions: ["carrier", "origin"] };
    expect(mostMeasures(two)).toBe(1);
    expect(mostDimensions({ ...bars, kind: "stackedbars", measures: ["Sum(a)", "Sum(b)"] })).toBe(1);
    expect(fitted({ ...two, measures: ["Sum(a)", "Sum(b)"] }).measures).toEqual(["Sum(a)"]);
  });

  it("shows its largest values and the rest as one", async () => {
    const made = await propertiesFor(nebula, { ...bars, kind: "stackedbars", dimensions: ["carrier", "origin"] });
    const limits = made.qHyperCubeDef!.qDimensions.map((one) => one["qOtherTotalSpec"]);
    expect(limits).toEqual([undefined, expect.objectContaining({ qOtherMode: "OTHER_COUNTED", qOtherCounted: { qv: "12" } })]);
  });
});

describe("the kinds of chart", () => {
  const full = ({ kind, dimensions, measures }: (typeof KINDS)[number]): Recipe =>
    fitted({ ...EMPTY, kind, order: "dimension", dimensions: ["a", "b", "c", "d", "e"].slice(0, dimensions.most), measures: ["Sum(x)", "Sum(y)"].slice(0, measures.most) });

  it("are known again by their properties", async () => {
    for (const info of KINDS) {
      const recipe = full(info);
      expect(missing(recipe), info.kind).toBeNull();
      const { kind, dimensions, measures } = readRecipe(await propertiesFor(nebula, recipe));
      expect({ kind, dimensions, measures }).toEqual({ kind: info.kind, dimensions: recipe.dimensions, measures: recipe.measures });
    }
  });

  it("that share a drawing are told apart by their marks, and by having something to split", () => {
    const cube = (dimensions: number, measures: number) => ({ qDimensions: Array(dimensions).fill({}), qMeasures: Array(measures).fill({}) });
    const chart = (grouping: string, dimensions: number, measures: number) =>
      kindOf({ qInfo: { qType: "barchart" }, barGrouping: { grouping }, qHyperCubeDef: cube(dimensions, measures) } as ObjectProperties);
    expect(chart("grouped", 1, 1)).toBe("barchart");
    expect(chart("grouped", 2, 1)).toBe("groupedbars");
    expect(chart("stacked", 1, 2)).toBe("stackedbars");
    expect(kindOf({ qInfo: { qType: "x" }, visualization: "pivot-table" })).toBe("pivottable");
    expect(kindOf({ qInfo: { qType: "map" } })).toBeNull();
  });

  it("keep a box plot's data where box plots look for them", async () => {
    const before = await propertiesFor(nebula, full(kindInfo("boxplot")));
    const after = await changedProperties(nebula, before, { ...readRecipe(before), measures: ["Max(x)"] });
    expect(after.qHyperCubeDef).toBeUndefined();
    expect(cubeDefOf(after)?.qMeasures[0]?.qDef.qDef).toBe("Max(x)");
  });
});

describe("properties of a chart", () => {
  it("are read back as the recipe they were made of", async () => {
    const kinds: Recipe[] = [bars, { ...bars, order: "dimension" }, { ...EMPTY, kind: "listbox", dimensions: ["a]b"], measures: [], order: "dimension" }];
    for (const recipe of kinds) {
      const title = usualTitle(recipe);
      expect(readRecipe(await propertiesFor(nebula, recipe))).toEqual({ ...recipe, title });
    }
  });

  it("sort by the measure when the largest comes first", async () => {
    const made = await propertiesFor(nebula, bars);
    expect(made.qHyperCubeDef?.qInterColumnSortOrder).toEqual([1, 0]);
  });

  it("keep what the panel does not know, and a title that somebody wrote", async () => {
    const before = { ...(await propertiesFor(nebula, { ...bars, title: "My bars" })), color: { auto: false } } as ObjectProperties;
    const after = await changedProperties(nebula, before, { ...readRecipe(before), measures: ["Max(distance)"] });
    expect(after).toMatchObject({ title: "My bars", color: { auto: false } });
    expect(after.qHyperCubeDef?.qMeasures[0]?.qDef.qDef).toBe("Max(distance)");
  });

  it("keep what was said about a column that stays", async () => {
    const before = await propertiesFor(nebula, bars);
    before.qHyperCubeDef!.qDimensions[0]!["qNullSuppression"] = true;
    const after = await changedProperties(nebula, before, { ...readRecipe(before), measures: ["Max(distance)"] });
    expect(after.qHyperCubeDef?.qDimensions[0]).toMatchObject({ qNullSuppression: true });
  });

  it("give a table's sums a readable number format, and leave what may be a date alone", async () => {
    const made = await propertiesFor(nebula, { ...EMPTY, kind: "table", measures: ["Avg(delay)", "Max(date)"] });
    const formats = made.qHyperCubeDef!.qMeasures.map(({ qDef }) => qDef["qNumFormat"]);
    expect(formats).toEqual([expect.objectContaining({ qFmt: "#,##0.##" }), undefined]);
  });

  it("get a new title when nobody wrote the old one", async () => {
    const before = await propertiesFor(nebula, bars);
    const after = await changedProperties(nebula, before, { ...readRecipe(before), measures: ["Max(distance)"] });
    expect(after.title).toBe("Largest distance by Tail number");
  });
});

describe("the target of a bullet", () => {
  const recipe: Recipe = { ...bars, kind: "bulletchart", measures: ["Sum(distance)", "Sum(planned)"] };

  it("is what the chart looks for, not a second column that it drops", async () => {
    const cube = cubeDefOf(await propertiesFor(nebula, recipe))!;
    expect(cube.qMeasures).toHaveLength(1);
    expect(cube.qMeasures[0]!["qAttributeExpressions"]).toEqual([{ qExpression: "Sum(planned)", id: "bullet-target" }]);
    expect(cube.qMeasures[0]!.qDef["target"]).toBe("Sum(planned)");
  });

  it("can be changed and taken away, and the measure stays as it was", async () => {
    const made = await propertiesFor(nebula, recipe);
    cubeDefOf(made)!.qMeasures[0]!.qDef.qLabel = "Flown";
    const other = await changedProperties(nebula, made, { ...recipe, measures: ["Sum(distance)", "Max(planned)"] });
    expect(readRecipe(other).measures).toEqual(["Sum(distance)", "Max(planned)"]);
    const none = await changedProperties(nebula, other, { ...recipe, measures: ["Sum(distance)"] });
    expect(readRecipe(none).measures).toEqual(["Sum(distance)"]);
    expect(cubeDefOf(none)!.qMeasures[0]!.qDef.qLabel).toBe("Flown");
  });

  it("is published as a measure of its own", async () => {
    const made = await propertiesFor(nebula, recipe);
    expect(drawnCubeOf(made)!.qMeasures.map(({ qDef }) => qDef.qDef)).toEqual(["Sum(distance)", "Sum(planned)"]);
  });
});
