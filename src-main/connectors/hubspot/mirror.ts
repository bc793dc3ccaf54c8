import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { ConnectorMirror, CrmSession, MirrorPage, MirrorPageAsk } from "../../engine/ports/connector.ts";
import { record } from "./batch-answer.ts";
import type { Client } from "./client.ts";
import { readClosedStages, readDealLinks } from "./mirror-deals.ts";
import { deals, mirroredObjects, type MirroredObject, toMirrorRecord } from "./mirror-record.ts";
import { listOwners } from "./owners.ts";
import { listPhoneFields, type PhoneFields } from "./phone-fields.ts";
import { objectsPath, searchCost } from "./wire.ts";

type Result<T> = Promise<Outcome<T, ConnectorFault>>;

const minuteMs = 60_000;
const listMax = 100;
const searchMax = 200;
const links = z.looseObject({
  results: z.array(z.looseObject({ id: z.union([z.string(), z.number()]).transform(String) })),
});
const listed = record.extend({ associations: z.record(z.string(), links).optional().catch(undefined) });
const page = z.looseObject({
  results: z.array(listed),
  paging: z.looseObject({ next: z.looseObject({ after: z.string() }).optional() }).optional(),
});
type Listed = z.infer<typeof listed>;

/** What a step reads of an object: records by id from a mark on, records that changed, archived ones, or all once more. */
type Reading = "new" | "changed" | "archived" | "all";
type Step = Readonly<{ object: MirroredObject; reading: Reading }>;

const toName = (object: string, reading: Reading): string => `${object}.${reading}`;

/**
 * HubSpot's lists show a record at once but know no "changed since"; its search does, and lags. So new records come from
 * the list's tail, changes from the search, and deletions from the list of what is archived. Merges tell on the survivor.
 */
const steps: ConnectorMirror["steps"] = [
  { name: "owners", everyMs: 60 * minuteMs },
  ...mirroredObjects.flatMap(({ object }) => [
    { name: toName(object, "new"), everyMs: 0 },
    { name: toName(object, "changed"), everyMs: 0 },
  ]),
  ...mirroredObjects.map(({ object }) => ({ name: toName(object, "archived"), everyMs: 60 * minuteMs })),
  ...mirroredObjects.map(({ object }) => ({
    name: toName(object, "all"),
    everyMs: 7 * 24 * 60 * minuteMs,
    sweeps: object,
    isLater: true as const,
  })),
];

const readings: readonly Reading[] = ["new", "changed", "archived", "all"];

function toStep(name: string): Step {
  const [word, kind] = name.split(".");
  const object = mirroredObjects.find((each) => each.object === word);
  const reading = readings.find((each) => each === kind);
  if (object === undefined || reading === undefined) throw new Error(`HubSpot's copy has no step ${name}`);
  return { object, reading };
}

