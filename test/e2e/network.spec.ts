import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { projectRoot } from "../../build/checks/project-files.ts";
import { createCalls, demoLogs, expect, importFiles, readCounts, secretName, tenant, test } from "./ledger-rig.ts";
import { callRaw, waitForEngine } from "./page-calls.ts";

test("a CRM that closes the connection after the body gets the request once: nothing below the engine sends it again", async ({
  connected,
  admin,
}) => {
  const { page } = connected;
  const countCreates = async () => {
    const all = Object.entries(await admin.byEndpoint());
    return all.reduce((sum, [endpoint, count]) => sum + (endpoint.endsWith(createCalls.path) ? count : 0), 0);
  };
  // Signing in asked whether calls may be made at all.
  const before = await countCreates();
  await admin.faults([{ match: createCalls, kind: "drop-after", times: 1 }]);
  expect(await importFiles(page, [join(demoLogs, "Master.csv")])).toMatchObject({ ok: true });
  // The lost answer is noticed; what was lost is looked up later, after the quiet time.
  await expect.poll(async () => (await readCounts(page)).uncertain, { timeout: 30_000 }).toBeGreaterThan(0);
  await expect.poll(async () => (await readCounts(page)).sending, { timeout: 30_000 }).toBe(0);
  expect((await countCreates()) - before).toBe(1);
  const keys = (await admin.records("calls")).map((record) => record["callledger_key"]);
  expect(new Set(keys).size).toBe(keys.length);
});

test("the way to a CRM is the system's: the shell looks the proxy up, the engine goes through it", async ({
  launch,
  secretEnv,
}) => {
  const seen: string[] = [];
  const proxy = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.writeHead(502).end();
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as AddressInfo;
  try {
    const { electron, page } = await launch({ env: secretEnv });
    await waitForEngine(page);
    await electron.evaluate(
      ({ session }, rules) => session.defaultSession.setProxy({ proxyRules: rules }),
      `http=127.0.0.1:${port}`,
    );
    const answer = await connectTo(page, "http://crm.example");
    expect(answer.ok).toBe(false);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every((line) => line.includes("http://crm.example/"))).toBe(true);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});

test("whom the system's store of certificates vouches for is trusted, nobody else", async ({ launch, secretEnv }) => {
  test.skip(process.platform !== "linux", "other systems have no store that a test may fill");
  const fixture = (name: string) => join(projectRoot, "test", "fixtures", "tls", name);
  let requests = 0;
  const server = createHttpsServer(
    { key: await readFile(fixture("loopback-key.pem")), cert: await readFile(fixture("loopback-cert.pem")) },
    (_request, response) => {
      requests += 1;
      response.writeHead(401).end();
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const strange = await launch({ env: secretEnv });
    await waitForEngine(strange.page);
    expect((await connectTo(strange.page, url)).fault?.message).toMatch(/certificate/i);
    expect(requests).toBe(0);
    await strange.electron.close();
    const trusting = await launch({ env: { ...secretEnv, SSL_CERT_FILE: fixture("loopback-cert.pem") } });
    await waitForEngine(trusting.page);
    expect((await connectTo(trusting.page, url)).ok).toBe(false);
    expect(requests).toBeGreaterThan(0);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

const connectTo = (page: Page, baseUrl: string) =>
  callRaw(page, "integrations:connect", {
    crm: "hubspot",
    tenant,
    baseUrl,
    label: null,
    unknownCaller: "hold",
    since: null,
    secret: { kind: "env", name: secretName },
    setup: false,
  });
