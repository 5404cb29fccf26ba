import { expect, test } from "vitest";

import { merged } from "../src/public/merged";

test("what a column lacks stands where other columns have it", () => {
  expect(merged([["Thu", "Fri"], ["Wed", "Thu"], ["Mon", "Wed", "Fri", "Sat"]])).toEqual(["Mon", "Wed", "Thu", "Fri", "Sat"]);
});

test("the first list counts where lists disagree", () => {
  expect(merged([["a", "b"], ["b", "c", "a"]])).toEqual(["a", "b", "c"]);
});
