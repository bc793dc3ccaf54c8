import { describe, expect, test } from "vitest";
import { createEnvVault } from "../../../../src-main/engine/secrets/env-vault.ts";

const secret = "pat-na1-not-a-real-key";
const source = { kind: "env", name: "CRM_KEY" } as const;
const read = (text: string | undefined) => createEnvVault({ CRM_KEY: text }).read(1, source);

describe("credentials from the environment", () => {
  test("a bearer token, without the line's end that pasting leaves", async () => {
    expect(await read(`${secret}\n`)).toEqual({ ok: true, value: { token: secret } });
  });

  test("a JSON object of texts", async () => {
    const fields = { clientId: "a", clientSecret: "b", refreshToken: "c" };
    expect(await read(JSON.stringify(fields))).toEqual({ ok: true, value: fields });
  });

  test.each([undefined, "", "  \n"])("%j is missing, and the variable is named", async (text) => {
    const result = await read(text);
    expect(result).toMatchObject({ ok: false, fault: { kind: "missing" } });
    expect(JSON.stringify(result)).toContain("CRM_KEY");
  });

  test.each([
    `{"token":"${secret}"`,
    `{"token":{"a":"${secret}"}}`,
    `${secret} ${secret}`,
    `{"${secret}x":1,"b":["${secret}"]}`,
  ])("%s cannot be read, and no message repeats a value", async (text) => {
    const result = await read(text);
    expect(result).toMatchObject({ ok: false, fault: { kind: "unreadable" } });
    expect(JSON.stringify(result).replaceAll(`${secret}x`, "")).not.toContain(secret);
  });

  test("the keychain is told to be missing in this version", async () => {
    const result = await createEnvVault({}).read(1, { kind: "keychain" });
    expect(result).toMatchObject({ ok: false, fault: { kind: "unreadable" } });
  });

  test("nothing can be written back, and removing changes nothing", async () => {
    const vault = createEnvVault({ CRM_KEY: secret });
    expect(await vault.write(1, source, { token: "x" })).toBe(false);
    await vault.remove(1, source);
    expect(await vault.read(1, source)).toMatchObject({ ok: true });
  });
});
