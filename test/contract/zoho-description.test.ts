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
import { createUnpacedSession, type UnpacedSession } from "../builders/unpaced-session.ts";
import { startZoho, type ZohoStage } from "../builders/zoho-subject.ts";
import { toUpdateItem } from "../builders/update-item.ts";
import { createJudge, type Judge } from "./openapi-judge.ts";

/**
 * Zoho's description of its API states no licence, so it is not kept here: it is read from the folder that
 * CALLLEDGER_SPECS names (`zoho/zoho-crm-v8.json`, with our corrections beside it). Without it these cases are listed as
 * not run.
 */
const folder = process.env["CALLLEDGER_SPECS"];
const file = folder === undefined ? undefined : join(resolve(folder), "zoho", "zoho-crm-v8.json");
const isThere = file !== undefined && existsSync(file);

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

/** The judge follows references inside of schemas only. */
function inline(document: any): any {
  const follow = (node: any): any =>
    node?.$ref === undefined
      ? node
      : follow(
          node.$ref
            .slice(2)
            .split("/")
            .reduce((at: any, key: string) => at[key], document),
        );
  for (const path of Object.values<any>(document.paths)) {
    const shared = (path.parameters ?? []).map(follow);
    delete path.parameters;
    for (const operation of Object.values<any>(path)) {
      operation.parameters = [...shared, ...(operation.parameters ?? []).map(follow)];
      if (operation.requestBody !== undefined) operation.requestBody = follow(operation.requestBody);
      for (const status of Object.keys(operation.responses))
        operation.responses[status] = follow(operation.responses[status]);
    }
  }
  return document;
}

/**
 * Known defects of the description: it calls nearly every attribute of an org or a field required, knows no null (which
 * Zoho writes for every empty value), allows e-mail addresses of one length only, has a user's time zone as an object, and
demands that exactly one of several forms fits where more than one does.
 */
function relax(node: any): any {
  if (typeof node !== "object" || node === null) return node;
  if (Array.isArray(node.required) && node.required.length > 12) delete node.required;
  if (typeof node.type === "string") node.nullable = true;
  if (Array.isArray(node.oneOf)) {
    node.anyOf = node.oneOf;
    delete node.oneOf;
  }
  if (Array.isArray(node.enum)) node.enum.push(null);
  if (typeof node.pattern === "string" && node.pattern.includes("[@]")) delete node.pattern;
  if (node.properties?.time_zone?.type === "object") node.properties.time_zone = { type: "string", nullable: true };
  for (const each of Object.values(node)) relax(each);
  return node;
}

function openJudge(source: string): Judge {
  const patch = source.replace(/\.json$/, ".patch.json");
  const document = JSON.parse(readFileSync(source, "utf8"));
  const temporary = mkdtempSync(join(tmpdir(), "zoho-description-"));
  const corrected = join(temporary, "zoho.json");
  const patches = existsSync(patch) ? JSON.parse(readFileSync(patch, "utf8")) : [];
  writeFileSync(corrected, JSON.stringify(relax(inline(correct(document, patches)))));
  const judge = createJudge(pathToFileURL(corrected));
  rmSync(temporary, { recursive: true });
  return judge;
}

