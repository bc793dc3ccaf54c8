import { join } from "node:path";
import { writeFile } from "node:fs/promises";
import type { SandboxAdmin } from "../builders/sandbox-admin.ts";
import type { RunningApp } from "./app-fixture.ts";
import { createCalls, demoLogs, expect, importFiles, readCounts, test } from "./ledger-rig.ts";
import { notificationServer } from "./notification-server.ts";
import { callRaw, followInPage, topicValue, waitForEngine } from "./page-calls.ts";

const logs = [join(demoLogs, "Master.csv"), join(demoLogs, "calls.csv")];
const keyOf = (record: Readonly<Record<string, unknown>>): string => JSON.stringify(record["callledger_key"] ?? record);

async function expectOnce(admin: SandboxAdmin, delivered: number): Promise<void> {
  const records = await admin.records("calls");
  expect(new Set(records.map(keyOf)).size).toBe(records.length);
  expect(records).toHaveLength(delivered);
}

const countsText = async ({ page }: RunningApp): Promise<string> => JSON.stringify(await readCounts(page));

/** Looks often: the requests are on their way for a few seconds only. */
const sendingSoon = { timeout: 30_000, intervals: [50] };

const settled = async ({ page }: RunningApp): Promise<number> => {
  const { queued, sending, uncertain } = await readCounts(page);
  return queued + sending + uncertain;
};

test("files that are dropped on the window arrive in the CRM, once, and the topics say so without being asked", async ({
  connected,
  admin,
}) => {
  const { page } = connected;
  await followInPage(page, "totals", 8001);
  await followInPage(page, "imports", 8002);
  await followInPage(page, "today", 8003);
  const answer = await importFiles(page, logs);
  expect(answer).toMatchObject({ ok: true, value: { files: 2 } });
  const { calls } = answer.value as { calls: number };
  await expect.poll(() => settled(connected), { timeout: 90_000 }).toBe(0);
  const counts = await readCounts(page);
  expect(counts.delivered).toBeGreaterThan(20);
  await expect.poll(async () => (await topicValue(page, 8001))["now"]?.deliveries).toEqual(counts);
  await expect
    .poll(async () => Object.values(await topicValue(page, 8002)))
    .toMatchObject([{ state: "done", summary: { calls } }]);
  await expect.poll(async () => (await topicValue(page, 8003))["now"]?.calls).toBe(calls);
  await expectOnce(admin, counts.delivered);
});

test("a new cause of failure raises one notification, and a repeated one none", async ({ connected }) => {
  test.setTimeout(300_000);
  const { page } = connected;
  const last = notificationServer.clear();
  await followInPage(page, "attention", 8001);
  await importFiles(page, logs);
  await expect.poll(() => settled(connected), { timeout: 90_000 }).toBe(0);
  const groups = async () =>
    ((await callRaw(page, "deadLetters:list", {})).value as { groups: readonly { id: string; count: number }[] })
      .groups;
  const causes = await groups();
  expect(causes.length).toBeGreaterThan(0);
  // One or two causes are as many notices; more within five minutes become one.
  const wanted = causes.length <= 2 ? causes.length : 1;
  await expect.poll(() => notificationServer.shown(), { timeout: 30_000 }).toBe(wanted);

  // The same causes once more are no news.
  for (const { id } of causes)
    expect(await callRaw(page, "deadLetters:replay", { target: id, note: "again" })).toMatchObject({ ok: true });
  await expect.poll(() => settled(connected), { timeout: 90_000 }).toBe(0);
  await expect.poll(async () => (await groups()).map(({ id }) => id)).toEqual(causes.map(({ id }) => id));
  await expect
    .poll(async () => Object.keys(await topicValue(page, 8001)).toSorted())
    .toEqual(causes.map(({ id }) => id).toSorted());
  expect(notificationServer.closeAllSince(last)).toHaveLength(wanted);
});

test("a click on a notification opens its cause", async ({ connected }) => {
  const { page } = connected;
  notificationServer.clear();
  await page.evaluate(() => {
    const api = window.callledger as unknown as { onOpen(listener: (frame: unknown) => void): void };
    api.onOpen((frame) => Reflect.set(window, "openedPlace", frame));
  });
  await importFiles(page, logs);
  await expect.poll(() => notificationServer.shown(), { timeout: 90_000 }).toBeGreaterThan(0);
  notificationServer.clickNewest();
  await page.waitForFunction(() => "openedPlace" in window);
  const opened = (await page.evaluate(() => Reflect.get(window, "openedPlace") as unknown)) as { route: string };
  const { groups } = (await callRaw(page, "deadLetters:list", {})).value as { groups: readonly { id: string }[] };
  expect(groups.map(({ id }) => `attention/${id}`)).toContain(opened.route);
});

