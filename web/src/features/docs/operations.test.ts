import { expect, test } from "vitest";
import { operationsOf, typeOf } from "./operations";

test("types are written in a line", () => {
  expect(typeOf({ anyOf: [{ type: "string" }, { type: "null" }] })).toBe("string | null");
  expect(typeOf({ type: "array", items: { $ref: "#/components/schemas/Model" } })).toBe("Model[]");
  expect(typeOf({ enum: ["a", "b"] })).toBe('"a" | "b"');
});

test("an operation names the fields of its body, and the site's own come last", () => {
  const made = operationsOf({
    paths: {
      "/api/internal/x": { get: { tags: ["Internal"] } },
      "/api/v1/keys": {
        post: {
          tags: ["Keys"],
          requestBody: {
            content: { "application/json": { schema: { $ref: "#/components/schemas/Body" } } },
          },
        },
      },
    },
    components: {
      schemas: { Body: { properties: { name: { type: "string" } }, required: ["name"] } },
    },
  });
  expect(made.map((one) => one.tag)).toEqual(["Keys", "Internal"]);
  expect(made[0]?.body).toEqual([{ name: "name", type: "string", required: true, about: "" }]);
});
