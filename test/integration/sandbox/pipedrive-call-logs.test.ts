import { expect, test } from "vitest";
import { callLog, openPipedrive } from "./pipedrive-client.ts";

const pipedrive = await openPipedrive();
const { pd, ok, config, advance, records } = pipedrive;
const at = "/v1/callLogs";
const call = { subject: "Inbound call", type: "call", done: true };

test("a call log makes its own activity; ids are text that the vendor chooses", async () => {
  const person = await ok("POST", "persons", { name: "Jane" });
  const log = await ok("POST", at, { ...callLog, subject: "Just a call", person_id: person.id });
  expect(log.id).toMatch(/^CA[0-9a-f]{27}$/);
  expect(log).toMatchObject({
    duration: "425",
    outcome: "connected",
    start_time: "2026-11-20T09:30:00.000Z",
    end_time: "2026-11-20T09:37:05.000Z",
    has_recording: false,
    person_id: person.id,
    user_id: 77,
  });
  expect(await ok("GET", `activities/${log.activity_id}`)).toMatchObject({
    type: "call",
    subject: "Just a call",
    done: true,
    due_time: "09:30:00",
    duration: "00:08:00",
    person_id: person.id,
  });
  expect(await ok("GET", `${at}/${log.id}`)).toEqual(log);
  expect(await records("callLogs")).toEqual([log]);
});

test("with activity_id the activity is converted: its links stand, those of the body do not", async () => {
  const person = await ok("POST", "persons", { name: "Jane" });
  const activity = await ok("POST", "activities", { ...call, participants: [{ person_id: person.id }] });
  const log = await ok("POST", at, { ...callLog, activity_id: activity.id, person_id: 99 });
  expect(log).toMatchObject({ activity_id: activity.id, person_id: person.id });
  expect(await records("activities")).toHaveLength(1);
  expect((await pd("POST", at, { ...callLog, activity_id: 99 })).status).toBe(404);
  const task = await ok("POST", "activities", { subject: "x", type: "task" });
  expect((await pd("POST", at, { ...callLog, activity_id: task.id })).status).toBe(400);
});

test("required fields, outcomes and both forms of a time", async () => {
  for (const name of ["outcome", "to_phone_number", "start_time", "end_time"]) {
    const { [name]: _left, ...rest } = callLog as Record<string, string>;
    const reply = await pd("POST", at, rest);
    expect([reply.status, reply.body.errorCode, reply.body.error.startsWith("Bad request")]).toEqual([400, 400, true]);
  }
  expect((await pd("POST", at, { ...callLog, outcome: "answered" })).status).toBe(400);
  expect((await pd("POST", at, { ...callLog, duration: 425 })).status).toBe(400);
  expect((await pd("POST", at, { ...callLog, start_time: "21.11.2026" })).status).toBe(400);
  const iso = await ok("POST", at, { ...callLog, start_time: "2026-11-20T09:30:00Z" });
  expect(iso.start_time).toBe("2026-11-20T09:30:00.000Z");
});

test("callLogSecondPost: a second log of an activity is another one, changes the first, or is refused", async () => {
  const activity = await ok("POST", "activities", call);
  const post = (outcome: string) => pd("POST", at, { ...callLog, outcome, activity_id: activity.id });
  const first = await post("connected");
  const second = await post("busy");
  expect(second.body.data.id).not.toBe(first.body.data.id);
  expect(await records("callLogs")).toHaveLength(2);
  await config({ callLogSecondPost: "error" });
  expect((await post("busy")).status).toBe(400);
  await pipedrive.admin("POST", "/reset");
  await config({ callLogSecondPost: "update" });
  const other = await ok("POST", "activities", call);
  const made = await ok("POST", at, { ...callLog, activity_id: other.id });
  const again = await ok("POST", at, { ...callLog, outcome: "busy", activity_id: other.id });
  expect([again.id, again.outcome, (await records("callLogs")).length]).toEqual([made.id, "busy", 1]);
});

test("callLogOrder: the list is newest or oldest first, pages by offset, fifty at most, own logs only", async () => {
  const made: string[] = [];
  for (let n = 0; n < 3; n++) made.push((await ok("POST", at, callLog)).id);
  await ok("POST", at, { ...callLog, user_id: 78 });
  const ids = async (query = "") => (await pd("GET", `${at}?${query}`)).body.data.map(({ id }: any) => id);
  expect(await ids()).toEqual(made.toReversed());
  await config({ callLogOrder: "oldestFirst" });
  expect(await ids("start=1&limit=1")).toEqual([made[1]]);
  expect((await pd("GET", `${at}?start=0&limit=2`)).body.additional_data.pagination).toEqual({
    start: 0,
    limit: 2,
    more_items_in_collection: true,
    next_start: 2,
  });
  expect((await pd("GET", `${at}?limit=500`)).body.additional_data.pagination.limit).toBe(50);
});

test("a log for another user takes access to the account's settings", async () => {
  await config({ scopes: ["phone-integration"] });
  expect((await pd("POST", at, { ...callLog, user_id: 78 })).status).toBe(403);
  await config({ scopes: ["phone-integration", "admin"] });
  expect((await pd("POST", at, { ...callLog, user_id: 78 })).status).toBe(200);
  expect((await pd("POST", at, { ...callLog, user_id: 999 })).status).toBe(400);
});

test("recordingUrlField: an address of a recording is ignored, or refused", async () => {
  const body = { ...callLog, recording_url: "https://example.com/a.mp3" };
  expect(await ok("POST", at, body)).not.toHaveProperty("recording_url");
  await config({ recordingUrlField: "rejected" });
  expect((await pd("POST", at, body)).status).toBe(400);
});

test("a deleted log is 410, its activity stays, and after the purge it is 404", async () => {
  const log = await ok("POST", at, callLog);
  expect((await pd("DELETE", `${at}/${log.id}`)).status).toBe(200);
  expect((await pd("GET", `${at}/${log.id}`)).status).toBe(410);
  expect((await pd("DELETE", `${at}/${log.id}`)).status).toBe(410);
  expect(await records("activities")).toHaveLength(1);
  await config({ purgeAfterMs: 1000 });
  await advance(1000);
  expect((await pd("GET", `${at}/${log.id}`)).status).toBe(404);
});

test("a recording goes up once; a second one is 409, an unknown log 404, a form without a file 400", async () => {
  const log = await ok("POST", at, callLog);
  const file = (): FormData => {
    const form = new FormData();
    form.append("file", new Blob(["audio"]), "call.mp3");
    return form;
  };
  expect((await pd("POST", `${at}/${log.id}/recordings`, new FormData())).status).toBe(400);
  expect((await pd("POST", `${at}/${log.id}/recordings`, file())).body).toEqual({ success: true });
  expect((await ok("GET", `${at}/${log.id}`)).has_recording).toBe(true);
  const again = await pd("POST", `${at}/${log.id}/recordings`, file());
  expect([again.status, again.body.error]).toEqual([409, "Recording for this call already exists"]);
  expect((await pd("POST", `${at}/CAnone/recordings`, file())).status).toBe(404);
});
