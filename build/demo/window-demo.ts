import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask } from "../../src-main/cli/cli-context.ts";
import { startEngine } from "../../src-main/engine/main.ts";
import { startSandbox, type RunningSandbox } from "../../src-main/sandbox/main.ts";
import { connectSandbox, demoLogs, demoSettings, demoTenant, sandboxSecrets } from "./connect-sandbox.ts";
import { startLiveFeed } from "./live-feed.ts";

/** An office at work: CRMs, a data folder that knows them, and a phone system that goes on writing its log. */
export type Office = Readonly<{
  dataDir: string;
  /** What the app needs in its environment, so that its engine can sign in to the sandbox. */
  env: Readonly<Record<string, string>>;
  /** Zoho refuses once and names a time, as it does to everybody who is one of many: its calls wait and then go out. */
  rest(seconds: number): Promise<void>;
  /** Ends the CRMs and the log, and removes what was made. The app must have ended. */
  close(): Promise<void>;
}>;

export type OfficeAsk = Readonly<{
  /** Some calls end every so many ms. */
  callsEveryMs: number;
  say: (line: string) => void;
}>;

/** Starts the office. The app is started by the caller, with its folder and environment. */
export async function openOffice(wish: OfficeAsk): Promise<Office> {
  const folder = await mkdtemp(join(tmpdir(), "callledger-demo-"));
  const sandbox = await startSandbox({ demo: true });
  const ends: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true, maxRetries: 10 }), sandbox.close];
  const close = async (): Promise<void> => {
    for (const end of ends.toReversed()) await end();
  };
  try {
    const dataDir = join(folder, "data");
    const logs = join(folder, "logs");
    await mkdir(join(dataDir, "window"), { recursive: true });
    await cp(demoLogs, logs, { recursive: true });
    // Who closes the window of a demo wants it to end, not to stay in the tray.
    const preferences = { closeToTray: false, notifications: true };
    await writeFile(join(dataDir, "window", "preferences.json"), JSON.stringify(preferences));
    await setUp(dataDir, logs, sandbox, wish.say);
    const file = join(logs, "front-desk.csv");
    const onError = (error: unknown): void => wish.say(`The log could not be written: ${String(error)}`);
    const { timeZone } = demoSettings;
    const feed = await startLiveFeed({ file, everyMs: wish.callsEveryMs, timeZone, now: Date.now, onError });
    ends.push(feed.stop);
    return { dataDir, env: sandboxSecrets(sandbox), rest: (seconds) => askForRest(sandbox, seconds), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Connects the CRMs and watches the folder of logs, as a person does once. */
async function setUp(dataDir: string, logs: string, sandbox: RunningSandbox, say: OfficeAsk["say"]): Promise<void> {
  const engine = await startEngine({ dataDir });
  try {
    const connected = await connectSandbox(engine, sandbox);
    say(`Connected: ${connected.map(({ account }) => account).join(", ")} (all simulated on this computer).`);
    await ask(engine, "sources:add", {
      path: logs,
      tenant: demoTenant,
      format: "auto",
      settings: demoSettings,
    });
  } finally {
    await engine.close();
  }
}

async function askForRest({ admin }: RunningSandbox, seconds: number): Promise<void> {
  const rule = { kind: "status", status: 429, headers: { "retry-after": String(seconds) }, times: 1 };
  const answer = await fetch(`${admin}/zoho/faults`, { method: "POST", body: JSON.stringify([rule]) });
  if (!answer.ok) throw new Error(`the sandbox did not take a fault: ${answer.status} ${await answer.text()}`);
}
