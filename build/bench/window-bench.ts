import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { startSandbox } from "../../src-main/sandbox/main.ts";
import { cacheFolder } from "../../src-main/engine/host/data-folder.ts";
import { projectRoot } from "../checks/project-files.ts";
import { buildApp } from "../electron/build-app.ts";
import { electronArguments } from "../electron/electron-arguments.ts";
import { describeElectron, electronPlaces, findElectron, runsDatabase } from "../electron/find-electron.ts";
import { behindScreen, findScreen, noScreen } from "../electron/find-screen.ts";
import { run } from "./contender.ts";
import { generateAsteriskLog } from "./generate-asterisk-log.ts";
import { measureBusy, type BusyResult } from "./window-busy.ts";
import { measureIdle, writeBlankApp, type IdleResult } from "./window-idle.ts";

export type WindowBenchAsk = Readonly<{ rows: number; stored: number; rounds: number; scratch: string }>;

const tenant = "bench";
const variable = "CALLLEDGER_BENCH_TOKEN";
const cli = "src-main/cli/main.ts";
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Runs this very program again behind a screen where there is none. Its exit code, or null where there is one. */
export function runBehindScreen(): number | null {
  const screen = findScreen(process.env, process.platform);
  if (screen === undefined) {
    say(noScreen);
    return 1;
  }
  const [program, ...args] = screen;
  if (program === undefined) return null;
  return (
    spawnSync(program, [...args, ...process.argv], { stdio: "inherit", env: behindScreen(process.env) }).status ?? 1
  );
}

/** The window under load and at rest, on the Electron that is found here. */
export async function measureWindow({ rows, stored, rounds, scratch }: WindowBenchAsk) {
  const found = await findElectron(electronPlaces(cacheFolder(process.env), say));
  say(describeElectron(found));
  await buildApp({ isTestBuild: false });
  const sandbox = await startSandbox();
  const { hubspot } = sandbox;
  if (hubspot === undefined) throw new Error("the sandbox serves no HubSpot");
  const engine = runsDatabase(found.version) ? {} : { CALLLEDGER_ENGINE_EXEC: process.execPath };
  const env = { ...process.env, ...engine, [variable]: hubspot.token };
  const flags = [...electronArguments(say), "--disable-gpu"];

  /** A data folder with one account that is paused: what is read stays, and nothing is sent while it is measured. */
  const prepare = async (name: string): Promise<string> => {
    const dataDir = join(scratch, name);
    const call = (...args: string[]) =>
      run(
        { file: cli, args: [...args, "--json"], env: { CALLLEDGER_DATA: dataDir, [variable]: hubspot.token } },
        scratch,
      );
    await call("connect", "hubspot", "--tenant", tenant, "--secret-from-env", variable, "--base-url", hubspot.baseUrl);
    await call("integrations", "pause", "1");
    return dataDir;
  };
  const importArgs = async (name: string, count: number): Promise<readonly string[]> => {
    const log = join(scratch, `${name}.csv`);
    await generateAsteriskLog(log, count);
    const place = ["--country", "GB", "--timezone", "UTC"];
    return ["import", log, "--tenant", tenant, "--format", "asterisk-cdr-csv", ...place, "--json"];
  };

  try {
    const resting = await prepare("resting");
    // Some rows of the log are legs of one call, some are left out: a good fifth more rows than calls.
    const filled = await run(
      {
        file: cli,
        args: await importArgs("resting-log", Math.round(stored * 1.25)),
        env: { CALLLEDGER_DATA: resting, [variable]: hubspot.token },
      },
      scratch,
    );
    say(`Stored for the app at rest: ${JSON.stringify(filled.answer).slice(0, 200)}`);
    const blankDir = await writeBlankApp(join(scratch, "blank"));
    const idle = await measureIdle(
      {
        command: [found.executable, ...flags, projectRoot, "--data", resting],
        env,
        loaded: "The window shows its page.",
      },
      { command: [found.executable, ...flags, blankDir], env, loaded: "The blank page is loaded." },
      rounds,
    );
    const busyDir = await prepare("busy");
    const busy = await measureBusy({
      executable: found.executable,
      args: [...flags, projectRoot, "--data", busyDir],
      env: { ...env, CALLLEDGER_DATA: busyDir },
      importArgs: await importArgs("busy-log", rows),
      scratch,
    });
    return { electron: found.version, idle, busy };
  } finally {
    await sandbox.close();
  }
}

const short = (value: number, unit: string): string =>
  `${value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 })} ${unit}`;

/** Tables for people. */
export function showWindowBench({ idle, busy }: Readonly<{ idle: IdleResult; busy: BusyResult }>): void {
  console.log("The app at rest ÷ a blank Electron window, medians of the rounds:");
  console.table({
    "memory of all processes (PSS)": { ratio: idle.memory.toFixed(2), target: "at most 1.6" },
    "until the page is loaded": { ratio: idle.load.toFixed(2), target: "at most 1.5" },
  });
  console.table(
    [
      ...idle.blank.map((each) => ({ ...each, what: "blank" })),
      ...idle.app.map((each) => ({ ...each, what: "app" })),
    ].map(({ what, pssMb, loadedMs, processes }) => ({
      what,
      memory: short(pssMb, "MB"),
      loaded: short(loadedMs, "ms"),
      processes: processes.map((each) => `${each.name.split(" ")[0]} ${Math.round(each.pssMb)}`).join(", "),
    })),
  );
  console.log(`While a log was imported behind the window (${short(busy.importSeconds, "s")}):`);
  console.table(
    Object.fromEntries(
      [...Object.entries(busy.calls), ["all calls", busy.all] as const].map(
        ([name, { count, p50Ms, p95Ms, p99Ms, maxMs }]) => [
          name,
          { count, p50: short(p50Ms, "ms"), p95: short(p95Ms, "ms"), p99: short(p99Ms, "ms"), max: short(maxMs, "ms") },
        ],
      ),
    ),
  );
  showTasks(busy);
}

function showTasks({ tasks, longTasks: { count, maxMs, share, delayMs } }: BusyResult): void {
  const percent = (part: number, whole: number): string => ((part / Math.max(1, whole)) * 100).toFixed(2);
  console.log(
    `The page ran ${tasks.count.toLocaleString("en")} tasks in ${short(tasks.watchedMs / 1_000, "s")} watched: p50 ${short(tasks.p50Ms, "ms")}, p95 ${short(tasks.p95Ms, "ms")}, p99 ${short(tasks.p99Ms, "ms")} (target: no more than 50 ms), longest ${short(tasks.maxMs, "ms")}.`,
  );
  if (tasks.lostRecordings > 0)
    console.log(`Not all of them: ${tasks.lostRecordings} recordings of five seconds were cut by the browser.`);
  console.log(
    `The page's own observer saw ${count} of over 50 ms (${percent(count, tasks.count)} % of all, ${(share * 100).toFixed(2)} % of the time), longest ${short(maxMs, "ms")}.`,
  );
  console.log(
    `Target: p95 of all calls under 100 ms. At 99 of 100 moments a click waits less than ${short(Math.max(50, delayMs), "ms")} for the page (target: 50 ms).`,
  );
}