/** As the systems say it: the tray's or the desktop's quit, a service that is stopped, the end of the session. */
const ways = {
  quit: ({ electron }: RunningApp) => electron.evaluate(({ app }) => app.quit()),
  SIGTERM: async ({ electron }: RunningApp) => void electron.process().kill("SIGTERM"),
  "log-out": ({ electron }: RunningApp) =>
    electron.evaluate(({ powerMonitor }) => void powerMonitor.emit("shutdown", { preventDefault: () => undefined })),
} as const;

for (const [way, end] of Object.entries(ways))
  test(`an app that ends by ${way} while it sends is gone within ten seconds, and nothing is lost or sent twice`, async ({
    connected,
    admin,
    launch,
    secretEnv,
  }) => {
    test.setTimeout(300_000);
    await admin.faults([{ match: createCalls, kind: "delay", delayMs: 3_000 }]);
    expect(await importFiles(connected.page, logs)).toMatchObject({ ok: true });
    await expect.poll(() => countsText(connected), sendingSoon).toMatch(/"sending":[1-9]/);
    const child = connected.electron.process();
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const since = Date.now();
    await end(connected).catch(() => undefined);
    expect(await ended).toBe(0);
    expect(Date.now() - since).toBeLessThan(10_000);
    await admin.faults();

    const again = await launch({ env: secretEnv });
    await waitForEngine(again.page);
    await expect.poll(() => settled(again), { timeout: 90_000 }).toBe(0);
    const { delivered } = await readCounts(again.page);
    expect(delivered).toBeGreaterThan(20);
    await expectOnce(admin, delivered);
  });

test("an engine that is killed while it sends loses nothing and sends nothing twice", async ({ connected, admin }) => {
  test.setTimeout(300_000);
  const { page } = connected;
  await followInPage(page, "engine", 8001);
  await admin.faults([{ match: createCalls, kind: "delay", delayMs: 3_000 }]);
  expect(await importFiles(page, logs)).toMatchObject({ ok: true });
  await expect.poll(() => countsText(connected), sendingSoon).toMatch(/"sending":[1-9]/);
  process.kill((await topicValue(page, 8001))["now"].pid as number, "SIGKILL");
  await admin.faults();
  await expect.poll(async () => (await topicValue(page, 8001))["now"]?.restarts).toBe(1);
  await expect.poll(() => settled(connected), { timeout: 90_000 }).toBe(0);
  const { delivered } = await readCounts(page);
  expect(delivered).toBeGreaterThan(20);
  await expectOnce(admin, delivered);
});

test("a reading of files goes on under its request when the engine is killed, and counts each call once", async ({
  connected,
  dataDir,
}) => {
  test.setTimeout(300_000);
  const { page } = connected;
  const large = join(dataDir, "large.csv");
  await writeFile(large, makeLargeLog(60_000));
  await followInPage(page, "engine", 8001);
  await followInPage(page, "imports", 8002);
  const reading = importFiles(page, [large]);
  await expect
    .poll(
      async () =>
        (Object.values(await topicValue(page, 8002))[0] as { progress?: { rows: number } } | undefined)?.progress
          ?.rows ?? 0,
      {
        timeout: 30_000,
      },
    )
    .toBeGreaterThan(0);
  process.kill((await topicValue(page, 8001))["now"].pid as number, "SIGKILL");
  const answer = await reading;
  expect(answer.fault?.message ?? "").toBe("");
  await expect.poll(async () => Object.values(await topicValue(page, 8002))).toMatchObject([{ state: "done" }]);
  const again = await importFiles(page, [large]);
  expect(again).toMatchObject({ ok: true, value: { calls: 0 } });
});

const two = (value: number) => String(value).padStart(2, "0");

/** A log of the plain kind, long enough that its reading can be interrupted. */
function makeLargeLog(rows: number): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const day = `${two(1 + (Math.floor(row / 1_440) % 28))}/06/2025`;
    const time = `${two(Math.floor(row / 60) % 24)}:${two(row % 60)}:00`;
    const caller = `+447700900${String(row % 1_000).padStart(3, "0")}`;
    return `${day},${time},${caller},+442079460012,In,0:01:33,Answered,Agent Example,L-${row}`;
  });
  return ["Date,Time,Caller,Callee,Direction,Duration,Result,Agent,Call ID", ...lines, ""].join("\n");
}
