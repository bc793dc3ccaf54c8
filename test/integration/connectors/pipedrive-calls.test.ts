import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import type { ContractSettings } from "../../../src-main/connectors/pipedrive/default-contract.ts";
import type { PipedriveOptions } from "../../../src-main/connectors/pipedrive/connector.ts";
import type { Connector, Link, WriteItem, WriteOutcome } from "../../../src-main/engine/ports/connector.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { valuesOf } from "../../../src-shared/domain/mapping.ts";
import { filterBody } from "../../../src-shared/domain/ownership.ts";
import { type PipedriveStage, readPipedriveContract, startPipedrive } from "../../builders/pipedrive-subject.ts";
import { createUnpacedSession, type UnpacedSession } from "../../builders/unpaced-session.ts";

let stage: PipedriveStage;
let http: Http;
let session: UnpacedSession;

beforeEach(async () => {
  stage = await startPipedrive();
  http = createUndiciHttp();
  session = createUnpacedSession({ http, baseUrl: stage.baseUrl });
});
afterEach(async () => {
  await http.close();
  await stage.close();
});

const keyOf = (call: number): string => `cl_${String(call).padStart(26, "a")}`;
const startedAt = (): number => Date.now() - 3_600_000;

function create(
  call: number,
  links: readonly Link[] = [],
  more: Record<string, string> = {},
  settings: ContractSettings = {},
): WriteItem {
  const contract = readPipedriveContract(settings);
  const facts = {
    key: keyOf(call),
    system: "pbx",
    direction: "inbound",
    status: "answered",
    from: "+447700900134",
    to: "+442079460187",
    otherParty: "+447700900134",
    startedAt: String(startedAt()),
    endedAt: String(startedAt() + 183_000),
    durationSeconds: "183",
  };
  const wanted = { ...valuesOf(contract.objects["activities"]?.fields ?? {}, facts), ...more };
  const { body } = filterBody({ contract, object: "activities", operation: "create", wanted });
  return { key: keyOf(call), operation: "create", body, remoteId: null, links };
}
const write = async (connector: Connector, ...items: readonly WriteItem[]): Promise<readonly WriteOutcome[]> => {
  const outcomes = await connector.write(session, items);
  return items.map(({ key }) => {
    const outcome = outcomes.get(key);
    if (outcome === undefined) throw new Error(`${key} has no outcome`);
    return outcome;
  });
};
const one = async (connector: Connector, item: WriteItem): Promise<WriteOutcome> => {
  const [outcome] = await write(connector, item);
  if (outcome === undefined) throw new Error("no outcome");
  return outcome;
};
const activities = () => stage.admin.records("activities");
const faultOf = async (item: WriteItem, options: Partial<PipedriveOptions> = {}) =>
  (await one(stage.open(options), item)).fault;
const paths = (): readonly string[] =>
  session.sent.map(({ request }) => `${request.method} ${request.path.split("?")[0]}`);

test("a call becomes a done activity of the call type, linked through its participants, its company and its deal", async () => {
  const organization = await stage.admin.create("organizations", { name: "Test Clinic" });
  const person = await stage.admin.create("persons", { name: "Alice" });
  const deal = await stage.admin.create("deals", { title: "Order" });
  const links = [
    { object: "persons", id: String(person["id"]) },
    { object: "organizations", id: String(organization["id"]) },
    { object: "deals", id: String(deal["id"]) },
  ];
  const outcome = await one(stage.open(), create(1, links, { owner_id: "78" }));
  expect(outcome.done).toEqual(["record", ...links.map(({ object, id }) => `link:${object}:${id}`)]);
  const start = new Date(startedAt()).toISOString();
  expect(await activities()).toMatchObject([
    {
      type: "call",
      subject: "Inbound call +447700900134, answered",
      done: true,
      due_date: start.slice(0, 10),
      due_time: `${start.slice(11, 16)}:00`,
      duration: "00:04:00",
      owner_id: 78,
      person_id: person["id"],
      org_id: organization["id"],
      deal_id: deal["id"],
    },
  ]);
});

