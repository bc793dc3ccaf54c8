import { createNodeLauncher } from "./engine-host/node-launcher.ts";
import type { LaunchEngine } from "./engine-host/engine-process.ts";
import { createUtilityLauncher } from "./engine-host/utility-launcher.ts";

export type EngineChoice = Readonly<{ launch: LaunchEngine; kind: "utility process" | "node" }>;

/** The variable that names a Node to run the engine in. */
export const nodeVariable = "CALLLEDGER_ENGINE_EXEC";

/**
 * A utility process, or the Node that the environment names. A packaged app honours that variable only in a build that
 * is marked as one for tests: else whoever sets a variable would choose the program that gets the keychain.
 */
export function chooseEngine(
  ask: Readonly<{ entry: string; env: NodeJS.ProcessEnv; isPackaged: boolean; isTestBuild: boolean }>,
): EngineChoice {
  const node = ask.env[nodeVariable];
  if (node !== undefined && node !== "" && (!ask.isPackaged || ask.isTestBuild))
    return { launch: createNodeLauncher({ node, entry: ask.entry, env: ask.env }), kind: "node" };
  return { launch: createUtilityLauncher({ entry: ask.entry, env: ask.env }), kind: "utility process" };
}
