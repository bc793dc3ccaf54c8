import { describe, expect, test } from "vitest";
import { createEnvVault } from "../../../../src-main/engine/secrets/env-vault.ts";

const secret = "pat-na1-not-a-real-key";
const read = (text: string | undefined) => createEnvVault({ CRM_KEY: text }).read("CRM_KEY");

describe("credentials from the environment", () => {
  test("a bearer token, without the line's end that pasting leaves", () => {
    expect(read(`${secret}\n`)).toEqual({ ok: true, value: { token: secret } });
  });

  test("a JSON object of texts", () => {
    const fields = { clientId: "a", clientSecret: "b", refreshToken: "c" };
    expect(read(JSON.stringify(fields))).toEqual({ ok: true, value: fields });
  });

  test.each([undefined, "", "  \n"])("%j is missing, and the variable is named", (text) => {
    const result = read(text);
    expect(result).toMatchObject({ ok: false, fault: { kind: "missing" } });
    expect(JSON.stringify(result)).toContain("CRM_KEY");
  });

  test.each([
    `{"token":"${secret}"`,
    `{"token":{"a":"${secret}"}}`,
    `${secret} ${secret}`,
    `{"${secret}x":1,"b":["${secret}"]}`,
  ])("%s cannot be read, and no message repeats a value", (text) => {
    const result = read(text);
    expect(result).toMatchObject({ ok: false, fault: { kind: "unreadable" } });
    expect(JSON.stringify(result).replaceAll(`${secret}x`, "")).not.toContain(secret);
  });
});
