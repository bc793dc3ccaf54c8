import { describe, expect, test } from "vitest";
import type { CrmRequest, Link, WriteItem } from "../../../../src-main/engine/ports/connector.ts";
import { createHubspotConnector } from "../../../../src-main/connectors/hubspot/connector.ts";
import { filterBody, type FilteredBody } from "../../../../src-shared/domain/ownership.ts";
import { readHubspotContract, testClock } from "../../../builders/hubspot-subject.ts";
import { createScriptedSession, type ScriptedAnswer } from "../../../builders/scripted-session.ts";
import { toUpdateBody, toUpdateItem } from "../../../builders/update-item.ts";

const contract = readHubspotContract();
const open = () =>
  createHubspotConnector({
    credential: () => Promise.resolve({ ok: true, value: { token: "pat-na1-test" } }),
    settings: {},
    contract,
    account: null,
    clock: testClock,
  });

const keyOf = (call: number): string => `cl_${String(call).padStart(26, "a")}`;
const bodyOf = (wanted: Record<string, string>): FilteredBody<"create"> =>
  filterBody({ contract, object: "calls", operation: "create", wanted }).body;
type CreateItem = Extract<WriteItem, { operation: "create" }>;
const create = (call: number, more: Record<string, string> = {}, links: readonly Link[] = []): CreateItem => ({
  key: keyOf(call),
  operation: "create",
  body: bodyOf({ callledger_key: keyOf(call), hs_timestamp: "2026-11-20T09:15:00.000Z", ...more }),
  remoteId: null,
  links,
});
const link = (call: number, links: readonly Link[]): WriteItem => ({
  key: keyOf(call),
  operation: "link",
  body: null,
  remoteId: String(call),
  links,
});
const alice: Link = { object: "contacts", id: "1" };
const clinic: Link = { object: "companies", id: "2" };

const details: ScriptedAnswer = { status: 200, body: { portalId: 1, timeZone: "US/Eastern" } };
const envelope = (category: string, more: object = {}) => ({ status: "error", message: category, category, ...more });
const propertyError = (code: string, name: string) =>
  envelope("VALIDATION_ERROR", {
    message: `Property values were not valid: ${JSON.stringify([{ error: code, name, message: code }])}`,
  });

type Answers = (request: CrmRequest, turn: number) => ScriptedAnswer | undefined;

/** Answers writes; the portal's details are answered by themselves. */
function script(answers: Answers) {
  let turn = 0;
  return createScriptedSession((request) => {
    if (request.path.includes("/account-info/")) return details;
    turn += 1;
    return answers(request, turn);
  });
}
const always = (answer: ScriptedAnswer) => script(() => answer);

async function faults(session: ReturnType<typeof script>, items: readonly WriteItem[]): Promise<readonly string[]> {
  const outcomes = await open().write(session, items);
  expect([...outcomes.keys()].toSorted()).toEqual(items.map(({ key }) => key).toSorted());
  return items.map(({ key }) => {
    const fault = outcomes.get(key)?.fault;
    if (fault === null || fault === undefined) return "done";
    return "reason" in fault ? `${fault.kind} ${fault.reason}` : fault.kind;
  });
}