describe("the key map", () => {
  test("a new data folder finds what was written before, by listing, once", async () => {
    await write(stage.open(), create(1), create(2));
    const fresh = stage.open();
    const again = await write(fresh, create(1), create(2), create(3));
    expect(again.map(({ fault }) => fault?.kind)).toEqual(["already_written", "already_written", undefined]);
    const before = session.sent.length;
    await write(fresh, create(4));
    expect(paths().slice(before)).toEqual(["POST /api/v2/activities"]);
    expect(await activities()).toHaveLength(4);
  });

  test("it never searches, and it lists from before the oldest call", async () => {
    await write(stage.open(), create(1));
    const listed = session.sent.find(({ request }) => request.method === "GET" && request.path.includes("activities"));
    const since = Date.parse(new URL(listed?.request.path ?? "", "http://x").searchParams.get("updated_since") ?? "");
    expect(since).toBeLessThan(startedAt());
    expect(listed?.request.path).not.toMatch(/updated_since=[^&]*\./);
    expect(paths().some((path) => path.includes("earch"))).toBe(false);
  });

  test("an older call makes it go back further", async () => {
    const old = { due_date: "2026-01-05", due_time: "09:00" };
    const first = stage.open();
    await write(first, create(1, [], old));
    await stage.admin.update("activities", "1", { update_time: "2026-01-05T10:00:00Z" });
    const fresh = stage.open();
    await write(fresh, create(2));
    expect((await one(fresh, create(1, [], old))).fault?.kind).toBe("already_written");
  });

  test("a listing that fails holds the write back, and goes on later", async () => {
    await stage.admin.faults([{ match: { method: "GET", path: "/api/v2/activities" }, kind: "drop-before", times: 1 }]);
    const connector = stage.open();
    expect((await one(connector, create(1))).fault).toMatchObject({ kind: "transient", proof: "read_only" });
    expect(await activities()).toHaveLength(0);
    expect((await one(connector, create(1))).fault).toBeNull();
  });

  test("a long listing that a full budget stops goes on at its page, and a cursor that is too old begins anew", async () => {
    const many = Array.from({ length: 500 }, (_, n) => ({ subject: `Meeting ${n}` }));
    for (const fields of [many, [{ subject: "ours", note: `<p>ref:${keyOf(1)}</p>` }]])
      await fetch(`${stage.adminUrl}/pipedrive/records/activities`, { method: "POST", body: JSON.stringify(fields) });
    const connector = stage.open();
    const cursors = () =>
      session.sent.flatMap(({ request: { method, path } }) =>
        method === "GET" && path.includes("activities") ? [new URL(path, "http://x").searchParams.has("cursor")] : [],
      );
    session.allow(2);
    expect((await one(connector, create(1))).fault?.kind).toBe("paced");
    await stage.admin.configure({ cursorTtlMs: 1_000 });
    await stage.admin.advance(1_000);
    session.allow(undefined);
    expect((await one(connector, create(1))).fault).toMatchObject({ kind: "transient", proof: "read_only" });
    expect((await one(connector, create(1))).fault?.kind).toBe("already_written");
    expect(cursors()).toEqual([false, true, false, true]);
  });

  test("a copy that somebody else made never hides ours, and of ours the first counts", async () => {
    const note = `<p>ref:${keyOf(1)}</p>`;
    await stage.admin.create("activities", { subject: "copy", note, creator_user_id: 78 });
    await stage.admin.create("activities", { subject: "ours", note, creator_user_id: 77 });
    await stage.admin.create("activities", { subject: "twice", note, creator_user_id: 77 });
    const found = await stage.open().probe(session, [keyOf(1)], 0);
    expect(found).toMatchObject({ ok: true });
    expect(found.ok && found.value.get(keyOf(1))).toMatchObject({ kind: "found", remoteId: "2" });
  });
});

