import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createUndiciHttp } from "../../src-main/connectors/http/undici-http.ts";
import type { WriteItem } from "../../src-main/engine/ports/connector.ts";
import type { Http } from "../../src-main/engine/ports/http.ts";
import { valuesOf } from "../../src-shared/domain/mapping.ts";
import { filterBody } from "../../src-shared/domain/ownership.ts";
import { type PipedriveStage, readPipedriveContract, startPipedrive } from "../builders/pipedrive-subject.ts";
import { createUnpacedSession, type UnpacedSession } from "../builders/unpaced-session.ts";
import { toUpdateItem } from "../builders/update-item.ts";
import { createJudge, type Judge } from "./openapi-judge.ts";

/**
 * Pipedrive's descriptions of its API state no licence, so they are not kept here: they are read from the folder that
 * CALLLEDGER_SPECS names (`pipedrive/pipedrive-v1.json` and `-v2.json`, with our corrections beside them). Without it
 * these cases are listed as not run.
 */
const folder = process.env["CALLLEDGER_SPECS"];
const fileOf = (version: string): string => join(resolve(folder ?? "."), "pipedrive", `pipedrive-${version}.json`);
const isThere = folder !== undefined && existsSync(fileOf("v1")) && existsSync(fileOf("v2"));

type Patch = Readonly<{ op: string; path: string; value?: unknown }>;

/** The vendor's text with corrections of its known defects laid over it (JSON Patch). */
function correct(document: any, patches: readonly Patch[]): any {
  for (const { op, path, value } of patches) {
    const keys = path
      .slice(1)
      .split("/")
      .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = keys.pop() ?? "";
    const at = keys.reduce((found, key) => found[key], document);
    if (op === "remove") Reflect.deleteProperty(at, last);
    else at[last] = value;
  }
  return document;
}

/** Known defects: times have a format that the vendor's own examples break, and nothing may be null although much is. */
function relax(node: any): any {
  if (typeof node !== "object" || node === null) return node;
  if (typeof node.format === "string") delete node.format;
  if (typeof node.type === "string") node.nullable = true;
  if (Array.isArray(node.enum)) node.enum.push(null);
  for (const each of Object.values(node)) relax(each);
  return node;
}

function openJudge(version: string): Judge {
  const source = fileOf(version);
  const patch = source.replace(/\.json$/, ".patch.json");
  const patches = existsSync(patch) ? JSON.parse(readFileSync(patch, "utf8")) : [];
  const document = relax(correct(JSON.parse(readFileSync(source, "utf8")), patches));
  const temporary = mkdtempSync(join(tmpdir(), "pipedrive-description-"));
  const corrected = join(temporary, "pipedrive.json");
  writeFileSync(corrected, JSON.stringify(document));
  const judge = createJudge(pathToFileURL(corrected));
  rmSync(temporary, { recursive: true });
  return judge;
}

