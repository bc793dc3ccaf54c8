import { expect, test } from "vitest";
import { runFuzz } from "../builders/log-fuzzer/run-fuzz.ts";

const usualSeed = 20_260_601;
const inputs = 1000;

/** `CALLLEDGER_FUZZ=seed` takes another seed, `seed:index` reads one input again. */
const [seed = usualSeed, index] = (process.env["CALLLEDGER_FUZZ"] ?? String(usualSeed)).split(":").map(Number);

test(`whatever a file holds, it is read or refused in bounded time, and every row is accounted for (seed ${seed})`, async () => {
  const run = await runFuzz({ seed, from: index ?? 0, count: index === undefined ? inputs : 1 });
  expect(run.problems.join("\n\n")).toBe("");
  expect(run.inputs).toBe(index === undefined ? inputs : 1);
  // A fuzzer whose inputs are all refused tests nothing.
  if (index === undefined) expect(run.refused).toBeLessThan(inputs / 2);
}, 300_000);
