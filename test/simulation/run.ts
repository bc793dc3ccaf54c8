import { parseArgs } from "node:util";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string", default: "1-20" },
    trace: { type: "boolean", default: false },
  },
});
const [from = 1, to = from] = (values.seed ?? values.seeds).split("-").map(Number);
const begun = performance.now();
let failed = 0;
const passes = new Map<string, number>();
const hits = new Map<string, number>();
for (let seed = from; seed <= to; seed += 1) {
  const at = performance.now();
  const result = await simulate(seed);
  for (const [name, n] of result.passes) passes.set(name, (passes.get(name) ?? 0) + n);
  for (const [name, n] of result.hits) hits.set(name, (hits.get(name) ?? 0) + n);
  if (result.violation !== null) {
    failed += 1;
    console.log(`seed ${seed}: ${result.violation.invariant}: ${result.violation.seen}`);
  }
  if (values.trace || (result.violation !== null && values.seed !== undefined)) console.log(result.trace.join("\n"));
  if (values.seed !== undefined) console.log(result.digest, result.calls, `${Math.round(performance.now() - at)} ms`);
}
console.log(`${to - from + 1} seeds, ${failed} failed, ${Math.round(performance.now() - begun)} ms`);
console.log([...passes].map(([name, n]) => `${name} ${n}/${hits.get(name) ?? 0}`).join("\n"));
