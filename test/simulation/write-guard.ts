import type Sqlite from "better-sqlite3";
import type { HttpRequest } from "../../src-main/engine/ports/http.ts";
import { parseContract } from "../../src-main/engine/ownership/contract-file.ts";
import type { CrmType } from "../../src-shared/domain/integration.ts";
import type { OwnershipContract } from "../../src-shared/domain/ownership.ts";
import { requestTimeoutMs } from "./computer.ts";
import type { CrmStage } from "./stage.ts";
import { Violation } from "./violation.ts";

export type WriteGuardParts = Readonly<{
  stages: readonly CrmStage[];
  /** The ledger as it is on disk, read from beside the engine. */
  ledger: () => Sqlite.Database;
  /** True time, ms. */
  now: () => number;
}>;

/** Looks at every write as it leaves, and remembers what nobody knows the end of. */
export function createWriteGuard(parts: WriteGuardParts) {
  const { stages, ledger } = parts;
  const contracts = new Map<CrmType, OwnershipContract>(
    stages.map(({ crm, contract }) => {
      const parsed = parseContract(contract);
      if (!parsed.ok) throw new Error("the default contract is not valid");
      return [crm, parsed.value];
    }),
  );
  /** First writes whose end nobody knows: when the request left, by true time, and the reads of calls by then. */
  const openWrites = new Map<string, Readonly<{ at: number; reads: number }>>();
  const readsOf = new Map<CrmType, number>();

  const openIntents = (): Readonly<{ keys: ReadonlySet<string>; ids: ReadonlySet<string> }> => {
    const rows = ledger()
      .prepare<[], { key: string; remoteId: string | null }>(
        `SELECT a.key, d.remote_id AS remoteId FROM attempt a JOIN delivery d ON d.id = a.delivery_id
         WHERE a.answered_at IS NULL`,
      )
      .all();
    return {
      keys: new Set(rows.map(({ key }) => key)),
      ids: new Set(rows.flatMap(({ remoteId }) => remoteId ?? [])),
    };
  };

  /** Intent before effect, and no field that is not ours, at the door through which the request leaves. */
  function onWrite(stage: CrmStage, request: HttpRequest): void {
    const { pathname } = new URL(request.url);
    const body: unknown = request.body === undefined || request.body === "" ? {} : JSON.parse(request.body);
    const rows = stage.vendor.rowsOf(request.method, pathname, body ?? {});
    const intents = openIntents();
    const rules = contracts.get(stage.crm)?.objects[stage.vendor.callObject]?.fields ?? {};
    const held = new Map(stage.calls().map((call) => [call.id, call]));
    for (const { key, id, fields } of rows) {
      const known = (key !== null && intents.keys.has(key)) || (id !== null && intents.ids.has(id));
      if (key !== null && id === null) checkSecondSend(stage, key);
      if (!known) throw new Violation("intent before effect", `${request.method} ${pathname} ${key ?? id ?? ""}`);
      for (const field of fields) {
        if (stage.vendor.frame.has(field)) continue;
        const rule = rules[field];
        if (rule === undefined || rule.own === "crm")
          throw new Violation("no field outside the contract", `${stage.crm} ${field}`);
        const value = id === null ? undefined : held.get(id)?.fields[field];
        const isFilled = value !== undefined && value !== null && value !== "";
        if (id !== null && rule.own === "fill-blank" && isFilled)
          throw new Violation("no field outside the contract", `${stage.crm} ${field} is filled by somebody`);
      }
    }
  }

  /**
   * A first write whose answer was lost is sent again only when nobody can still execute it, and after it was looked for:
   * twice where the CRM would not refuse a second record.
   */
  function checkSecondSend(stage: CrmStage, key: string): void {
    const place = `${stage.crm} ${key}`;
    const reads = readsOf.get(stage.crm) ?? 0;
    const open = openWrites.get(place);
    openWrites.set(place, { at: parts.now(), reads });
    if (open === undefined || parts.now() - open.at > 10 * 60_000) return;
    const age = parts.now() - open.at;
    if (age < 2 * requestTimeoutMs - 1_000)
      throw new Violation("quiet time", `${place} was sent again after ${age} ms`);
    const wanted = stage.vendor.hasUniqueKey ? 1 : 2;
    if (reads - open.reads < wanted)
      throw new Violation("read before a second send", `${place} was looked for ${reads - open.reads} times`);
  }

  /** What the PC knows of a request when it is over. */
  function onEnd(stage: CrmStage, request: HttpRequest, isCertain: boolean): void {
    const { pathname } = new URL(request.url);
    if (isCertain && stage.vendor.isLook(request.method, pathname, request.body ?? ""))
      readsOf.set(stage.crm, (readsOf.get(stage.crm) ?? 0) + 1);
    if (!isCertain || !stage.isWrite(request.method, pathname) || request.body === undefined) return;
    for (const { key } of stage.vendor.rowsOf(request.method, pathname, JSON.parse(request.body)))
      if (key !== null) openWrites.delete(`${stage.crm} ${key}`);
  }

  return { onWrite, onEnd };
}
