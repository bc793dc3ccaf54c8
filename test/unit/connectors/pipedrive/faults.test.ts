import { describe, expect, test } from "vitest";
import { createAuth } from "../../../../src-main/connectors/pipedrive/auth.ts";
import { createClient, type Call } from "../../../../src-main/connectors/pipedrive/client.ts";
import {
  faultTable,
  findFaultRow,
  wallRestMs,
  type Subject,
} from "../../../../src-main/connectors/pipedrive/faults.ts";
import { readLimit } from "../../../../src-main/connectors/pipedrive/budget.ts";
import { readVendorError } from "../../../../src-main/connectors/pipedrive/error-body.ts";
import { costs } from "../../../../src-main/connectors/pipedrive/wire.ts";
import { z } from "zod";
import { createScriptedSession, type ScriptedAnswer } from "../../../builders/scripted-session.ts";
import { testClock } from "../../../builders/hubspot-subject.ts";

const hash = "0123456789abcdef0123456789abcdef01234567";
const token = "5a4db0c27d1e4c0f9b3a2f6e8d0c1a475b6c7d8e";
const fields = new Set(["subject", "note", "duration", "owner_id", "type", hash]);

/** What a call of the connector's client makes of an answer. */
async function judge(
  answer: ScriptedAnswer | { kind: "lost" | "never_left"; detail: string },
  { kind = "write", subject = "create" }: { kind?: "read" | "write"; subject?: Subject } = {},
) {
  const auth = createAuth({ credential: () => Promise.resolve({ ok: true, value: { token } }), clock: testClock });
  const client = createClient({ auth, clock: testClock, timeZone: "UTC", fields });
  const call: Call<unknown> = {
    method: kind === "read" ? "GET" : "POST",
    path: "/api/v2/activities",
    kind,
    subject,
    schema: z.looseObject({ data: z.unknown() }),
    cost: costs.write,
  };
  const reply = await client.call(
    createScriptedSession(() => answer),
    call,
  );
  return reply.ok ? { kind: "done" } : reply.fault.fault;
}

const v2 = (status: number, code: string, error: string): ScriptedAnswer => ({
  status,
  body: { success: false, error, code },
});
const v1 = (status: number, error: string, headers: Record<string, string> = {}): ScriptedAnswer => ({
  status,
  headers,
  body: { success: false, error, errorCode: status, error_info: "Please check developers.pipedrive.com" },
});
const schema = (error: string) => v2(400, "ERR_SCHEMA_VALIDATION_FAILED", `Validation failed: ${error}`);
const notAllowed = (name: string) => schema(`${name}: Parameter '${name}' is not allowed for this request`);
const html = (status: number): ScriptedAnswer => ({ status, body: "<html>Cloudflare</html>" });

const rejected = (reason: string) => ({ kind: "rejected", reason });
const blocked = (reason: string) => ({ kind: "blocked", reason });
const lost = { kind: "response_lost" };
type Row = readonly [name: string, answer: Parameters<typeof judge>[0], expected: object, subject?: Subject];

