import { expect, test } from "./app-fixture.ts";
import { callRaw, waitForEngine } from "./page-calls.ts";

test("the app opens its window, its engine runs, and the window can ask it", async ({ app }) => {
  await expect(app.page).toHaveTitle(/CallLedger/);
  await waitForEngine(app.page);
  expect(await callRaw(app.page, "status:get", {})).toMatchObject({ ok: true, value: { integrations: [] } });
  expect(await callRaw(app.page, "shell:info", {})).toMatchObject({ ok: true, value: { dataDir: app.dataDir } });
  expect(await app.log()).toContain("on Electron");
});
