import { expect, test } from "vitest";
import { addressOf } from "./links";

test("links between documents stay on the site", () => {
  expect(addressOf("../reference/errors.md", "howto/clients")).toBe("/docs/reference/errors");
  expect(addressOf("settings.md#search", "reference/plugins")).toBe(
    "/docs/reference/settings#search",
  );
});

test("other links are left as they are", () => {
  expect(addressOf("https://example.com/a.md", "x")).toBe("https://example.com/a.md");
  expect(addressOf("#part", "x")).toBe("#part");
});