describe("a batch that is taken", () => {
  test("is joined by trace id or by our key, in whatever order HubSpot answers", async () => {
    const session = always({
      status: 207,
      body: {
        status: "COMPLETE",
        results: [
          { id: "33", properties: { callledger_key: keyOf(3) } },
          { id: "11", properties: {}, objectWriteTraceId: keyOf(1) },
        ],
        numErrors: 1,
        errors: [{ ...propertyError("INVALID_OPTION", "hs_call_status"), context: { objectWriteTraceId: [keyOf(2)] } }],
      },
    });
    const outcomes = await open().write(session, [create(1), create(2), create(3)]);
    expect(outcomes.get(keyOf(1))).toMatchObject({ remoteId: "11", done: ["record"], fault: null });
    expect(outcomes.get(keyOf(2))).toMatchObject({
      remoteId: null,
      done: [],
      fault: { kind: "rejected", reason: "value_rejected", field: "hs_call_status" },
    });
    expect(outcomes.get(keyOf(3))).toMatchObject({ remoteId: "33", fault: null });
  });

  test("leaves an item that it does not mention uncertain", async () => {
    const body = { results: [{ id: "11", objectWriteTraceId: keyOf(1) }], errors: [envelope("VALIDATION_ERROR")] };
    expect(await faults(always({ status: 207, body }), [create(1), create(2)])).toEqual(["done", "response_lost"]);
  });

  test.each([
    ["VALIDATION_ERROR", "rejected value_rejected"],
    ["USER_DOES_NOT_HAVE_PERMISSIONS", "rejected permission_denied"],
    ["MISSING_SCOPES", "blocked permission_denied"],
    ["CONFLICT", "already_written"],
    ["LOCKED", "transient"],
    ["RATE_LIMITS", "rate_limited"],
    ["INTERNAL_ERROR", "response_lost"],
    ["SOMETHING_NEW", "rejected unknown"],
  ])("tells an item's refusal by its category %s as it would alone", async (category, expected) => {
    const errors = [envelope(category, { context: { objectWriteTraceId: keyOf(2) } })];
    const body = { results: [{ id: "11", objectWriteTraceId: keyOf(1) }], errors };
    expect(await faults(always({ status: 207, body }), [create(1), create(2)])).toEqual(["done", expected]);
  });

  test.each([
    ["an empty body", undefined],
    ["HTML", "<html></html>"],
    ["another shape", { ok: true }],
    ["a list", []],
  ])("with %s is lost", async (_name, body) => {
    const answer = body === undefined ? { status: 201 } : { status: 201, body };
    expect(await faults(always(answer), [create(1), create(2)])).toEqual(["response_lost", "response_lost"]);
  });

  test("carries a trace id on every input, the links, and nothing but the filtered body", async () => {
    const session = always({ status: 201, body: { results: [{ id: "11", objectWriteTraceId: keyOf(1) }] } });
    await open().write(session, [create(1, {}, [alice, clinic])]);
    expect(session.sent.at(-1)?.body).toEqual({
      inputs: [
        {
          objectWriteTraceId: keyOf(1),
          properties: { callledger_key: keyOf(1), hs_timestamp: "2026-11-20T09:15:00.000Z" },
          associations: [
            { to: { id: "1" }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 194 }] },
            { to: { id: "2" }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 182 }] },
          ],
        },
      ],
    });
  });

  test("has at most a hundred records", async () => {
    const session = script(({ body }) => {
      const { inputs } = body as { inputs: readonly { objectWriteTraceId: string }[] };
      return {
        status: 201,
        body: { results: inputs.map(({ objectWriteTraceId }, id) => ({ id: String(id), objectWriteTraceId })) },
      };
    });
    const items = Array.from({ length: 230 }, (_, index) => create(index));
    expect(new Set(await faults(session, items))).toEqual(new Set(["done"]));
    expect(session.sent.slice(1).map(({ intents }) => intents.length)).toEqual([100, 100, 30]);
  });
});

describe("a batch that is refused as a whole", () => {
  const three = [create(1), create(2, { hs_call_title: "x" }), create(3)];

  test("is nobody's fault where nobody is named: smaller batches follow", async () => {
    const refusal = { status: 400, body: propertyError("INVALID_OPTION", "hs_call_status") };
    expect(await faults(always(refusal), three)).toEqual(["batch_too_large", "batch_too_large", "batch_too_large"]);
    expect(await faults(always(refusal), [create(1)])).toEqual(["rejected value_rejected"]);
  });

  test.each([
    ["a trace id in the context", envelope("VALIDATION_ERROR", { context: { objectWriteTraceId: [keyOf(2)] } })],
    [
      "an id in an inner context",
      envelope("VALIDATION_ERROR", { errors: [{ message: "m", context: { id: [keyOf(2)] } }] }),
    ],
    ["our key in the message", envelope("VALIDATION_ERROR", { message: `record ${keyOf(2)} is not valid` })],
  ])("blames the item that it names by %s", async (_name, body) => {
    expect(await faults(always({ status: 400, body }), three)).toEqual([
      "batch_too_large",
      "rejected value_rejected",
      "batch_too_large",
    ]);
  });

  test("blames everybody who writes a property that is gone or read-only", async () => {
    const gone = { status: 400, body: propertyError("PROPERTY_DOESNT_EXIST", "hs_call_title") };
    expect(await faults(always(gone), three)).toEqual(["batch_too_large", "rejected field_missing", "batch_too_large"]);
    const locked = { status: 400, body: propertyError("READ_ONLY_VALUE", "hs_timestamp") };
    expect(new Set(await faults(always(locked), three))).toEqual(new Set(["rejected mapping_error"]));
  });

  test("blocks everybody where our key property is gone", async () => {
    const gone = { status: 400, body: propertyError("PROPERTY_DOESNT_EXIST", "callledger_key") };
    expect(new Set(await faults(always(gone), three))).toEqual(new Set(["blocked setup_missing"]));
  });

  test.each([400, 409])(
    "says (%i) that a key is taken: that call is read by key, the others go again",
    async (status) => {
      const conflict = propertyError("CONFLICTING_UNIQUE_VALUE", "callledger_key");
      const body = { ...conflict, context: { objectWriteTraceId: [keyOf(3)] } };
      expect(await faults(always({ status, body }), three)).toEqual([
        "batch_too_large",
        "batch_too_large",
        "already_written",
      ]);
      expect(await faults(always({ status, body: conflict }), [create(1)])).toEqual(["already_written"]);
    },
  );

  test("is too large", async () => {
    const body = envelope("TOO_LARGE");
    expect(new Set(await faults(always({ status: 413, body }), three))).toEqual(new Set(["batch_too_large"]));
    expect(await faults(always({ status: 413, body }), [create(1)])).toEqual(["rejected too_large"]);
  });

  test.each([
    [401, "INVALID_AUTHENTICATION", "blocked auth_revoked"],
    [403, "MISSING_SCOPES", "blocked permission_denied"],
    [403, "USER_DOES_NOT_HAVE_PERMISSIONS", "rejected permission_denied"],
    [415, "MEDIA", "rejected our_bug"],
    [423, "LOCKED", "transient"],
    [429, "RATE_LIMITS", "rate_limited"],
    [500, "INTERNAL_ERROR", "response_lost"],
  ])("for a cause that is everybody's (%i %s)", async (status, category, expected) => {
    expect(new Set(await faults(always({ status, body: envelope(category) }), three))).toEqual(new Set([expected]));
  });

  test.each([
    [429, "rate_limited"],
    [401, "blocked auth_revoked"],
  ])("stops the batches behind it (%i)", async (status, expected) => {
    const session = always({ status, body: envelope("X") });
    const items = Array.from({ length: 150 }, (_, index) => create(index));
    expect(new Set(await faults(session, items))).toEqual(new Set([expected]));
    expect(session.sent).toHaveLength(2);
  });
});

