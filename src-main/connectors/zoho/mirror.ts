import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { ConnectorMirror, CrmSession, MirrorPage, MirrorPageAsk } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { query, quote, textOf, toTime, type Row } from "./coql.ts";
import type { FieldMetadata } from "./field-metadata.ts";
import { isOpenDeal, mirroredModules, toMirrorRecord, type MirroredModule } from "./mirror-record.ts";
import { listOwners } from "./owners.ts";
import { callCost, crmPath, windowNames } from "./wire.ts";

type Result<T> = Promise<Outcome<T, ConnectorFault>>;

const minuteMs = 60_000;
/** Rows of a page: the first reading takes large ones, which cost three credits instead of ten. */
const pageRows = { all: 2_000, changed: 200 } as const;
const deletedPerPage = 200;

type Reading = "all" | "changed" | "deleted";
const toName = (module: string, reading: Reading): string => `${module}.${reading}`;

/** The query language reads the records themselves, so nothing lags; what was deleted or merged away has a list of its own. */
const steps: ConnectorMirror["steps"] = [
  { name: "owners", everyMs: 60 * minuteMs },
  ...mirroredModules.map(({ module }) => ({
    name: toName(module, "all"),
    everyMs: 7 * 24 * 60 * minuteMs,
    sweeps: module,
  })),
  ...mirroredModules.map(({ module }) => ({ name: toName(module, "changed"), everyMs: 0 })),
  ...mirroredModules.map(({ module }) => ({ name: toName(module, "deleted"), everyMs: 15 * minuteMs })),
];

const deletedPage = z.looseObject({
  data: z.array(z.looseObject({ id: z.string().min(1) })),
  info: z.looseObject({ more_records: z.boolean().optional().catch(undefined) }).optional(),
});

export function createMirrorReader(client: Client, metadata: FieldMetadata): ConnectorMirror {
  async function columnsOf(session: CrmSession, known: MirroredModule): Result<Columns> {
    const fields = await metadata.of(session, known.module);
    if (!fields.ok) return fields;
    const phones = [...fields.value.values()]
      .filter(({ data_type: type }) => type === "phone" && known.kind !== "deal")
      .map(({ api_name: name }) => name);
    const seen = known.columns.filter((name) => fields.value.size === 0 || fields.value.has(name));
    return { ok: true, value: { phones, columns: [...new Set([...seen, "Modified_Time", ...phones])] } };
  }

  /** In the order of change, and of the id within one second: no row is left out while others change. */
  async function readRows(
    session: CrmSession,
    known: MirroredModule,
    reading: "all" | "changed",
    ask: MirrorPageAsk,
  ): Result<MirrorPage> {
    const found = await columnsOf(session, known);
    if (!found.ok) return found;
    const { columns, phones } = found.value;
    const limit = pageRows[reading];
    const rows = await query(client, session, {
      module: known.module,
      columns,
      where: reading === "all" ? `id > ${quote(ask.page ?? "0")}` : toSince(ask),
      order: reading === "all" ? "id asc" : "Modified_Time asc, id asc",
      limit,
      cost: reading === "all" ? { ...callCost, [windowNames.credits]: 3 } : callCost,
      subject: "other",
    });
    if (!rows.ok) return { ok: false, fault: rows.fault.fault };
    const all = rows.value.rows;
    const live = all.filter((each) => known.kind !== "deal" || isOpenDeal(each));
    const over = reading === "changed" ? all.filter((each) => known.kind === "deal" && !isOpenDeal(each)) : [];
    return {
      ok: true,
      value: {
        records: live.map((each) => toMirrorRecord(known, each, phones)),
        gone: over.map(({ id }) => ({ object: known.module, id, mergedInto: null })),
        page: all.length < limit ? null : toPlace(reading, all.at(-1)),
      },
    };
  }

  /** Newest first, so that reading may stop at what was there the last time. */
  async function readDeleted(session: CrmSession, { module }: MirroredModule, ask: MirrorPageAsk): Result<MirrorPage> {
    const number = ask.page ?? "1";
    const search = new URLSearchParams({ type: "all", page: number, per_page: String(deletedPerPage) });
    const reply = await client.call(session, {
      method: "GET",
      path: crmPath(`${module}/deleted?${search.toString()}`),
      headers: { "if-modified-since": toTime(ask.sinceMs ?? ask.begunMs) },
      kind: "read",
      subject: "other",
      schema: deletedPage,
      empty: { data: [] },
      cost: { ...callCost, [windowNames.credits]: 2 },
    });
    if (!reply.ok) return { ok: false, fault: reply.fault.fault };
    const { data, info } = reply.value.value;
    const gone = data.map(({ id }) => ({ object: module, id, mergedInto: null }));
    return {
      ok: true,
      value: { records: [], gone, page: info?.more_records === true ? String(Number(number) + 1) : null },
    };
  }

  return {
    steps,
    everyMs: 5 * minuteMs,
    // Times are whole seconds.
    overlapMs: 2 * minuteMs,
    read: async (session, ask) => {
      if (ask.step === "owners") {
        const owners = await listOwners(client, session);
        return owners.ok ? { ok: true, value: { records: [], gone: [], owners: owners.value, page: null } } : owners;
      }
      const [module, reading] = ask.step.split(".");
      const known = mirroredModules.find((each) => each.module === module);
      if (known === undefined) throw new Error(`Zoho's copy has no step ${ask.step}`);
      if (reading === "deleted") return readDeleted(session, known, ask);
      const read = await readRows(session, known, reading === "all" ? "all" : "changed", ask);
      return read.ok || !isHidden(known, read.fault)
        ? read
        : { ok: true, value: { records: [], gone: [], page: null } };
    },
  };
}

type Columns = Readonly<{ columns: readonly string[]; phones: readonly string[] }>;

function toSince({ page, sinceMs, begunMs }: MirrorPageAsk): string {
  if (page === null) return `Modified_Time >= ${quote(toTime(sinceMs ?? begunMs))}`;
  const [time = "", id = ""] = page.split("|");
  const [at, row] = [quote(time), quote(id)];
  return `(Modified_Time > ${at} or (Modified_Time = ${at} and id > ${row}))`;
}

function toPlace(reading: "all" | "changed", last: Row | undefined): string | null {
  if (last === undefined) return null;
  return reading === "all" ? last.id : `${textOf(last, "Modified_Time") ?? ""}|${last.id}`;
}

/** Deals and leads help to choose; a user who may not see them works without. */
const isHidden = ({ module }: MirroredModule, fault: ConnectorFault): boolean =>
  module !== "Contacts" &&
  (fault.kind === "blocked" || fault.kind === "rejected") &&
  fault.reason === "permission_denied";
