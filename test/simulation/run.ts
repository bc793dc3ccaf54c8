import { parseArgs } from "node:util";
import { crashPoints } from "./crash-points.ts";
import { type SimulationResult, simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    /** One seed, with what happened in it. */
    seed: { type: "string" },
    seeds: { type: "string", default: "1-20" },
    "until-failure": { type: "boolean", default: false },
    /** The last line is one JSON object. */
    json: { type: "boolean", default: false },
  },
});
const isOne = values.seed !== undefined;
const [from = 1, to = from] = (values.seed ?? values.seeds).split("-").map(Number);
const begun = performance.now();
const failed: { seed: number; invariant: string }[] = [];
const hits = new Map<string, number>();

function report({ seed, violation, trace, digest, calls }: SimulationResult): void {
  if (isOne) console.log(trace.join("\n"));
  if (isOne) console.log(`digest ${digest}, ${calls} calls`);
  if (violation === null) return;
  failed.push({ seed, invariant: violation.invariant });
  console.log(`seed ${seed} broke "${violation.invariant}": ${violation.seen}`);
  if (!isOne) console.log(`${trace.slice(-12).join("\n")}\nreplay: npm run simulate -- --seed ${seed}`);
}

for (let seed = from; seed <= to; seed += 1) {
  const result = await simulate(seed);
  for (const [name, count] of result.hits) hits.set(name, (hits.get(name) ?? 0) + count);
  report(result);
  if (failed.length > 0 && values["until-failure"]) break;
}
const ms = Math.round(performance.now() - begun);
if (values.json) console.log(JSON.stringify({ failed, hits: Object.fromEntries(hits), ms }));
else {
  if (!isOne) console.log(crashPoints.map((name) => `${String(hits.get(name) ?? 0).padStart(6)}  ${name}`).join("\n"));
  console.log(`${to - from + 1} seeds in ${ms} ms, ${failed.length} failed`);
}
process.exitCode = failed.length === 0 || values.json ? 0 : 1;