describe.skipIf(!isThere)("Zoho's own description", () => {
  let zoho: ZohoStage;
  let http: Http;
  let session: UnpacedSession;
  let judge: Judge;
  beforeAll(async () => {
    judge = openJudge(file ?? "");
    zoho = await startZoho();
    http = createUndiciHttp();
    session = createUnpacedSession({ http, baseUrl: zoho.baseUrl });
  });
  afterAll(async () => {
    await http.close();
    await zoho.close();
  });

  function item(call: number, links: WriteItem["links"] = []): WriteItem {
    const key = `cl_${String(call).padStart(26, "a")}`;
    const facts = {
      key,
      system: "pbx",
      direction: "inbound",
      status: "answered",
      startedAt: "1795166100000",
      durationSeconds: "183",
    };
    const wanted = valuesOf(zoho.contract.objects["Calls"]?.fields ?? {}, facts);
    const { body } = filterBody({ contract: zoho.contract, object: "Calls", operation: "create", wanted });
    return { key, operation: "create", body, remoteId: null, links };
  }

  test("fits every request that the connector sends, and every answer that the sandbox gives to it", async () => {
    const connector = zoho.open();
    await connector.setup(session);
    await connector.check(session);
    const person = await zoho.addPerson("(020) 794-609-58");
    await zoho.admin.advance(15_000);
    await connector.people(session, ["+442079460958"]);
    await connector.createPerson(session, { number: "+442079460000", as: "contact", name: null });
    const bad = { ...item(9), links: [{ object: "Contacts", id: "1" }] };
    const outcomes = await connector.write(session, [item(1, [person]), item(2), bad]);
    const remoteId = outcomes.get(item(2).key)?.remoteId ?? null;
    await connector.write(session, [toUpdateItem({ contract: zoho.contract, object: "Calls" }, item(2), remoteId)]);
    await connector.write(session, [{ ...item(2), operation: "link", body: null, remoteId, links: [person] }]);
    await connector.probe(session, [item(1).key, item(3).key], 0);
    const complaints = session.sent.flatMap(({ request, answer }) => {
      if (answer.kind !== "answer") return [`${request.path}: no answer`];
      const { method, path, body } = request;
      return judge
        .complaints({ method, path, requestBody: body, status: answer.status, responseBody: answer.json })
        .map((line) => `${method} ${path} ${answer.status}: ${line}`);
    });
    expect([...new Set(complaints)]).toEqual([]);
    expect(judge.judged).toContain("POST /crm/v8/coql");
  });

  test("fits the sandbox's other answers", async () => {
    const complaints: string[] = [];
    const send = async (method: string, path: string, body?: unknown): Promise<any> => {
      const response = await fetch(`${zoho.baseUrl}${path}`, {
        method,
        headers: { authorization: `Zoho-oauthtoken ${zoho.token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const responseBody = text === "" ? undefined : JSON.parse(text);
      const found = judge.complaints({ method, path, requestBody: body, status: response.status, responseBody });
      complaints.push(...found.map((line) => `${method} ${path} ${response.status}: ${line}`));
      return responseBody;
    };
    const person = { Last_Name: "Muster", Email: "m@example.com" };
    const made = await send("POST", "/crm/v8/Contacts", { data: [person, { Email: "x@example.com" }] });
    const { id } = made.data[0].details;
    await send("GET", "/crm/v8/Contacts?fields=Last_Name,Email&per_page=2&sort_by=id");
    await send("GET", `/crm/v8/Contacts/${id}`);
    await send("PUT", `/crm/v8/Contacts/${id}`, { data: [{ Last_Name: "Sample" }] });
    await send("PUT", "/crm/v8/Contacts", { data: [{ id, Last_Name: "Sample" }] });
    await send("POST", "/crm/v8/Contacts/upsert", { data: [person], duplicate_check_fields: ["Email"] });
    await send("GET", "/crm/v8/settings/modules");
    await send("GET", "/crm/v8/settings/layouts?module=Calls");
    // Its text of the writes of notes knows neither a 201 nor a deletion's details, hence another way to make one.
    const parent = { id, module: { api_name: "Contacts" } };
    await zoho.admin.create("Notes", { Note_Title: "x", Note_Content: "x", Parent_Id: parent });
    await send("POST", "/crm/v8/Tasks", { data: [{ Subject: "Call back", Who_Id: { id } }, {}] });
    await send("GET", `/crm/v8/Contacts/${id}/Tasks?fields=Subject,Status`);
    await send("GET", `/crm/v8/Contacts/${id}/Notes?fields=Note_Content`);
    await send("GET", "/crm/v8/Notes?fields=Note_Content,Parent_Id");
    await send("POST", "/crm/v8/Contacts/actions/mass_update", { data: [{ Title: "Owner" }], ids: [id] });
    await send("GET", "/crm/v8/users?type=AllUsers");
    await send("GET", "/crm/v8/settings/recycle_bin?page=1&per_page=10");
    await send("POST", "/crm/v8/coql", {
      select_query: "select Status, COUNT(id) as tasks from Tasks where id is not null group by Status",
    });
    await send("POST", "/crm/v8/coql", { select_query: "select Nothing from Contacts where id is not null" });
    await send("DELETE", `/crm/v8/Contacts?ids=${id}`);
    await send("GET", "/crm/v8/Contacts/deleted?type=all&page=1&per_page=200");
    await send("GET", "/crm/v8/Nothing?fields=id");
    expect(complaints).toEqual([]);
  });

  test("objects to what does not fit", () => {
    const good = {
      method: "POST",
      path: "/crm/v8/coql",
      requestBody: { select_query: "select id from Calls where id is not null" },
      status: 200,
      responseBody: { data: [{ id: "1" }], info: { count: 1, more_records: false } },
    };
    expect(judge.complaints(good)).toEqual([]);
    expect(judge.complaints({ ...good, responseBody: { data: "x" } })).not.toEqual([]);
    expect(judge.complaints({ ...good, requestBody: { select_query: 7 } })).not.toEqual([]);
    expect(judge.complaints({ ...good, path: "/crm/v8/nothing/at/all/here" })).not.toEqual([]);
  });
});
