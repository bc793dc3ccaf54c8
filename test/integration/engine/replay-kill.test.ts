import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startEngine } from "../../../src-main/engine/main.ts";
import { bury } from "../../builders/dead-letters.ts";
import { type Ledger, anIntegration, createLedger, statesOf } from "../../builders/ledger.ts";

const child = fileURLToPath(new URL("dying-replay.ts", import.meta.url));
const calls = 4_000;
let ledger: Ledger;

beforeEach(() => {
  ledger = createLedger();
});
afterEach(() => ledger.dispose());

const moved = (): number =>
  ledger.raw((db) => db.prepare<[], number>("SELECT coalesce(max(moved), 0) FROM dead_run").pluck().get() ?? 0);

test(
  "a replay that is killed half-way goes on at the next start: each call once, none left behind",
  { timeout: 120_000 },
  async () => {
    const { id } = anIntegration(ledger, { secret: { kind: "env", name: "NO_SUCH_TOKEN" } });
    bury(ledger, calls);
    const target = ledger.store.deadRuns.groups()[0]?.id ?? "";
    // Nothing is sent: what was moved stays where the replay put it.
    ledger.store.integrations.setState(id, "paused", { at: ledger.clock.now(), reason: null, note: "" });
    ledger.store.close();

    const requestId = "click-00001";
    const running = spawn(process.execPath, [child, ledger.dataDir, target, requestId], { stdio: "inherit" });
    const ended = once(running, "exit");
    while (moved() < 1_000) await delay(2);
    running.kill("SIGKILL");
    await ended;
    const atKill = moved();
    expect(atKill).toBeGreaterThanOrEqual(1_000);
    expect(atKill).toBeLessThan(calls);
    const half = statesOf(ledger).filter((state) => state === "queued").length;
    expect(half).toBe(atKill);

    const engine = await startEngine({ dataDir: ledger.dataDir });
    const again = await engine.call("deadLetters:replay", { target, note: "the field is back" }, { requestId });
    expect(again).toEqual({ ok: true, value: { replayed: calls } });
    await expect.poll(moved, { timeout: 60_000 }).toBe(calls);
    const history = await engine.call("deadLetters:history", { target, limit: 10 });
    expect(history).toMatchObject({
      value: { runs: [{ kind: "replay", moved: calls, open: calls, note: "the field is back" }] },
    });
    expect(await engine.call("audit:verify", {})).toMatchObject({ value: { ok: true } });
    await engine.close();

    expect(statesOf(ledger).every((state) => state === "queued")).toBe(true);
    const entries = ledger.raw((db) =>
      db
        .prepare<[], { entries: number; deliveries: number }>(
          "SELECT count(*) AS entries, count(DISTINCT delivery_id) AS deliveries FROM audit WHERE operation = 'delivery.replay'",
        )
        .get(),
    );
    expect(entries).toEqual({ entries: calls, deliveries: calls });
  },
);