describe.skipIf(!isThere)("Pipedrive's own description", () => {
  let stage: PipedriveStage;
  let http: Http;
  let session: UnpacedSession;
  let judges: Readonly<Record<"v1" | "v2", Judge>>;
  beforeAll(async () => {
    judges = { v1: openJudge("v1"), v2: openJudge("v2") };
    stage = await startPipedrive();
    http = createUndiciHttp();
    session = createUnpacedSession({ http, baseUrl: stage.baseUrl });
  });
  afterAll(async () => {
    await http.close();
    await stage.close();
  });

  const complain = (method: string, path: string, sent: unknown, status: number, got: unknown): readonly string[] => {
    const isNewer = path.startsWith("/api/v2/");
    const bare = path.replace(/^\/(api\/v2|v1)/, "");
    return judges[isNewer ? "v2" : "v1"]
      .complaints({ method, path: bare, requestBody: sent, status, responseBody: got })
      .map((line) => `${method} ${path} ${status}: ${line}`);
  };

  function item(call: number, links: WriteItem["links"] = []): WriteItem {
    const contract = readPipedriveContract({ callLogs: "on" });
    const key = `cl_${String(call).padStart(26, "a")}`;
    const facts = {
      key,
      system: "pbx",
      direction: "inbound",
      status: "answered",
      from: "+447700900134",
      to: "+442079460187",
      startedAt: "1795166100000",
      endedAt: "1795166283000",
      durationSeconds: "183",
      ownerId: "78",
    };
    const wanted = valuesOf(contract.objects["activities"]?.fields ?? {}, facts);
    const { body } = filterBody({ contract, object: "activities", operation: "create", wanted });
    return { key, operation: "create", body, remoteId: null, links };
  }

  test("fits every request that the connector sends, and every answer that the sandbox gives to it", async () => {
    const contract = readPipedriveContract({ callLogs: "on" });
    const connector = stage.open({ settings: { callLogs: "on" }, contract });
    await connector.setup(session);
    await connector.check(session);
    await connector.owners(session);
    const person = await stage.addPerson("(07700) 900-134");
    await connector.people(session, ["+447700900134"]);
    await connector.createPerson(session, { number: "+447700900201", as: "contact", name: null });
    const outcomes = await connector.write(session, [item(1, [person]), item(2)]);
    const remoteId = outcomes.get(item(2).key)?.remoteId ?? null;
    await connector.write(session, [toUpdateItem({ contract, object: "activities" }, item(2), remoteId)]);
    await connector.write(session, [{ ...item(2), operation: "link", body: null, remoteId, links: [person] }]);
    await stage.admin.remove("activities", "1");
    await connector.probe(session, [item(1).key, item(2).key, item(3).key], 0);
    const complaints = session.sent.flatMap(({ request: { method, path, body }, answer }) =>
      answer.kind === "answer" ? complain(method, path, body, answer.status, answer.json) : [`${path}: no answer`],
    );
    expect([...new Set(complaints)]).toEqual([]);
    expect(judges.v2.judged).toContain("POST /activities");
    expect(judges.v1.judged).toContain("POST /callLogs");
  });

  test("fits the sandbox's other answers", async () => {
    await stage.admin.configure({ burstLimit: 1000 });
    const complaints: string[] = [];
    const send = async (method: string, path: string, body?: unknown): Promise<any> => {
      const response = await fetch(`${stage.baseUrl}${path}`, {
        method,
        headers: { "x-api-token": stage.access["token"] ?? "", "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const got: any = await response.json();
      complaints.push(...complain(method, path, body, response.status, got));
      return got.data;
    };
    const { id: organization } = await send("POST", "/api/v2/organizations", { name: "Test Clinic" });
    const { id } = await send("POST", "/api/v2/persons", { name: "Jane", org_id: organization });
    const { id: deal } = await send("POST", "/api/v2/deals", { title: "Order", person_id: id });
    await send("GET", `/api/v2/persons?ids=${id}&sort_by=update_time&sort_direction=desc&limit=500`);
    await send("GET", `/api/v2/organizations/${organization}`);
    await send("GET", `/api/v2/deals?status=open`);
    await send("PATCH", `/api/v2/deals/${deal}`, { status: "won" });
    await send("GET", "/api/v2/deals/archived");
    await send("GET", "/api/v2/persons/search?term=jane&fields=name");
    await send("GET", "/api/v2/itemSearch?term=jane");
    await send("GET", "/api/v2/itemSearch/field?term=Jane&entity_type=person&field=name&match=exact");
    const { field_code: code } = await send("POST", "/api/v2/personFields", {
      field_name: "Line",
      field_type: "phone",
    });
    await send("GET", `/api/v2/personFields/${code}`);
    await send("GET", "/api/v2/pipelines");
    await send("GET", "/api/v2/stages?pipeline_id=1");
    const { id: pipeline_id } = await send("POST", "/api/v2/pipelines", { name: "Renewals" });
    const { id: stage_id } = await send("POST", "/api/v2/stages", { name: "First", pipeline_id });
    await send("PATCH", `/api/v2/stages/${stage_id}`, { name: "Start" });
    await send("PATCH", `/api/v2/deals/${deal}`, { stage_id });
    await send("GET", `/api/v2/deals?pipeline_id=${pipeline_id}`);
    await send("GET", `/api/v2/pipelines/${pipeline_id}`);
    await send("DELETE", `/api/v2/stages/${stage_id}`);
    await send("DELETE", `/api/v2/pipelines/${pipeline_id}`);
    const { id: note } = await send("POST", "/v1/notes", { content: "x", deal_id: deal, pinned_to_deal_flag: 1 });
    const { uuid } = await send("POST", `/v1/notes/${note}/comments`, { content: "seen" });
    await send("PUT", `/v1/notes/${note}/comments/${uuid}`, { content: "done" });
    await send("GET", `/v1/notes/${note}/comments`);
    await send("GET", `/v1/notes?deal_id=${deal}`);
    const { id: type } = await send("POST", "/v1/activityTypes", { name: "Video call", icon_key: "camera" });
    await send("PUT", `/v1/activityTypes/${type}`, { name: "Video" });
    await send("DELETE", `/v1/activityTypes/${type}`);
    const { id: field } = await send("POST", "/v1/dealFields", { name: "Source", field_type: "varchar" });
    await send("GET", `/v1/dealFields/${field}`);
    await send("PUT", `/v1/dealFields/${field}`, { name: "Origin" });
    await send("DELETE", `/v1/dealFields/${field}`);
    await send("GET", "/v1/currencies?term=EUR");
    await send("GET", "/v1/permissionSets");
    await send("GET", "/v1/users");
    await send("GET", "/v1/users/find?term=alice");
    await send("GET", "/v1/personFields");
    await send("GET", "/v1/callLogs?start=0&limit=50");
    await send("GET", "/v1/recents?since_timestamp=2026-01-01%2000:00:00");
    await send("GET", "/v1/webhooks");
    await send("DELETE", `/api/v2/persons/${id}`);
    expect(complaints).toEqual([]);
  });

  test("objects to what does not fit", () => {
    const activity = { subject: "Call", type: "call", done: true };
    expect(complain("POST", "/api/v2/activities", activity, 200, { success: true, data: { id: 1 } })).toEqual([]);
    expect(complain("POST", "/api/v2/activities", { ...activity, done: "yes" }, 200, {})).not.toEqual([]);
    expect(complain("POST", "/api/v2/activities", activity, 200, { success: true, data: { id: "one" } })).not.toEqual(
      [],
    );
    expect(complain("GET", "/api/v2/activities?updated_after=x", undefined, 200, {})).not.toEqual([]);
    expect(complain("GET", "/v1/activities", undefined, 200, {})).not.toEqual([]);
  });
});
