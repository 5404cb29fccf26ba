import { describe, expect, it } from "vitest";
import { explainedProblems, problemsIn } from "../src/charts/problems";
import type { Doc, ObjectLayout, ObjectProperties } from "../src/qix/types";

const layout = (qMeasureInfo: object[], more: object = {}): ObjectLayout =>
  ({ qInfo: { qId: "c", qType: "barchart" }, qHyperCube: { qDimensionInfo: [{ qFallbackTitle: "carrier" }], qMeasureInfo, ...more } }) as ObjectLayout;

describe("what is wrong with a chart", () => {
  it("is nothing while all columns are well", () => {
    expect(problemsIn(layout([{ qFallbackTitle: "Sum of a" }]))).toEqual([]);
  });

  it("names the column and the engine's own words", () => {
    const found = problemsIn(layout([{ qFallbackTitle: "Sum of a", qError: { qErrorCode: 7000, qExtendedMessage: "Expected )." } }]));
    expect(found).toEqual([{ what: "Measure “Sum of a”", why: "Expected )." }]);
  });

  it("is not an unmet calculation condition: the chart hides that column by itself", () => {
    expect(problemsIn(layout([{ qError: { qErrorCode: 7005 } }]))).toEqual([]);
  });

  it("is the whole chart when the result is too large", () => {
    expect(problemsIn(layout([], { qError: { qErrorCode: 7003 } }))[0]?.what).toBe("This chart");
  });

  it("is looked up where the layout does not say it", async () => {
    const doc = { checkExpression: async () => ({ qErrorMsg: "", qBadFieldNames: [{ qFrom: 4, qCount: 4 }] }) } as unknown as Doc;
    const properties = { qInfo: { qType: "barchart" }, qHyperCubeDef: { qDimensions: [], qMeasures: [{ qDef: { qDef: "Sum(oops)" } }] } } as ObjectProperties;
    const found = await explainedProblems(doc, layout([{ qFallbackTitle: "Sum of oops", qError: { qErrorCode: 7000 } }]), properties);
    expect(found).toEqual([{ what: "Measure “Sum of oops”", why: "There is no field oops in this app." }]);
  });
});