describe("recovery", () => {
  const probe = async (connector: Connector, keys: readonly string[], sinceMs: number) => {
    const found = await connector.probe(session, keys, sinceMs);
    if (!found.ok) throw new Error(JSON.stringify(found.fault));
    return found.value;
  };

  test("one list answers for all uncertain calls, after a restart as well", async () => {
    const t0 = Date.now();
    await stage.admin.faults([{ match: { method: "POST" }, kind: "drop-after", times: 2 }]);
    await write(stage.open(), create(1), create(2));
    const fresh = stage.open();
    const before = session.sent.length;
    const found = await probe(fresh, [keyOf(1), keyOf(2)], t0);
    expect([...found.values()].map(({ kind }) => kind)).toEqual(["found", "found"]);
    expect(paths().slice(before)).toEqual(["GET /v1/users/me", "GET /api/v2/activities"]);
    const { searchParams } = new URL(session.sent.at(-1)?.request.path ?? "", "http://x");
    expect(Date.parse(searchParams.get("updated_since") ?? "")).toBeGreaterThanOrEqual(t0 - 61_000);
    expect(searchParams.get("owner_id")).toBeNull();
  });

  test("an activity that automation gave to somebody else, or linked elsewhere, is still found", async () => {
    const edit = { object: "activities", on: "create", set: { owner_id: 78, subject: "Reviewed" }, afterMs: 0 };
    await stage.admin.configure({ automationEdits: [edit] });
    await stage.admin.faults([{ match: { method: "POST" }, kind: "drop-after", times: 1 }]);
    await write(stage.open(), create(1));
    await stage.admin.advance(1_000);
    expect((await probe(stage.open(), [keyOf(1)], Date.now() - 1_000)).get(keyOf(1))).toMatchObject({
      kind: "found",
      fields: { owner_id: "78", subject: "Reviewed" },
    });
  });

  test.each([true, false])(
    "a deleted call is told after a restart where recents show it (%s)",
    async (recentsShowsDeleted) => {
      await stage.admin.configure({ recentsShowsDeleted });
      const t0 = Date.now();
      await write(stage.open(), create(1));
      await stage.admin.remove("activities", "1");
      const kind = (await probe(stage.open(), [keyOf(1)], t0)).get(keyOf(1))?.kind;
      expect(kind).toBe(recentsShowsDeleted ? "deleted" : "missing");
    },
  );

  test.each(["object", "404"])("a call whose id is known is told as deleted (%s)", async (softDeletedGet) => {
    await stage.admin.configure({ softDeletedGet });
    const connector = stage.open();
    await write(connector, create(1));
    await stage.admin.remove("activities", "1");
    expect((await probe(connector, [keyOf(1)], 0)).get(keyOf(1))).toEqual({ kind: "deleted", remoteId: "1" });
  });

  test("a commit that comes late is missing first and found later", async () => {
    await stage.admin.faults([{ match: { method: "POST" }, kind: "commit-late", delayMs: 30_000, times: 1 }]);
    const connector = stage.open();
    const t0 = Date.now();
    await write(connector, create(1));
    expect((await probe(connector, [keyOf(1)], t0)).get(keyOf(1))?.kind).toBe("missing");
    await stage.admin.advance(30_000);
    expect((await probe(connector, [keyOf(1)], t0)).get(keyOf(1))?.kind).toBe("found");
  });

  test.each(["keep", "unknownTags", "allTags"])(
    "the marker is read whatever is left of a note (%s)",
    async (noteSanitiser) => {
      await stage.admin.configure({ noteSanitiser });
      await stage.admin.faults([{ match: { method: "POST" }, kind: "drop-after", times: 1 }]);
      await write(stage.open(), create(1));
      expect((await probe(stage.open(), [keyOf(1)], 0)).get(keyOf(1))?.kind).toBe("found");
    },
  );
});

describe("links", () => {
  test("are added to what people chose, never in its place", async () => {
    const connector = stage.open();
    const [alice, bob] = [await stage.addPerson("+447700900134"), await stage.addPerson("+447700900201")];
    const chosen = await stage.admin.create("organizations", { name: "Chosen" });
    const ours = await stage.admin.create("organizations", { name: "Ours" });
    await write(connector, create(1));
    await stage.admin.update("activities", "1", {
      participants: [{ person_id: Number(bob.id), primary: true }],
      org_id: chosen["id"],
    });
    const links = [alice, { object: "organizations", id: String(ours["id"]) }];
    const item: WriteItem = { key: keyOf(1), operation: "link", body: null, remoteId: "1", links };
    expect((await one(connector, item)).fault).toBeNull();
    expect(await activities()).toMatchObject([
      {
        person_id: Number(bob.id),
        org_id: chosen["id"],
        participants: [{ person_id: Number(bob.id) }, { person_id: Number(alice.id), primary: false }],
      },
    ]);
    const before = session.sent.length;
    expect((await one(connector, item)).fault).toBeNull();
    expect(paths().slice(before)).toEqual(["GET /api/v2/activities/1"]);
  });

  test.each([400, 404])("to somebody who was deleted are told as that (%i)", async (deletedParticipant) => {
    await stage.admin.configure({ deletedParticipant });
    const person = await stage.addPerson("+447700900134");
    await stage.admin.remove("persons", person.id);
    expect(await faultOf(create(1, [person]))).toMatchObject({ kind: "rejected", reason: "person_deleted" });
  });

  test("to what Pipedrive cannot link are refused before anything is sent", async () => {
    const before = session.sent.length;
    for (const links of [
      [{ object: "leads", id: "1" }],
      [
        { object: "organizations", id: "1" },
        { object: "organizations", id: "2" },
      ],
    ])
      expect(await faultOf(create(1, links))).toMatchObject({ kind: "rejected", reason: "our_bug" });
    expect(session.sent).toHaveLength(before);
  });
});