/** Every row of the table of the vendor's refusals, in its order. */
const rows: readonly Row[] = [
  [
    "refused before the body left",
    { kind: "never_left", detail: "ECONNREFUSED" },
    { kind: "transient", proof: "never_left" },
  ],
  ["a custom field that we mapped is gone", notAllowed(`custom_fields.${hash}`), { ...rejected("field_missing") }],
  [
    "a standard field of the contract is gone or hidden",
    notAllowed("note"),
    { ...rejected("field_missing"), field: "note" },
  ],
  [
    "a value is of the wrong kind",
    schema("duration: must be a time, HH:MM"),
    { ...rejected("value_rejected"), field: "duration" },
  ],
  ["the shape of the request is wrong", notAllowed("nothing"), rejected("our_bug")],
  [
    "ERR_BAD_REQUEST",
    v2(400, "ERR_BAD_REQUEST", "Field 'subject' is longer than 255 characters"),
    rejected("value_rejected"),
  ],
  [
    "Bad request of the first version",
    v1(400, "Bad request: duration is no text of seconds"),
    rejected("value_rejected"),
  ],
  ["422", v1(422, "Unprocessable"), rejected("value_rejected")],
  ["a required field is named", v2(400, "ERR_BAD_REQUEST", `Field '${hash}' is required`), rejected("rule_rejected")],
  [
    "404 that names a link",
    v2(404, "ERR_NOT_FOUND", "participants: person 6 does not exist"),
    rejected("person_deleted"),
  ],
  [
    "the activity type is inactive",
    v2(400, "ERR_BAD_REQUEST", "type: activity type 'call' is not active"),
    blocked("setup_missing"),
  ],
  ["the owner is inactive", v2(400, "ERR_BAD_REQUEST", "owner_id: user 6 is not active"), rejected("mapping_error")],
  ["401", v1(401, "unauthorized access"), blocked("auth_revoked")],
  ["402", v1(402, "Payment required"), blocked("account_suspended")],
  ["403 for the scope", v1(403, "Scope and URL mismatch"), blocked("permission_denied")],
  [
    "403 for a record or field",
    v2(403, "ERR_FORBIDDEN", "You do not have permissions to edit the field"),
    rejected("permission_denied"),
  ],
  ["a capped feature", v2(403, "feature_capping_deals_limit", "limit"), rejected("limit_exhausted")],
  ["the wall of HTML", html(403), lost],
  ["403 without a body", { status: 403 }, lost],
  ["our activity is not found", v2(404, "ERR_NOT_FOUND", "not found"), rejected("record_deleted"), "call"],
  ["our call log is gone", v1(410, "no longer available"), rejected("record_deleted"), "call"],
  ["a linked record is not found", v2(404, "ERR_NOT_FOUND", "not found"), rejected("person_deleted"), "linked"],
  ["an endpoint is gone", v1(410, "This endpoint is no longer available"), blocked("our_bug")],
  ["405", v1(405, "Method not allowed"), rejected("our_bug")],
  ["415", v1(415, "Unsupported media type"), rejected("our_bug")],
  ["501", v1(501, "Not implemented"), rejected("our_bug")],
  ["409", v1(409, "Recording for this call already exists"), { kind: "already_written" }],
  ["413", v1(413, "Request entity too large"), rejected("too_large")],
  ["423", v2(423, "ERR_LOCKED", "locked"), { kind: "transient", proof: "row_locked" }],
  [
    "a burst",
    v1(429, "request over limit", { "x-ratelimit-reset": "2" }),
    { kind: "rate_limited", window: "burst", retryAfterMs: 2000 },
  ],
  ["a burst of searches", v1(429, "request over limit"), { kind: "rate_limited", window: "search" }, "search"],
  ["the day, by its words", v1(429, "daily request budget exceeded"), { kind: "rate_limited", window: "day" }],
  [
    "the day, by its header",
    v1(429, "request over limit", { "x-daily-ratelimit-token-remaining": "0" }),
    { kind: "rate_limited", window: "day" },
  ],
  ["the day, by its wait", v1(429, "over", { "retry-after": "3939" }), { kind: "rate_limited", window: "day" }],
  ...[408, 500, 502, 503, 504].map((status): Row => [`${status} in any words`, html(status), lost]),
  ["ERR_UNKNOWN", v2(500, "ERR_UNKNOWN", "Internal Server Error"), lost],
  ["an empty answer", { status: 200 }, lost],
  ["an answer that was cut", { status: 200, body: '{"success":true,"da' }, lost],
  ["a lost connection", { kind: "lost", detail: "ECONNRESET" }, lost],
  ["success:false with a status of success", { status: 200, body: { success: false, error: "strange" } }, lost],
  ["any other code in the envelope", v2(418, "ERR_TEAPOT", "short and stout"), rejected("unknown")],
  ["a gateway's 404", html(404), lost],
];

describe("what a refusal of a write does", () => {
  test.each(rows.map((row) => ({ name: row[0], row })))("$name", async ({ row: [, answer, expected, subject] }) => {
    expect(await judge(answer, subject === undefined ? {} : { subject })).toMatchObject(expected);
  });

  test("every row of the table is met by one of these answers", () => {
    const met = new Set(
      rows.flatMap((row) => {
        const answer = row[1];
        const subject = row[3] ?? "create";
        if (!("status" in answer)) return [];
        const { status, body, headers = {} } = answer;
        const json = typeof body === "string" ? undefined : body;
        const { isDaily, waitMs } = readLimit(
          { kind: "answer", status, headers, body: "", json },
          { nowMs: 0, timeZone: "UTC" },
        );
        const error = readVendorError(json);
        const said = { correlationId: undefined, secrets: [] };
        return [findFaultRow({ status, error, kind: "write", subject, fields, isDaily, waitMs, ...said })];
      }),
    );
    expect(faultTable.filter((row) => !met.has(row))).toEqual([]);
  });
});

test("a read is never lost: it is read again, and the wall makes it rest", async () => {
  expect(await judge(html(500), { kind: "read" })).toMatchObject({ kind: "transient", proof: "read_only" });
  expect(await judge(html(403), { kind: "read" })).toMatchObject({ kind: "rate_limited", retryAfterMs: wallRestMs });
});

test("the token is in no answer", async () => {
  const fault = await judge(v1(400, `Bad request: token ${token} is strange`));
  expect(JSON.stringify(fault)).not.toContain(token);
});
