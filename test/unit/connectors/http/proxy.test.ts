import { describe, expect, test } from "vitest";
import { createEnvironmentProxy, parsePacAnswer } from "../../../../src-main/connectors/http/proxy.ts";

describe("a PAC answer", () => {
  test.each([
    ["DIRECT", ["direct"]],
    ["PROXY proxy.example:8080", ["http://proxy.example:8080"]],
    [
      "HTTPS proxy.example:443; SOCKS5 socks.example:1080 ;DIRECT",
      ["https://proxy.example:443", "socks5://socks.example:1080", "direct"],
    ],
    ["SOCKS4 old.example:1080; DIRECT", ["direct"]],
    ["toString x:1; PROXY", []],
    ["", []],
  ])("%s", (text, expected) => {
    expect(parsePacAnswer(text).map((route) => (route.kind === "direct" ? "direct" : route.url))).toEqual(expected);
  });
});

describe("proxy settings of the environment", () => {
  const environment = {
    HTTPS_PROXY: "http://user:word@proxy.example:8080",
    http_proxy: "plain.example:3128",
    NO_PROXY: "intern.example, .local:8443 other.example:444",
  };
  test.each([
    ["https://api.example/", "PROXY user:word@proxy.example:8080"],
    ["http://api.example/", "PROXY plain.example:3128"],
    ["https://intern.example/", "DIRECT"],
    ["https://crm.intern.example/", "DIRECT"],
    ["https://notintern.example/", "PROXY user:word@proxy.example:8080"],
    ["https://box.local:8443/", "DIRECT"],
    ["https://other.example/", "PROXY user:word@proxy.example:8080"],
    ["http://127.0.0.1:9000/", "DIRECT"],
    ["http://localhost:9000/", "DIRECT"],
    ["http://[::1]:9000/", "DIRECT"],
  ])("%s goes %s", async (url, expected) => {
    expect(await createEnvironmentProxy(environment)(url)).toBe(expected);
  });

  test("none, or all exempt, is direct; ALL_PROXY serves for both", async () => {
    expect(await createEnvironmentProxy({})("https://api.example/")).toBe("DIRECT");
    expect(await createEnvironmentProxy({ ...environment, NO_PROXY: "*" })("https://api.example/")).toBe("DIRECT");
    const all = createEnvironmentProxy({ ALL_PROXY: "socks5://socks.example:1080" });
    expect(await all("http://api.example/")).toBe("SOCKS5 socks.example:1080");
  });
});
