import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startSandbox } from "../../src-main/sandbox/main.ts";
import { createCli } from "../integration/cli/cli-process.ts";

const hook = new URL("../builders/prompting-keychain-hook.ts", import.meta.url).href;

test.runIf(process.platform !== "win32")(
  "connect ends by itself where nobody answers the keychain's prompt, and says what to do",
  { timeout: 240_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "callledger-prompt-"));
    const sandbox = await startSandbox();
    try {
      const pipe = join(folder, "prompt");
      execFileSync("mkfifo", [pipe]);
      const env = { CALLLEDGER_KEYCHAIN: "on", NODE_OPTIONS: `--import ${hook}`, PROMPT_PIPE: pipe };
      const cli = createCli(join(folder, "data"), env);
      const { baseUrl = "", token = "" } = sandbox.hubspot ?? {};
      const ended = await cli.pipe(token, "connect", "hubspot", "--tenant", "acme", "--base-url", baseUrl);
      expect(ended, ended.stderr).toMatchObject({ code: 2 });
      expect(ended.stderr).toContain("did not answer within 60 s");
      expect(ended.stderr).toContain("--secret-from-env NAME");
      expect(`${ended.stdout}${ended.stderr}`).not.toContain(token);
    } finally {
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
