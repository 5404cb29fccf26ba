import { describe, expect, it, vi } from "vitest";
import { waitBefore } from "../src/qix/backoff";
import { SelectionMemory, chosenValues, namedValues } from "../src/qix/memory";
import type { Doc, ObjectLayout } from "../src/qix/types";

describe("the wait before the next attempt", () => {
  it("grows, and stays below a quarter of a minute", () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 20].map((attempt) => waitBefore(attempt, 1));
    expect(waits).toEqual([...waits].sort((one, other) => one - other));
    expect(waits[0]).toBe(500);
    expect(waits.at(-1)).toBe(15_000);
  });

  it("differs between clients, by no more than a third", () => {
    expect(waitBefore(3, 0)).toBeLessThan(waitBefore(3, 1));
    expect(waitBefore(3, 0)).toBeGreaterThan(waitBefore(3, 1) * 0.66);
  });
});

describe("what is remembered of a selection", () => {
  it("is the list of names when the engine gave all of them", () => {
    const info = { qField: "carrier", qSelectedCount: 1, qSelectedFieldSelectionInfo: [{ qName: "UA" }] };
    expect(namedValues(info)).toEqual([{ qText: "UA", qIsNumeric: false, qNumber: 0 }]);
  });

  it("is asked for when the engine cut the list short", () => {
    expect(namedValues({ qField: "carrier", qSelectedCount: 7, qSelectedFieldSelectionInfo: [] })).toBeNull();
  });

  it("is the selected and locked cells of a list, numbers as numbers", () => {
    const cells = [
      { qText: "1", qNum: 1, qState: "S" },
      { qText: "x", qNum: "NaN" as const, qState: "L" },
      { qText: "2", qNum: 2, qState: "A" },
    ];
    expect(chosenValues(cells)).toEqual([
      { qText: "1", qIsNumeric: true, qNumber: 1 },
      { qText: "x", qIsNumeric: false, qNumber: 0 },
    ]);
  });

  it("is selected and locked again in the next document", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("window", globalThis);
    const calls: unknown[] = [];
    const doc = {
      getField: async (name: string) => {
        if (name === "gone") throw new Error("not found");
        return {
          selectValues: async (values: unknown) => calls.push(["select", name, values]),
          lock: async () => calls.push(["lock", name]),
        };
      },
    } as unknown as Doc;
    const memory = new SelectionMemory();
    const selection = (qField: string, qLocked: boolean) => ({
      qField,
      qLocked,
      qSelectedCount: 1,
      qSelectedFieldSelectionInfo: [{ qName: "v" }],
    });
    const layout = { qSelectionObject: { qSelections: [selection("gone", false), selection("carrier", true)] } };
    memory.note(doc, layout as unknown as ObjectLayout);
    await vi.runAllTimersAsync();
    await memory.restore(doc);
    expect(calls).toEqual([
      ["select", "carrier", [{ qText: "v", qIsNumeric: false, qNumber: 0 }]],
      ["lock", "carrier"],
    ]);
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
});
