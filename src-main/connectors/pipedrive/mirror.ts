import type { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { ConnectorMirror, CrmSession, MirrorPage, MirrorPageAsk } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { listFields } from "./field-list.ts";
import { dealPage, mirroredObjects, toDealRecord, toMirrorRecord } from "./mirror-record.ts";
import { listOwners } from "./owners.ts";
import { contactPage, type PersonObject } from "./person.ts";
import { apiPath, costs, pageMax, toQueryTime } from "./wire.ts";

type Result<T> = Promise<Outcome<T, ConnectorFault>>;
type MirroredObject = (typeof mirroredObjects)[number];

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

type Reading = "all" | "changed";
const toName = (object: string, reading: Reading): string => `${object}.${reading}`;

/**
 * Lists show a record at once and leave out what was deleted or merged away, without a word: a daily reading of
 * everything (ten tokens for five hundred records) tells what is gone.
 */
const steps: ConnectorMirror["steps"] = [
  { name: "owners", everyMs: 60 * minuteMs },
  ...mirroredObjects.map((object) => ({ name: toName(object, "all"), everyMs: dayMs, sweeps: object })),
  ...mirroredObjects.map((object) => ({ name: toName(object, "changed"), everyMs: 0 })),
];

export function createMirrorReader(client: Client): ConnectorMirror {
  const phonesByObject = new Map<string, readonly string[]>();

  async function customPhonesOf(session: CrmSession, object: PersonObject): Result<readonly string[]> {
    const known = phonesByObject.get(object);
    if (known !== undefined) return { ok: true, value: known };
    const fields = await listFields(client, session, object);
    if (!fields.ok) return fields;
    const phones = fields.value.filter(({ isCustom, type }) => isCustom && type === "phone").map(({ code }) => code);
    phonesByObject.set(object, phones);
    return { ok: true, value: phones };
  }

  async function readPage<T extends Paged>(
    session: CrmSession,
    object: MirroredObject,
    ask: MirrorPageAsk,
    reading: Reading,
    schema: z.ZodType<T>,
  ): Result<Readonly<{ data: T["data"]; page: string | null }>> {
    const isAll = reading === "all";
    const query = new URLSearchParams({
      limit: String(pageMax),
      sort_by: isAll ? "id" : "update_time",
      sort_direction: "asc",
      ...(isAll ? {} : { updated_since: toQueryTime(ask.sinceMs ?? ask.begunMs) }),
      ...(isAll && object === "deals" ? { status: "open" } : {}),
      ...(ask.page === null ? {} : { cursor: ask.page }),
    });
    const reply = await client.call(session, {
      method: "GET",
      path: `${apiPath(object)}?${query.toString()}`,
      kind: "read",
      subject: "other",
      schema,
      cost: costs.list,
    });
    if (!reply.ok) return { ok: false, fault: reply.fault.fault };
    const { data, additional_data: more } = reply.value.value;
    const next = more?.next_cursor ?? null;
    return { ok: true, value: { data, page: next === "" || next === ask.page ? null : next } };
  }

  async function readDeals(session: CrmSession, ask: MirrorPageAsk, reading: Reading): Result<MirrorPage> {
    const read = await readPage(session, "deals", ask, reading, dealPage);
    if (!read.ok) return read;
    const { data, page } = read.value;
    const isOpen = ({ status }: (typeof data)[number]): boolean => status === "open";
    const over = data.filter((deal) => !isOpen(deal));
    const gone = over.map(({ id }) => ({ object: "deals", id: String(id), mergedInto: null }));
    return { ok: true, value: { records: data.filter(isOpen).map(toDealRecord), gone, page } };
  }

  async function readContacts(
    session: CrmSession,
    object: PersonObject,
    ask: MirrorPageAsk,
    reading: Reading,
  ): Result<MirrorPage> {
    const custom = await customPhonesOf(session, object);
    if (!custom.ok) return custom;
    const read = await readPage(session, object, ask, reading, contactPage);
    if (!read.ok) return read;
    const { data, page } = read.value;
    const live = data.filter((each) => each.is_deleted !== true);
    const deleted = data.filter((each) => each.is_deleted === true);
    return {
      ok: true,
      value: {
        records: live.map((each) => toMirrorRecord(object, each, custom.value)),
        gone: deleted.map(({ id }) => ({ object, id: String(id), mergedInto: null })),
        page,
      },
    };
  }

  return {
    steps,
    // Three lists at ten tokens each time, of a day's budget that all users and applications share.
    everyMs: 10 * minuteMs,
    overlapMs: 2 * minuteMs,
    read: async (session, ask) => {
      if (ask.step === "owners") {
        phonesByObject.clear();
        const owners = await listOwners(client, session);
        return owners.ok ? { ok: true, value: { records: [], gone: [], owners: owners.value, page: null } } : owners;
      }
      const [word, kind] = ask.step.split(".");
      const object = mirroredObjects.find((each) => each === word);
      if (object === undefined) throw new Error(`Pipedrive's copy has no step ${ask.step}`);
      const reading = kind === "all" ? "all" : "changed";
      if (object !== "deals") return readContacts(session, object, ask, reading);
      const read = await readDeals(session, ask, reading);
      return read.ok || !isHidden(read.fault) ? read : { ok: true, value: { records: [], gone: [], page: null } };
    },
  };
}

type Paged = Readonly<{
  data: readonly unknown[];
  additional_data?: Readonly<{ next_cursor?: string | null | undefined }> | null | undefined;
}>;

/** Deals help to choose between people; a token that may not see them works without. */
const isHidden = (fault: ConnectorFault): boolean =>
  (fault.kind === "blocked" || fault.kind === "rejected") && fault.reason === "permission_denied";
