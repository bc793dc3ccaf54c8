import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { dropFolder, makeFolder } from "./cli-process.ts";

const demo = fileURLToPath(new URL("../../../build/demo/demo.ts", import.meta.url));

function run(folder: string, ...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const env = { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder };
  const child = spawn(process.execPath, [demo, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, stdout, stderr })));
}

test(
  "the demo brings the sample logs into the sandbox, accounts for every call, and cleans up",
  { timeout: 150_000 },
  async () => {
    const folder = await makeFolder();
    const { code, stdout, stderr } = await run(folder, "--json");
    expect(code, stderr).toBe(0);
    const last = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Record<string, number> & {
      crms: readonly string[];
      deliveries: number;
    };
    const { delivered = 0, waiting = 0, dead = 0, excluded = 0, calls = 0, rows = 0, legs = 0, skipped = 0 } = last;
    expect(delivered).toBeGreaterThan(25);
    expect(waiting).toBeGreaterThan(0);
    expect(dead).toBeGreaterThan(0);
    expect(last.deliveries).toBe((calls - excluded) * last.crms.length);
    expect(delivered + waiting + dead).toBe(last.deliveries);
    expect(legs + skipped).toBe(rows);
    expect(last).toMatchObject({ balanced: true, rateLimited: 0 });
    expect(stderr).toContain("Delivered to HubSpot on");
    expect(stderr).toContain("Held: nobody in HubSpot has +447700900598");
    expect(stderr).toContain("Failed. A rule of the CRM refused the call.");
    expect(await readdir(folder)).toEqual([]);
    await dropFolder(folder);
  },
);
