import { expect, test } from "vitest";
import { runFuzz } from "../builders/log-fuzzer/run-fuzz.ts";

const inputs = 20_000;
const seed = Number(process.env["CALLLEDGER_FUZZ"] ?? 7_000_001);

test(`twenty thousand damaged files are read or refused, and every row is accounted for (seed ${seed})`, async () => {
  const run = await runFuzz({ seed, from: 0, count: inputs });
  expect(run.problems.join("\n\n")).toBe("");
  expect(run.inputs).toBe(inputs);
}, 3_600_000);