describe("what a call is linked to", () => {
  const live = { status: 200, body: { results: [{ id: "1", properties: {} }] } };
  const none = {
    status: 207,
    body: { results: [], errors: [envelope("OBJECT_NOT_FOUND", { context: { ids: ["1"] } })] },
  };
  const invalid = {
    status: 400,
    body: envelope("VALIDATION_ERROR", { message: "One or more associations are not valid" }),
  };

  test.each([
    ["gone", none, "rejected person_deleted"],
    ["there", live, "rejected value_rejected"],
    ["unknown, as the read failed", { status: 500 }, "rejected value_rejected"],
  ])("is read where a refusal names no property: %s", async (_name, read, expected) => {
    const session = script(({ path }) => (path.endsWith("/contacts/batch/read") ? read : invalid));
    expect(await faults(session, [create(1, {}, [alice])])).toEqual([expected]);
  });

  test.each([
    ["gone", none, "rejected person_deleted"],
    ["there", live, "rejected unknown"],
    ["unknown, as the read failed", { status: 500 }, "rejected person_deleted"],
  ])("is what a first write did not find: %s", async (_name, read, expected) => {
    const refusal = { status: 404, body: envelope("OBJECT_NOT_FOUND") };
    const session = script(({ path }) => (path.endsWith("/contacts/batch/read") ? read : refusal));
    expect(await faults(session, [create(1, {}, [alice])])).toEqual([expected]);
  });

  test("is not read where there is no link or the property is named", async () => {
    expect(await faults(always(invalid), [create(1)])).toEqual(["rejected value_rejected"]);
    const named = { status: 400, body: propertyError("INVALID_OPTION", "hs_call_status") };
    expect(await faults(always(named), [create(1, {}, [alice])])).toEqual(["rejected value_rejected"]);
  });
});

