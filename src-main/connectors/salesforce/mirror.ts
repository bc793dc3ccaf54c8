import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { ConnectorMirror, CrmSession, MirrorPage, MirrorPageAsk } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import type { Describer } from "./describe.ts";
import { type ChangePlaces, readChangePlaces, toChangeQueries, writeChangePlaces } from "./mirror-changes.ts";
import { type MirroredObject, mirroredObjects, toGone, toMirrorRecord, type MirrorSource } from "./mirror-record.ts";
import { listOwners } from "./owners.ts";
import { listPhoneFields } from "./person.ts";
import { queryPage, type QueriedRecord } from "./query.ts";
import { queryPath, quote } from "./wire.ts";

type Result<T> = Promise<Outcome<T, ConnectorFault>>;

const hourMs = 3_600_000;
/** Records of a page. */
const pageMax = 2_000;

const changes = "changes";

/**
 * Each object is listed once by id and again every week, since a hard delete leaves no trace; in between all changes and
 * deletions of all objects come in one composite request, which costs one API call.
 */
const steps: ConnectorMirror["steps"] = [
  { name: "owners", everyMs: hourMs },
  ...mirroredObjects.map(({ object }) => ({ name: object, everyMs: 7 * 24 * hourMs, sweeps: object })),
  { name: changes, everyMs: 0 },
];

export function createMirrorReader(client: Client, describer: Describer): ConnectorMirror {
  let sources: readonly MirrorSource[] | null = null;

  const listSources = async (session: CrmSession): Result<readonly MirrorSource[]> => {
    if (sources !== null) return { ok: true, value: sources };
    const found: MirrorSource[] = [];
    for (const each of mirroredObjects) {
      const described = await describer.describe(session, each.object);
      if (!described.ok) {
        // What the user may not see belongs to nobody we could log a call with.
        if (described.fault.status === 404 && each.object !== "Contact") continue;
        return { ok: false, fault: described.fault.fault };
      }
      found.push(toSource(each, described.value));
    }
    sources = found;
    return { ok: true, value: found };
  };

  const query = (session: CrmSession, path: string) =>
    client.call(session, { method: "GET", path, kind: "read", subject: "query", schema: queryPage });

  /** Everything of one object, in the order of the ids: a page may be read again at any time. */
  async function readAll(session: CrmSession, source: MirrorSource, ask: MirrorPageAsk): Result<MirrorPage> {
    const conditions = [
      ...(source.live === null ? [] : [source.live]),
      ...(ask.page === null ? [] : [`Id > ${quote(ask.page)}`]),
    ];
    const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
    const soql = `SELECT ${source.selected.join(",")} FROM ${source.object}${where} ORDER BY Id ASC LIMIT ${pageMax}`;
    const records: QueriedRecord[] = [];
    let path: string | null = queryPath(soql);
    // A page of wide records may come in several answers.
    while (path !== null) {
      const reply: Awaited<ReturnType<typeof query>> = await query(session, path);
      if (!reply.ok) return { ok: false, fault: reply.fault.fault };
      records.push(...reply.value.value.records);
      path = reply.value.value.done ? null : (reply.value.value.nextRecordsUrl ?? null);
    }
    const page = records.length < pageMax ? null : (records.at(-1)?.Id ?? null);
    return { ok: true, value: { records: records.map((each) => toMirrorRecord(source, each)), gone: [], page } };
  }

  /** One request for the changes and the deletions of every object; those with more go on in the next. */
  async function readChanges(
    session: CrmSession,
    known: readonly MirrorSource[],
    ask: MirrorPageAsk,
  ): Result<MirrorPage> {
    const places = readChangePlaces(ask.page, known);
    const asked = toChangeQueries(places, known, ask.sinceMs ?? ask.begunMs, pageMax);
    const fetched = await client.prefetch(
      session,
      asked.map(({ path }) => path),
    );
    if (!fetched.ok) return { ok: false, fault: fetched.fault.fault };
    const records: MirrorPage["records"][number][] = [];
    const gone: MirrorPage["gone"][number][] = [];
    const left: ChangePlaces[number][] = [];
    for (const { place, source, path } of asked) {
      const reply = await query(session, path);
      if (!reply.ok) return { ok: false, fault: reply.fault.fault };
      const found = reply.value.value.records;
      const isLive = place.of === "changed";
      records.push(
        ...found.flatMap((each) => (isLive && toGone(source, each) === null ? [toMirrorRecord(source, each)] : [])),
      );
      gone.push(...found.flatMap((each) => toGone(source, each) ?? []));
      const last = found.at(-1);
      const stamp = last?.["SystemModstamp"];
      if (found.length >= pageMax && last !== undefined && typeof stamp === "string")
        left.push({ ...place, after: { stamp, id: last.Id } });
    }
    return { ok: true, value: { records, gone, page: left.length === 0 ? null : writeChangePlaces(left) } };
  }

  return {
    steps,
    everyMs: hourMs / 12,
    overlapMs: hourMs / 12,
    read: async (session, ask) => {
      if (ask.step === "owners") {
        const owners = await listOwners(client, session);
        return owners.ok ? { ok: true, value: { records: [], gone: [], owners: owners.value, page: null } } : owners;
      }
      const known = await listSources(session);
      if (!known.ok) return known;
      if (ask.step === changes) return readChanges(session, known.value, ask);
      const source = known.value.find(({ object }) => object === ask.step);
      return source === undefined
        ? { ok: true, value: { records: [], gone: [], page: null } }
        : readAll(session, source, ask);
    },
  };
}

function toSource(
  { object, kind, fields: wanted, live }: MirroredObject,
  described: Parameters<typeof listPhoneFields>[0],
): MirrorSource {
  const { fields } = described;
  const phones = kind === "deal" ? [] : listPhoneFields(described);
  const selected = [...new Set(["Id", ...wanted.filter((field) => fields.has(field)), ...phones])];
  const hasLive = live !== null && fields.has(live.split(" ")[0] ?? "");
  return { object, kind, live: hasLive ? live : null, phones, selected };
}
