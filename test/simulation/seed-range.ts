import { simulate } from "./simulate.ts";

/** Seeds from `first` on, one after another, that broke a promise: each with what it broke, its last steps and its replay. */
export async function listBroken(first: number, count: number): Promise<readonly string[]> {
  const broken: string[] = [];
  for (let seed = first; seed < first + count; seed += 1) {
    const { violation, trace } = await simulate(seed);
    if (violation !== null)
      broken.push(
        [`seed ${seed}: ${violation.seen}`, ...trace.slice(-12), `replay: npm run simulate -- --seed ${seed}`].join(
          "\n",
        ),
      );
  }
  return broken;
}
