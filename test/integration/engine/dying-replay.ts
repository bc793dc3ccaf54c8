import { startEngine } from "../../../src-main/engine/main.ts";

/** Replays a group until it is killed. */
const [dataDir = "", target = "", requestId = ""] = process.argv.slice(2);
const engine = await startEngine({ dataDir });
await engine.call("deadLetters:replay", { target, note: "the field is back" }, { requestId });
await engine.close();
