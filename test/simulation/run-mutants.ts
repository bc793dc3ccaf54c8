import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Mutant, checkPlaces, mutants } from "./mutants.ts";

const root = new URL("../../", import.meta.url);
const atPath = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const run = promisify(execFile);

/** `seed` null: it lived through every seed, which is a hole in the simulation. */
export type Death = Readonly<{ name: string; seed: number | null; invariant: string; ms: number }>;

/** Runs one wrong engine until a seed kills it. */
export async function kill(mutant: Mutant, seeds: number): Promise<Death> {
  const begun = performance.now();
  const { stdout } = await run(
    process.execPath,
    ["--import", atPath("mutate-hook.ts"), atPath("run.ts"), "--seeds", `1-${seeds}`, "--until-failure", "--json"],
    {
      env: { ...process.env, SIMULATION_MUTANT: mutant.name },
      maxBuffer: 64 * 1_024 * 1_024,
      cwd: fileURLToPath(root),
    },
  );
  const last = JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as {
    failed: readonly { seed: number; invariant: string }[];
  };
  const [first] = last.failed;
  const ms = Math.round(performance.now() - begun);
  return { name: mutant.name, seed: first?.seed ?? null, invariant: first?.invariant ?? "lived", ms };
}

export const toLine = ({ name, seed, invariant, ms }: Death): string =>
  `${seed === null ? "LIVES " : `seed ${String(seed).padStart(3)}`}  ${name}: ${invariant} (${ms} ms)`;

/** Two at a time: as many as the machines that run this have cores. */
export async function killAll(
  wanted: readonly Mutant[],
  seeds: number,
  onDeath: (death: Death) => void,
): Promise<readonly Death[]> {
  for (const mutant of wanted) checkPlaces(mutant, root);
  const left = [...wanted];
  const deaths: Death[] = [];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const death = await kill(next, seeds);
      deaths.push(death);
      onDeath(death);
    }
  };
  await Promise.all([work(), work()]);
  return deaths;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // Words of the names of those to run; all without.
  const words = process.argv.slice(2);
  const wanted = mutants.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  const deaths = await killAll(wanted, 100, (death) => console.log(toLine(death)));
  const alive = deaths.filter(({ seed }) => seed === null);
  console.log(
    `${deaths.length} wrong engines, ${deaths.length - alive.length} killed within 100 seeds, ${alive.length} alive`,
  );
  process.exitCode = alive.length === 0 ? 0 : 1;
}
