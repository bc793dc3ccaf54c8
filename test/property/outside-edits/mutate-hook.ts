import { registerHooks } from "node:module";
import { mutate } from "../../simulation/mutants.ts";
import { wrongEngines } from "./wrong-engines.ts";

/** Loaded before a run of seeds: changes the engine's source as it is loaded, for the wrong engine that is named. */
const wanted = process.env["WRONG_ENGINE"];
const mutant = wrongEngines.find(({ name }) => name === wanted);
if (mutant === undefined) throw new Error(`There is no wrong engine "${wanted ?? ""}".`);
const root = new URL("../../../", import.meta.url);
const places = new Map(mutant.edits.map(({ file }) => [new URL(file, root).href, file]));

registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context);
    const file = places.get(url);
    if (file === undefined || loaded.source === undefined || loaded.source === null) return loaded;
    const text =
      typeof loaded.source === "string" ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString();
    return { ...loaded, source: mutate(mutant, file, text) };
  },
});