describe("links", () => {
  const linked = { status: 200, body: { status: "COMPLETE", results: [{}, {}] } };

  test("that are made are kept when a later one is lost", async () => {
    const session = script((_request, turn) => (turn === 1 ? linked : { status: 502 }));
    const outcomes = await open().write(session, [link(7, [alice, clinic])]);
    expect(outcomes.get(keyOf(7))).toMatchObject({
      remoteId: "7",
      done: ["link:contacts:1"],
      fault: { kind: "response_lost" },
    });
    expect(session.sent.slice(1).map(({ path, intents }) => `${path} ${intents[0]?.step}`)).toEqual([
      "/crm/objects/2026-09/calls/7/associations/default/contacts/1 link:contacts:1",
      "/crm/objects/2026-09/calls/7/associations/default/companies/2 link:companies:2",
    ]);
  });

  test("behind a fault that stops all are not sent", async () => {
    const session = always({ status: 429, body: envelope("RATE_LIMITS") });
    expect(await faults(session, [link(1, [alice]), link(2, [alice])])).toEqual(["rate_limited", "rate_limited"]);
    expect(session.sent).toHaveLength(2);
  });

  test("behind a lost one are sent all the same", async () => {
    const session = script((_request, turn) => (turn === 1 ? { status: 502 } : linked));
    expect(await faults(session, [link(1, [alice]), link(2, [alice])])).toEqual(["response_lost", "done"]);
  });

  const pairs = (...calls: readonly number[]) => ({
    status: 200,
    body: {
      results: calls.flatMap((call) => [
        { from: { id: `${call}` }, to: { id: "1" } },
        { from: { id: "1" }, to: { id: call } },
      ]),
    },
  });

  test("of many records go together, each with its step named", async () => {
    const session = always(pairs(1, 2, 3));
    const items = [1, 2, 3].map((call) => link(call, [alice]));
    expect(await faults(session, items)).toEqual(["done", "done", "done"]);
    expect(session.sent.slice(1).map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /crm/associations/2026-09/calls/contacts/batch/associate/default",
    ]);
    expect(session.sent[1]?.body).toEqual({
      inputs: ["1", "2", "3"].map((id) => ({ from: { id }, to: { id: "1" } })),
    });
    expect(session.sent[1]?.intents).toEqual(items.map(({ key }) => ({ key, step: "link:contacts:1" })));
  });

  test("that a common request does not confirm are made alone", async () => {
    const session = script(({ method }) => (method === "POST" ? pairs(1, 3) : linked));
    expect(
      await faults(
        session,
        [1, 2, 3].map((call) => link(call, [alice])),
      ),
    ).toEqual(["done", "done", "done"]);
    expect(session.sent.slice(2).map(({ path }) => path)).toEqual([
      "/crm/objects/2026-09/calls/2/associations/default/contacts/1",
    ]);
  });

  test("whose common request is refused are made alone; where its answer is lost none is known to be made", async () => {
    const items = [1, 2, 3].map((call) => link(call, [alice]));
    const refused = script(({ method }) =>
      method === "POST" ? { status: 400, body: envelope("VALIDATION_ERROR") } : linked,
    );
    expect(await faults(refused, items)).toEqual(["done", "done", "done"]);
    const lost = always({ status: 502 });
    expect(await faults(lost, items)).toEqual(["response_lost", "response_lost", "response_lost"]);
    expect(lost.sent).toHaveLength(2);
  });

  test("of an update follow its record, and not where the record was refused", async () => {
    const updates = [1, 2].map((call): WriteItem => ({
      ...link(call, [alice]),
      operation: "update",
      body: toUpdateBody(contract, "calls", { hs_call_title: "x" }),
    }));
    const session = script(({ method }) =>
      method === "PUT"
        ? linked
        : {
            status: 207,
            body: {
              results: [{ id: "1", properties: {} }],
              errors: [envelope("OBJECT_NOT_FOUND", { context: { ids: ["2"] } })],
            },
          },
    );
    const outcomes = await open().write(session, updates);
    expect(outcomes.get(keyOf(1))).toMatchObject({ done: ["record", "link:contacts:1"], fault: null });
    expect(outcomes.get(keyOf(2))).toMatchObject({ done: [], fault: { kind: "rejected", reason: "record_deleted" } });
    expect(session.sent.filter(({ method }) => method === "PUT")).toHaveLength(1);
  });
});

describe("what is not sent", () => {
  const unfit: readonly (readonly [string, WriteItem, string])[] = [
    ["a first write without our key", { ...create(1), body: bodyOf({ hs_timestamp: "x" }) }, "rejected mapping_error"],
    [
      "a first write with another key",
      { ...create(1), body: bodyOf({ callledger_key: keyOf(2) }) },
      "rejected mapping_error",
    ],
    [
      "an update of a record whose id is not known",
      toUpdateItem({ contract, object: "calls" }, create(1), null),
      "rejected our_bug",
    ],
    ["a write without a body", { ...create(1), body: null }, "rejected our_bug"],
    [
      "a link to an object that calls know not",
      create(1, {}, [{ object: "constructor", id: "1" }]),
      "rejected our_bug",
    ],
  ];
  test.each(unfit)("%s", async (_name, item, expected) => {
    const session = always({ status: 500 });
    expect(await faults(session, [item])).toEqual([expected]);
    expect(session.sent).toEqual([]);
  });

  test("anything before the portal is known; it is asked for once", async () => {
    const refused = createScriptedSession(() => ({ kind: "paced", waitMs: 5, window: "day" }));
    expect((await open().write(refused, [create(1)])).get(keyOf(1))?.fault).toEqual({
      kind: "paced",
      waitMs: 5,
      window: "day",
    });
    expect(refused.sent).toHaveLength(1);
    const session = always({ status: 201, body: { results: [{ id: "11", objectWriteTraceId: keyOf(1) }] } });
    const connector = open();
    await connector.write(session, [create(1)]);
    await connector.write(session, [create(1)]);
    expect(session.sent.filter(({ path }) => path.includes("/account-info/"))).toHaveLength(1);
  });

  test("nothing of an empty write", async () => {
    const session = always({ status: 500 });
    expect((await open().write(session, [])).size).toBe(0);
    expect(session.sent).toEqual([]);
  });
});