describe("refusals, by the state of the account", () => {
  test.each([
    [
      "a removed field",
      { removedFields: { activities: ["note"] } },
      { kind: "rejected", reason: "field_missing", field: "note" },
    ],
    [
      "a hidden field",
      { fieldPermissions: { activities: { subject: "none" } } },
      { kind: "rejected", reason: "field_missing" },
    ],
    [
      "a field that may only be read",
      { fieldPermissions: { activities: { subject: "read" } } },
      { kind: "rejected", reason: "permission_denied" },
    ],
    ["an inactive activity type", { activityTypes: [] }, { kind: "blocked", reason: "setup_missing" }],
    [
      "a required field",
      { requiredFields: { activities: ["location"] } },
      { kind: "rejected", reason: "rule_rejected" },
    ],
    [
      "a rule",
      {
        validationRules: [
          { object: "activities", on: ["create"], when: { field: "done", op: "notBlank" }, message: "No" },
        ],
      },
      { kind: "rejected", reason: "value_rejected" },
    ],
    [
      "a capped plan",
      { featureCaps: ["feature_capping_activities_limit"] },
      { kind: "rejected", reason: "limit_exhausted" },
    ],
    [
      "no right to create",
      { objectPermissions: { activities: ["read"] } },
      { kind: "rejected", reason: "permission_denied" },
    ],
    ["a lost scope", { scopes: ["base", "activities:read"] }, { kind: "blocked", reason: "permission_denied" }],
    ["a suspended account", { accountSuspended: true }, { kind: "blocked", reason: "account_suspended" }],
    ["a revoked token", { plainTokenRevoked: true }, { kind: "blocked", reason: "auth_revoked" }],
    ["a note that is too long", { noteMaxLength: 5 }, { kind: "rejected", reason: "value_rejected" }],
    ["a burst", { burstLimit: 0 }, { kind: "rate_limited", window: "burst" }],
    ["the day's budget", { dailyLimit: 0 }, { kind: "rate_limited", window: "day" }],
    [
      "the day's budget without its headers",
      { dailyLimit: 0, dailyHeaders: false, dailyRetryAfter: false },
      { kind: "rate_limited", window: "day" },
    ],
  ])("%s", async (_name, config, expected) => {
    await stage.admin.configure(config);
    expect(await faultOf(create(1))).toMatchObject(expected);
    expect(await activities()).toHaveLength(0);
  });

  test("an inactive owner", async () => {
    expect(await faultOf(create(1, [], { owner_id: "99" }))).toMatchObject({
      kind: "rejected",
      reason: "mapping_error",
      field: "owner_id",
    });
  });

  test("a locked record defers, and nothing was written", async () => {
    const person = await stage.addPerson("+447700900134");
    await stage.admin.configure({ lockedRecords: { persons: [person.id] } });
    expect(await faultOf(create(1, [person]))).toMatchObject({ kind: "transient", proof: "row_locked" });
  });

  test("a retired endpoint is our mistake, told by its 410", async () => {
    const gone = { success: false, error: "This endpoint is no longer available", errorCode: 410 };
    await stage.admin.faults([{ match: { method: "POST" }, kind: "status", status: 410, body: gone }]);
    expect(await faultOf(create(1))).toMatchObject({ kind: "blocked", reason: "our_bug" });
  });
});

