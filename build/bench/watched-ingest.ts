import { appendFile, copyFile, mkdir, realpath, rename } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { holdYoungGeneration, releaseYoungGeneration } from "../../src-main/engine/host/young-generation.ts";

/**
 * Reads a log by the agent's watch of a folder, with nothing else at work, and then measures how long a row that is added to
 * it takes until it is queued for the CRMs.
 *
 *   node build/bench/watched-ingest.ts LOG DATA_FOLDER WATCHED_FOLDER APPENDED_ROWS
 */
// As the command line does before it loads the engine.
holdYoungGeneration();
const { systemClock, systemRandom } = await import("../../src-main/engine/main.ts");
const { startSourceWatcher } = await import("../../src-main/engine/api/source-watcher.ts");
const { createMappingBook } = await import("../../src-main/engine/ingest/mapping/mapping-book.ts");
const { openStore } = await import("../../src-main/engine/store/open-store.ts");
releaseYoungGeneration();

const [log, dataDir, folder, appended] = process.argv.slice(2);
if (log === undefined || dataDir === undefined || folder === undefined || appended === undefined)
  throw new Error("usage: watched-ingest.ts LOG DATA_FOLDER WATCHED_FOLDER APPENDED_ROWS");

type Read = Readonly<{ rows: number; deliveries: number }>;
let next = Promise.withResolvers<Read>();
const store = openStore({ dataDir, clock: systemClock, random: systemRandom, mode: "write" });
await mkdir(folder, { recursive: true });
const settings = { region: "GB", timeZone: "UTC" };
const source = { path: await realpath(folder), tenant: "bench", system: "pbx", format: "asterisk-cdr-csv", settings };
// A file is opened when it stayed the same for a while: what comes before is the watch's patience, not its rate.
let opened: number | null = null;
const watcher = startSourceWatcher(store.sources.add(source, systemClock.now()), {
  store: {
    ...store.ingest,
    findFiles: (...ask) => {
      opened ??= performance.now();
      return store.ingest.findFiles(...ask);
    },
  },
  memory: store.sourceMemory,
  clock: systemClock,
  mappings: createMappingBook(join(dataDir, "mappings")),
  // Nothing is sent: only the reading is measured.
  sync: { wake: () => undefined },
  isNetworkShare: () => false,
  onEvent: (event) => {
    if (event.event === "source:trouble") next.reject(new Error(event.message));
    if (event.event !== "source:read") return;
    next.resolve(event.summary);
    next = Promise.withResolvers<Read>();
  },
});

const reading = next.promise;
// Ready under its name at once: what is measured is the reading, not the copying.
const file = join(folder, "Master.csv");
await copyFile(log, `${file}.tmp`);
await rename(`${file}.tmp`, file);
const { rows } = await reading;
if (opened === null) throw new Error("the file was read without being looked up");
const readMs = performance.now() - opened;

const latencies: number[] = [];
for (let count = 0; count < Number(appended); count += 1) {
  const at = new Date(Date.UTC(2026, 4, 4, 8) + count * 60_000).toISOString().slice(0, 19).replace("T", " ");
  const cells = [
    "",
    "07700900123",
    "02079460010",
    "from-trunk",
    "",
    "PJSIP/trunk-1",
    "PJSIP/201-1",
    "Dial",
    "PJSIP/201",
  ];
  const row = [...cells, at, at, at, "50", "45", "ANSWERED", "DOCUMENTATION", `9900000000.${count}`, ""];
  const queued = next.promise;
  const written = performance.now();
  await appendFile(file, `${row.map((cell) => `"${cell}"`).join(",")}\n`);
  const { deliveries } = await queued;
  if (deliveries !== 1) throw new Error(`${deliveries} deliveries were queued for one row`);
  latencies.push(performance.now() - written);
}
await watcher.stop();
store.close();
console.log(JSON.stringify({ rows, readMs, latencies }));
