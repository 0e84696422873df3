import { expect, test } from "vitest";
import { bestOf } from "./model";

test("the best is marked where there is something to choose", () => {
  expect(bestOf([3, 1, null, 1], "low")).toEqual([1, 3]);
  expect(bestOf([3, 1], "high")).toEqual([0]);
  expect(bestOf([2, 2], "low")).toEqual([]);
  expect(bestOf([2, null], "low")).toEqual([]);
  expect(bestOf([1, 2], null)).toEqual([]);
});
