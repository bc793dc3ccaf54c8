import { describe, expect, test } from "vitest";
import { toAnswer } from "../../../../src-main/connectors/http/bounded-answer.ts";
import { redactSecrets } from "../../../../src-shared/domain/redact-secrets.ts";

describe("what the vendor said", () => {
  test.each([
    ["Authorization: Bearer CJSP5qf1KhICAQEYs-gDIIGOBii1hQIyGQ", "CJSP5"],
    ["Zoho-oauthtoken 1000.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "aaaaaaaa"],
    ["key pat-na1-12345678-1234-1234-1234-123456789012 is wrong", "12345678"],
    ["session 00D5g000000AbCDEAU!AQ4AQFakeFakeFakeFake", "FakeFake"],
    ['{"refresh_token":"6f18f21e-a743","x":1}', "6f18f21e"],
    ["grant_type=refresh_token&client_secret=hush-hush&x=1", "hush-hush"],
    ["token v1u:AQIBAHj-9876543210", "9876543210"],
  ])("%s keeps no secret", (text, secret) => {
    expect(redactSecrets(text)).not.toContain(secret);
    expect(redactSecrets(text)).toContain("[secret]");
  });

  test("keeps nothing of the credential in use, whatever its form", () => {
    expect(redactSecrets("it said hunter2-hunter2 twice: hunter2-hunter2", ["hunter2-hunter2", ""])).toBe(
      "it said [secret] twice: [secret]",
    );
  });

  test("keeps ordinary words", () => {
    const words = "Property values were not valid: the refresh token of contact 100451 is missing";
    expect(redactSecrets(words)).toBe(words);
  });

  test("is bounded, and leaves out what is empty", () => {
    expect(toAnswer({ status: 400, code: "", message: "x".repeat(10_000), correlationId: undefined })).toEqual({
      status: 400,
      message: `${"x".repeat(499)}…`,
    });
    expect(toAnswer({})).toEqual({});
  });
});
