import { z } from "zod";
import { callFault } from "./contract.ts";
import { engineEvent } from "./events.ts";
import { requestFrame } from "./frames.ts";

/** Messages between the shell and its engine, the same whether the engine is a utility process or a plain Node. */

/** Calls that may be on their way to the engine at once; more wait in the shell. */
export const maxCallsInFlight = 64;
/** Messages that the engine may send ahead of the shell's acknowledgements. */
export const maxUnacknowledged = 256;
/** Characters of one page of a large answer, so that no message holds either side up for long. */
export const answerPageChars = 256 * 1024;

/** Why an engine did not start, as `EngineStartError` says. */
export const startRefusal = z.enum(["in_use", "missing", "refused"]);

/** Shell to engine. `acknowledge`: this many messages were taken in. `proxy`: the answer to a `resolveProxy`, or null where the system could not tell. */
export const toEngineFrame = z.union([
  requestFrame,
  z.strictObject({ start: z.strictObject({ dataDir: z.string().min(1), background: z.boolean() }) }),
  z.strictObject({ acknowledge: z.int().positive() }),
  z.strictObject({ proxy: z.int(), answer: z.string().nullable() }),
  z.strictObject({ stop: z.literal(true) }),
]);
export type ToEngineFrame = z.infer<typeof toEngineFrame>;

/** Engine to shell. A large result comes as JSON text in pages; `pages` is how many there are. */
export const fromEngineFrame = z.union([
  z.strictObject({ id: z.int(), result: z.unknown() }),
  z.strictObject({ id: z.int(), fault: callFault }),
  z.strictObject({ id: z.int(), progress: z.unknown() }),
  z.strictObject({ id: z.int(), page: z.int().nonnegative(), pages: z.int().positive(), text: z.string() }),
  z.strictObject({ push: engineEvent }),
  z.strictObject({ loaded: z.literal(true), pid: z.int() }),
  z.strictObject({ started: z.literal(true) }),
  z.strictObject({ refused: startRefusal, message: z.string() }),
  /** A bug, or the disk: the engine ends itself after it. For the log, never for the window. */
  z.strictObject({ failed: z.string() }),
  z.strictObject({ resolveProxy: z.int(), url: z.string() }),
  z.strictObject({ stopped: z.literal(true) }),
]);
export type FromEngineFrame = z.infer<typeof fromEngineFrame>;
