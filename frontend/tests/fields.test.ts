import { describe, expect, it } from "vitest";
import { aggregate, bareField, measureLabel, quoted, readAggregate, searchFields, usualAggregation, type FieldInfo } from "../src/model/fields";

const field = (name: string, more: Partial<FieldInfo> = {}): FieldInfo => ({ name, kind: "text", isKey: false, tables: ["flights"], distinct: 1, ...more });

describe("a field in an expression", () => {
  it("stands bare when it is a plain name, else in brackets", () => {
    expect(quoted("dep_delay")).toBe("dep_delay");
    expect(quoted("Departure delay")).toBe("[Departure delay]");
    expect(quoted("2013")).toBe("[2013]");
    expect(quoted("a]b")).toBe("[a]]b]");
  });

  it("is read back from any way it can be written", () => {
    for (const name of ["dep_delay", "Departure delay", "a]b", "Größe", "2013"]) expect(bareField(quoted(name))).toBe(name);
    expect(bareField("=Year(date)")).toBeNull();
    expect(bareField("[a] & [b]")).toBeNull();
  });
});

describe("a measure made of a field", () => {
  it("is written and read back", () => {
    for (const name of ["distance", "Air time", "a]b"]) expect(readAggregate(aggregate("Avg", name))).toEqual({ how: "Avg", field: name });
  });

  it("is told apart from an expression of one's own", () => {
    expect(readAggregate("Sum(a) / Sum(b)")).toBeNull();
    expect(readAggregate("Sum(DISTINCT a)")).toBeNull();
    expect(readAggregate("Median(a)")).toBeNull();
  });

  it("has a heading that people can read", () => {
    expect(measureLabel("Sum(distance)")).toBe("Sum of distance");
    expect(measureLabel("=Sum(a)/2")).toBe("Sum(a)/2");
  });

  it("sums numbers and counts everything else", () => {
    expect(usualAggregation(field("distance", { kind: "number" }))).toBe("Sum");
    expect(usualAggregation(field("flight_id", { kind: "number", isKey: true }))).toBe("Count");
    expect(usualAggregation(field("carrier"))).toBe("Count");
  });
});

describe("searching fields", () => {
  const fields = [field("arr_delay"), field("delay_reason"), field("name", { tables: ["airlines"] })];

  it("finds every word in name or table, what begins with it first", () => {
    expect(searchFields(fields, "delay").map(({ name }) => name)).toEqual(["delay_reason", "arr_delay"]);
    expect(searchFields(fields, "air name").map(({ name }) => name)).toEqual(["name"]);
    expect(searchFields(fields, "zzz")).toEqual([]);
  });
});
