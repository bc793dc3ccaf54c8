import { startEngine } from "../../../src-main/engine/main.ts";

/** Settles conflicts for ours, and is killed as soon as the last one is answered. */
const [dataDir = "", ...ids] = process.argv.slice(2);
const engine = await startEngine({ dataDir });
for (const id of ids) {
  const answer = await engine.call("conflicts:settle", { id: Number(id), verdict: "use_ours", note: "" });
  if (!answer.ok) throw new Error(answer.fault.message);
}
process.kill(process.pid, "SIGKILL");
