import { expect, test } from "vitest";
import { idempotencyKey } from "../../../../src-main/engine/sync/idempotency-key.ts";

test("the key is cl_ and 26 base32 characters", () => {
  expect(idempotencyKey("acme", "asterisk//1/20250602T073216Z", "hubspot")).toMatch(/^cl_[a-z2-7]{26}$/);
});

test("the key of a triple never changes: records written by an older version are found by it", () => {
  expect(idempotencyKey("acme", "asterisk//1748849536.1003/20250602T073216Z", "hubspot")).toMatchInlineSnapshot(
    `"cl_qjuwt7zaugvsumoonfhpfi7bzr"`,
  );
});

test("tenant, call and CRM each make another key, and their texts cannot run into one another", () => {
  const keys = [
    idempotencyKey("acme", "a", "hubspot"),
    idempotencyKey("acme", "a", "zoho"),
    idempotencyKey("acm", "ea", "hubspot"),
    idempotencyKey('acme","a', "", "hubspot"),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});
