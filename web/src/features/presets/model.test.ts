import { expect, test } from "vitest";
import { jsonProblem, slugOf } from "./model";

test("a slug is made from a name", () => {
  expect(slugOf("  My fast Bot! ")).toBe("my-fast-bot");
  expect(slugOf("Über")).toBe("u-ber");
});

test("only an object holds request fields", () => {
  expect(jsonProblem("[]")).toBe("Not an object.");
  expect(jsonProblem("{")).toMatch(/^Not JSON/);
  expect(jsonProblem('{"model": "a/b"}')).toBeNull();
});
