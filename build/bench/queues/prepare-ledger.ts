import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { connectorKinds } from "../../../src-main/connectors/registry.ts";
import { systemClock, systemRandom } from "../../../src-main/engine/main.ts";
import { openStore } from "../../../src-main/engine/store/open-store.ts";
import { run } from "../contender.ts";
import { generateAsteriskLog } from "../generate-asterisk-log.ts";

/** Some rows are legs of one call, some repeat others, some are calls within the house: so many rows queue one call. */
export const rowsPerQueued = 1.42;

/** A data folder with one account, HubSpot as integration 1, to which nothing is sent: its deliveries stay queued. */
export function addAccount(dataDir: string, state: "active" | "paused"): void {
  const store = openStore({ dataDir, clock: systemClock, random: systemRandom, mode: "write" });
  const draft = { tenant: "bench", crm: "hubspot", label: "bench", baseUrl: null } as const;
  const rest = { secret: { kind: "keychain" }, unknownCaller: "hold", since: null, settings: {} } as const;
  const contract = connectorKinds.hubspot?.readDefaultContract({}) ?? "";
  const { id } = store.integrations.add({ ...draft, ...rest, contract, account: { accountId: "1", name: "bench" } }, 0);
  if (state === "paused")
    store.integrations.setState(id, "paused", { at: 0, reason: null, note: "measured without sending" });
  store.close();
}

/** A data folder with at least so many deliveries queued, by the product's own import of a log. */
export async function prepareLedger(dataDir: string, queued: number, scratch: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  addAccount(dataDir, "active");
  const log = join(scratch, "queued.csv");
  await generateAsteriskLog(log, Math.ceil(queued * rowsPerQueued));
  const place = ["--country", "GB", "--timezone", "UTC", "--format", "asterisk-cdr-csv", "--system", "pbx"];
  const args = ["import", log, "--tenant", "bench", ...place, "--json"];
  await run({ file: "src-main/cli/main.ts", args, env: { CALLLEDGER_DATA: dataDir } }, scratch);
  await rm(log);
}
