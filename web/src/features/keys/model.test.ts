import { expect, test } from "vitest";
import { type Key, stateOf } from "./model";

const key = (more: Partial<Key>) =>
  ({ disabled: false, expires_at: null, limit_remaining: null, ...more }) as Key;

test("what keeps a key from being used is named, the operator's word first", () => {
  expect(stateOf(key({}), 0)).toBe("active");
  expect(stateOf(key({ limit_remaining: 0 }), 0)).toBe("spent");
  expect(stateOf(key({ expires_at: "2026-01-01T00:00:00Z" }), Date.parse("2026-01-02"))).toBe(
    "expired",
  );
  expect(stateOf(key({ disabled: true, limit_remaining: 0 }), 0)).toBe("disabled");
});