test("behind the wall the write is uncertain, nothing more is sent, and everything rests", async () => {
  const connector = stage.open();
  await write(connector, create(1));
  await stage.admin.faults([{ match: { method: "POST" }, kind: "status", status: 403 }]);
  const before = session.sent.length;
  const [lost, ...rest] = await write(connector, create(2), create(3), create(4));
  expect(lost?.fault?.kind).toBe("response_lost");
  for (const { fault } of rest) expect(fault).toMatchObject({ kind: "rate_limited", retryAfterMs: 900_000 });
  expect(session.sent).toHaveLength(before + 1);
  const last = session.sent.at(-1);
  if (last?.answer.kind !== "answer") throw new Error("no answer");
  expect(connector.observe(last.request, last.answer)).toContainEqual(
    expect.objectContaining({ window: "burst", blockedForMs: 900_000 }),
  );
});

test("a body that would carry no key, or no value of its kind, is never sent", async () => {
  const before = session.sent.length;
  expect(await faultOf(create(1, [], { note: "<p>nothing</p>" }))).toMatchObject({
    reason: "mapping_error",
    field: "note",
  });
  expect(await faultOf(create(1, [], { note: `ref:${keyOf(2)}` }))).toMatchObject({ reason: "mapping_error" });
  expect(await faultOf(create(1, [], { owner_id: "Alice" }))).toMatchObject({
    reason: "mapping_error",
    field: "owner_id",
  });
  expect(session.sent).toHaveLength(before);
});

describe("call logs", () => {
  const settings = { callLogs: "on" };
  const open = () => stage.open({ settings, contract: readPipedriveContract(settings) });
  const call = (number: number): WriteItem => create(number, [], {}, settings);
  const logs = () => stage.admin.records("callLogs");

  test("are written with the activity where the integration asks for them", async () => {
    expect(await one(open(), call(1))).toMatchObject({ fault: null, remoteId: "1", done: ["record"] });
    expect(await logs()).toMatchObject([
      {
        activity_id: 1,
        outcome: "connected",
        duration: "183",
        from_phone_number: "+447700900134",
        to_phone_number: "+442079460187",
      },
    ]);
    expect(await activities()).toHaveLength(1);
    const intents = session.sent.flatMap(({ request }) => request.intents);
    expect(intents).toEqual([
      { key: keyOf(1), step: "record" },
      { key: keyOf(1), step: "call_log" },
    ]);
  });

  test("that were held back follow when the call comes again, once", async () => {
    const connector = open();
    const limited = { success: false, error: "request over limit", errorCode: 429 };
    await stage.admin.faults([
      { match: { path: "/v1/callLogs" }, kind: "status", status: 429, body: limited, times: 1 },
    ]);
    expect(await one(connector, call(1))).toMatchObject({ done: [], fault: { kind: "rate_limited" } });
    expect(await one(connector, call(1))).toMatchObject({ done: ["record"], fault: null });
    expect([(await logs()).length, (await activities()).length]).toEqual([1, 1]);
  });

  test.each(["duplicate", "update", "error"])(
    "whose answer was lost are looked for, not written twice (%s)",
    async (callLogSecondPost) => {
      await stage.admin.configure({ callLogSecondPost });
      await stage.admin.faults([{ match: { method: "POST", path: "/v1/callLogs" }, kind: "drop-after", times: 1 }]);
      expect((await one(open(), call(1))).fault).toBeNull();
      expect(await logs()).toHaveLength(1);
    },
  );

  test("whose request was lost leave the call uncertain", async () => {
    await stage.admin.faults([{ match: { method: "POST", path: "/v1/callLogs" }, kind: "drop-before", times: 1 }]);
    expect(await one(open(), call(1))).toMatchObject({ done: [], fault: { kind: "response_lost" } });
  });

  test("that the token may not write are left out, and the calls are written all the same", async () => {
    await stage.admin.configure({ scopes: ["base", "activities:full", "contacts:full"] });
    const connector = open();
    expect((await write(connector, call(1), call(2))).map(({ fault }) => fault)).toEqual([null, null]);
    expect(await activities()).toHaveLength(2);
    expect(paths().filter((path) => path.includes("callLogs"))).toHaveLength(1);
  });

  test("are no part of what is compared later", async () => {
    const connector = open();
    await write(connector, call(1));
    const found = await connector.probe(session, [keyOf(1)], 0);
    const finding = found.ok ? found.value.get(keyOf(1)) : undefined;
    expect(finding?.kind === "found" && Object.keys(finding.fields).filter((field) => field.includes("."))).toEqual([]);
  });
});
