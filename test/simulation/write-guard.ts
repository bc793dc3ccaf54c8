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
  /** Of the ledger as it is on disk, read from beside the engine. */
  query: <Given extends unknown[], Row>(sql: string) => Sqlite.Statement<Given, Row>;
  /** Keys of the calls of which the ledger does not know whether the CRM has them. */
  uncertainKeys: (crm: CrmType) => readonly string[];
  /** True time, ms. */
  now: () => number;
}>;

/** Date headers are whole seconds, and come with the answer's way: so much may the engine err in what time it is, ms. */
const dateErrsMs = 1_500;
/** A clock that parts from the others by less than this may go unnoticed until the next answer, ms. */
const stampMayErrMs = dateErrsMs + 5_000;

/** Looks at every write as it leaves, and remembers what nobody knows the end of. */
export function createWriteGuard(parts: WriteGuardParts) {
  const { stages, query } = parts;
  const contracts = new Map<CrmType, OwnershipContract>(
    stages.map(({ crm, contract }) => {
      const parsed = parseContract(contract);
      if (!parsed.ok) throw new Error("the default contract is not valid");
      return [crm, parsed.value];
    }),
  );
  /** First writes whose end nobody knows: when the request left, by true time. */
  const openWrites = new Map<string, number>();
  /** When a call was looked for while the ledger was uncertain of it, by true time. A look for others is none for it. */
  const looksFor = new Map<string, readonly number[]>();

  /** When each open attempt was stamped, by its key and by its record's id; the newest of several. */
  const openIntents = (): ReadonlyMap<string, number> => {
    const rows = query<[], { key: string; remoteId: string | null; at: number }>(
      `SELECT a.key, d.remote_id AS remoteId, a.started_at AS at FROM attempt a JOIN delivery d ON d.id = a.delivery_id
         WHERE a.answered_at IS NULL ORDER BY a.id`,
    ).all();
    return new Map(
      rows.flatMap(({ key, remoteId, at }) => [key, ...(remoteId === null ? [] : [remoteId])].map((by) => [by, at])),
    );
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
      const stamp = intents.get(key ?? "") ?? intents.get(id ?? "");
      if (key !== null && id === null) checkSecondSend(stage, key);
      if (stamp === undefined)
        throw new Violation("intent before effect", `${request.method} ${pathname} ${key ?? id ?? ""}`);
      const apart = stamp - stage.clock.now();
      // As far ahead as an answer's way may have been: by the latest that the CRM's time may be.
      if (apart < -stampMayErrMs || apart > stampMayErrMs + requestTimeoutMs)
        throw new Violation("sends are stamped by the CRM's time", `${stage.crm} ${key ?? id ?? ""} by ${apart} ms`);
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
    const sentAt = openWrites.get(place);
    openWrites.set(place, parts.now());
    if (sentAt === undefined || parts.now() - sentAt > 10 * 60_000) return;
    const quietFrom = sentAt + 2 * requestTimeoutMs - dateErrsMs;
    if (parts.now() < quietFrom)
      throw new Violation("quiet time", `${place} was sent again after ${parts.now() - sentAt} ms`);
    const wanted = stage.vendor.hasUniqueKey ? 1 : 2;
    const looks = (looksFor.get(place) ?? []).filter((at) => at >= quietFrom).length;
    if (looks < wanted)
      throw new Violation("read before a second send", `${place} was looked for ${looks} times after the quiet time`);
  }

  /** What the PC knows of a request when it is over. */
  function onEnd(stage: CrmStage, request: HttpRequest, isCertain: boolean): void {
    const url = new URL(request.url);
    const { pathname } = url;
    if (isCertain && stage.vendor.isLook(request.method, url, request.body ?? ""))
      for (const key of parts.uncertainKeys(stage.crm)) {
        const place = `${stage.crm} ${key}`;
        looksFor.set(place, [...(looksFor.get(place) ?? []), parts.now()]);
      }
    if (!isCertain || !stage.isWrite(request.method, pathname) || request.body === undefined) return;
    for (const { key } of stage.vendor.rowsOf(request.method, pathname, JSON.parse(request.body)))
      if (key !== null) openWrites.delete(`${stage.crm} ${key}`);
  }

  return { onWrite, onEnd };
}
