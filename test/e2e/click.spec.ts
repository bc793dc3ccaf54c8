import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { demoLogs, connectHubspot, expect, importFiles, readCounts, test } from "./ledger-rig.ts";
import { callRaw, followInPage, topicValue, waitForEngine } from "./page-calls.ts";

const hook = pathToFileURL(join(import.meta.dirname, "dies-before-answer.mjs")).href;

test("a click that was done right before the engine died is answered after its restart, and done once", async ({
  launch,
  sandbox,
  admin,
  secretEnv,
  dataDir,
}) => {
  test.setTimeout(300_000);
  // In a plain Node on every Electron: the hook needs one that loads modules first.
  const app = await launch({ env: { ...secretEnv, CALLLEDGER_ENGINE_EXEC: process.execPath } });
  const { page } = app;
  await waitForEngine(page);
  await connectHubspot(page, sandbox);
  await followInPage(page, "engine", 8001);
  expect(await importFiles(page, [join(demoLogs, "Master.csv"), join(demoLogs, "calls.csv")])).toMatchObject({
    ok: true,
  });
  const settled = async () => {
    const { queued, sending, uncertain } = await readCounts(page);
    return queued + sending + uncertain;
  };
  await expect.poll(settled, { timeout: 90_000 }).toBe(0);
  const { groups } = (await callRaw(page, "deadLetters:list", {})).value as {
    groups: readonly { id: string; count: number; integrationId: number }[];
  };
  const group = groups[0] ?? { id: "none", count: 0, integrationId: 0 };
  expect(group.count).toBeGreaterThan(0);
  // Nothing goes out meanwhile, so that what was replayed stays where the click put it.
  expect(await callRaw(page, "integrations:pause", { id: group.integrationId, note: "" })).toMatchObject({ ok: true });
  const before = await readCounts(page);

  const died = join(dataDir, "died-once");
  await app.electron.evaluate(
    (_electron, [file, mark]) => {
      process.env["NODE_OPTIONS"] = `--import=${file}`;
      process.env["E2E_DIED_ONCE"] = mark;
    },
    [hook, died] as const,
  );
  const running = async () => (await topicValue(page, 8001))["now"] as { phase: string; pid: number; restarts: number };
  process.kill((await running()).pid, "SIGKILL");
  await expect.poll(async () => (await running()).phase, { timeout: 90_000 }).toBe("running");
  await expect.poll(async () => (await running()).restarts, { timeout: 90_000 }).toBe(1);
  await expect.poll(async () => (await running()).phase, { timeout: 90_000 }).toBe("running");

  const answer = await callRaw(page, "deadLetters:replay", { target: group.id, note: "once" }, "click-000001");
  expect(answer).toEqual({ ok: true, value: { replayed: group.count } });
  expect(await readFile(died, "utf8"), "the engine died after the effect").toBe(String(group.count));
  expect((await running()).restarts).toBe(2);
  const after = await readCounts(page);
  expect(after.dead).toBe(before.dead - group.count);
  const audit = await callRaw(page, "audit:search", { text: "Replayed", limit: 1_000 });
  const entries = (audit.value as { entries: readonly { operation: string }[] }).entries;
  expect(entries.filter(({ operation }) => operation === "delivery.replay")).toHaveLength(group.count);
  // The same click once more, as a window would repeat it, is answered and not done either.
  expect(await callRaw(page, "deadLetters:replay", { target: group.id, note: "once" }, "click-000001")).toEqual(answer);
  await admin.faults();
});