export function createMirrorReader(client: Client): ConnectorMirror {
  const fieldsByObject = new Map<string, PhoneFields>();
  let closedStages: ReadonlySet<string> | null = null;

  const fieldsOf = async (session: CrmSession, { object, hasPhones }: MirroredObject): Result<PhoneFields> => {
    const known = hasPhones ? fieldsByObject.get(object) : { typed: [], searchable: [] };
    if (known !== undefined) return { ok: true, value: known };
    const found = await listPhoneFields(client, session, object);
    if (!found.ok) return { ok: false, fault: found.fault.fault };
    fieldsByObject.set(object, found.value);
    return found;
  };

  const stagesOf = async (session: CrmSession): Result<ReadonlySet<string>> => {
    if (closedStages !== null) return { ok: true, value: closedStages };
    const read = await readClosedStages(client, session);
    if (read.ok) closedStages = read.value;
    return read;
  };

  async function toPage(
    session: CrmSession,
    { object, reading }: Step,
    records: readonly Listed[],
    next: Pick<MirrorPage, "page" | "mark">,
  ): Result<MirrorPage> {
    if (reading === "archived") {
      const gone = records.map(({ id }) => ({ object: object.object, id, mergedInto: null }));
      return { ok: true, value: { records: [], gone, ...next } };
    }
    const fields = await fieldsOf(session, object);
    if (!fields.ok) return fields;
    const linked = object === deals ? await readDealLinks(client, session, records) : noLinks;
    if (!linked.ok) return linked;
    const stages = object === deals ? await stagesOf(session) : noStages;
    if (!stages.ok) return stages;
    const isClosed = ({ properties }: Listed): boolean => stages.value.has(properties["dealstage"] ?? "");
    return {
      ok: true,
      value: {
        records: records
          .filter((each) => !isClosed(each))
          .map((each) => toMirrorRecord(object, each, fields.value, linked.value.get(each.id) ?? [])),
        // A closed deal that was never copied is nothing to take out.
        gone: (reading === "changed" ? records.filter(isClosed) : []).map(({ id }) => ({
          object: object.object,
          id,
          mergedInto: null,
        })),
        ...next,
      },
    };
  }

  async function readList(session: CrmSession, step: Step, ask: MirrorPageAsk): Result<MirrorPage> {
    const fields = await fieldsOf(session, step.object);
    if (!fields.ok) return fields;
    const after = ask.page ?? (step.reading === "new" ? ask.mark : null);
    const query = new URLSearchParams({
      limit: String(listMax),
      properties: propertiesOf(step, fields.value).join(","),
      archived: String(step.reading === "archived"),
      ...(after === null ? {} : { after }),
    });
    const reply = await client.call(session, {
      method: "GET",
      path: `${objectsPath(step.object.object)}?${query.toString()}`,
      kind: "read",
      subject: "other",
      schema: page,
    });
    if (!reply.ok) return { ok: false, fault: reply.fault.fault };
    const { results, paging } = reply.value.value;
    const last = results.at(-1)?.id;
    const mark = last === undefined ? (after ?? ask.mark) : String(BigInt(last) + 1n);
    return toPage(session, step, results, { page: paging?.next?.after ?? null, mark });
  }

  /** By id within the changes, so that HubSpot's wall of 10,000 results is never met. */
  async function readChanges(session: CrmSession, step: Step, ask: MirrorPageAsk): Result<MirrorPage> {
    const fields = await fieldsOf(session, step.object);
    if (!fields.ok) return fields;
    const since = String(ask.sinceMs ?? ask.begunMs);
    const filters = [
      { propertyName: step.object.changed, operator: "GTE", value: since },
      { propertyName: "hs_object_id", operator: "GT", value: ask.page ?? "0" },
    ];
    const reply = await client.call(session, {
      method: "POST",
      path: objectsPath(step.object.object, "/search"),
      body: {
        filterGroups: [{ filters }],
        sorts: [{ propertyName: "hs_object_id", direction: "ASCENDING" }],
        properties: propertiesOf(step, fields.value),
        limit: searchMax,
      },
      cost: searchCost,
      kind: "read",
      subject: "search",
      schema: page,
    });
    if (!reply.ok) return { ok: false, fault: reply.fault.fault };
    const { results } = reply.value.value;
    const next = results.length < searchMax ? null : (results.at(-1)?.id ?? null);
    return toPage(session, step, results, { page: next });
  }

  async function readOwners(session: CrmSession): Result<MirrorPage> {
    // Once an hour is often enough to see a new phone field or deal stage, too.
    fieldsByObject.clear();
    closedStages = null;
    const owners = await listOwners(client, session);
    return owners.ok ? { ok: true, value: { records: [], gone: [], owners: owners.value, page: null } } : owners;
  }

  return {
    steps,
    everyMs: 5 * minuteMs,
    // The search index lags by seconds as a rule, without a bound.
    overlapMs: 15 * minuteMs,
    read: async (session, ask) => {
      if (ask.step === "owners") return readOwners(session);
      const step = toStep(ask.step);
      const read = await (step.reading === "changed" ? readChanges(session, step, ask) : readList(session, step, ask));
      return read.ok || !isHidden(step, read.fault) ? read : { ok: true, value: { records: [], gone: [], page: null } };
    },
  };
}

const noLinks = { ok: true, value: new Map<string, never>() } as const;
const noStages = { ok: true, value: new Set<string>() } as const;

/** Deals help to choose between people; a key that may not see them works without. */
const isHidden = ({ object }: Step, fault: ConnectorFault): boolean =>
  object === deals && (fault.kind === "blocked" || fault.kind === "rejected") && fault.reason === "permission_denied";

const propertiesOf = ({ object, reading }: Step, { typed, searchable }: PhoneFields): readonly string[] =>
  reading === "archived" ? ["hs_object_id"] : [...new Set([...object.properties, ...typed, ...searchable])];
