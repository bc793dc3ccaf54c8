import { playEdits } from "./play-edits.ts";

/** Plays seeds until one breaks a promise, and says which: `run-seeds.ts 1 40`. */
const [first = 1, last = 20] = process.argv.slice(2).map(Number);
let broken: Readonly<{ seed: number; violation: string }> | null = null;
for (let seed = first; seed <= last && broken === null; seed += 1) {
  const { violation } = await playEdits(seed);
  if (violation !== null) broken = { seed, violation };
}
console.log(JSON.stringify(broken));
