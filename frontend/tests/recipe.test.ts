import { describe, expect, it } from "vitest";
import { EMPTY, changedProperties, fitted, missing, propertiesFor, readRecipe, usualTitle, type Recipe } from "../src/charts/recipe";
import type { Nebula } from "../src/charts/nebula";
import type { ObjectProperties } from "../src/qix/types";

/** What stardust makes of the fields, cut down to what matters here. */
const nebula = {
  generateProperties: async ({ type, fields }: { type: string; fields: { qDef: { qDef?: string } }[] }) => ({
    qInfo: { qType: type },
    visualization: type,
    qHyperCubeDef: {
      qDimensions: fields.filter(({ qDef }) => qDef.qDef === undefined),
      qMeasures: fields.filter(({ qDef }) => qDef.qDef !== undefined),
    },
  }),
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
});

describe("another kind of chart", () => {
  it("keeps what it has room for", () => {
    expect(fitted({ ...bars, kind: "kpi" })).toMatchObject({ dimensions: [], measures: ["Sum(distance)"] });
    expect(fitted({ ...bars, kind: "listbox" })).toMatchObject({ dimensions: ["Tail number"], measures: [] });
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
