import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createUndiciHttp } from "../../src-main/connectors/http/undici-http.ts";
import type { CrmRequest, WriteItem } from "../../src-main/engine/ports/connector.ts";
import type { Http } from "../../src-main/engine/ports/http.ts";
import { startSalesforce, type SalesforceStage } from "../builders/salesforce-subject.ts";
import { keyOf, toItem } from "../builders/salesforce-writes.ts";
import { createUnpacedSession, type UnpacedSession } from "../builders/unpaced-session.ts";
import { toUpdateItem } from "../builders/update-item.ts";

const template = z.object({
  method: z.string(),
  url: z.string(),
  query: z.array(z.string()).default([]),
  form: z.array(z.string()).default([]),
  body: z.string().optional(),
});
type Template = z.infer<typeof template>;
const published = z
  .object({ requests: z.array(template) })
  .parse(
    JSON.parse(readFileSync(new URL("specs/salesforce/request-templates.json", import.meta.url), "utf8")),
  ).requests;

const collection = '{"allOrNone":"Boolean","records":"SObject[]"}';
/** What the templates of 2021 lack or have at another address, from the developer guide. */
const additions: readonly Template[] = [
  { method: "PATCH", url: "/services/data/v{{version}}/composite/sobjects", query: [], form: [], body: collection },
  {
    method: "PATCH",
    url: "/services/data/v{{version}}/composite/sobjects/<OBJECT>/<FIELD>",
    query: [],
    form: [],
    body: collection,
  },
];
const templates = [...published, ...additions];

function toExpression({ url }: Template): RegExp {
  const path = url
    .replace(/\?.*$/, "")
    .replace(/^(\{\{\w+\}\})+/, "")
    .replace(/\/$/, "");
  const pattern = path
    .replace(/[.*+^$()[\]\\]/g, "\\$&")
    .replace(/\{\{version\}\}/g, "67\\.0")
    .replace(/\{\{\w+\}\}|<\w+>/g, "[^/]+");
  return new RegExp(`^${pattern}/?$`);
}

const keysOf = (body: string | undefined): readonly string[] => {
  // Bodies of templates are sketches: `...` and bare words stand for more of the same.
  return [...(body ?? "").matchAll(/"(\w+)"\s*:/g)].map(([, key = ""]) => key);
};

/** What the templates object to in a request, one line each. */
function complaints({ method, path, body }: CrmRequest): readonly string[] {
  const [bare = "", query = ""] = path.split("?");
  const fitting = templates.filter((each) => each.method === method && toExpression(each).test(bare));
  if (fitting.length === 0) return [`no operation ${method} ${bare}`];
  const names = [...new URLSearchParams(query).keys()];
  const strange = names.filter((name) => !fitting.some((each) => each.query.includes(name)));
  const given =
    typeof body === "string" ? [...new URLSearchParams(body).keys()] : Object.keys(z.looseObject({}).parse(body ?? {}));
  const known = new Set(fitting.flatMap((each) => [...each.form, ...keysOf(each.body)]));
  const isRecord = /\/sobjects\/\w+$/.test(bare) && !bare.includes("composite");
  const unknown = isRecord ? [] : given.filter((key) => !known.has(key));
  return [...strange.map((name) => `query ${name} of ${bare}`), ...unknown.map((key) => `member ${key} of ${bare}`)];
}

let org: SalesforceStage;
let http: Http;
let session: UnpacedSession;

beforeAll(async () => {
  org = await startSalesforce();
  http = createUndiciHttp();
  session = createUnpacedSession({ http, baseUrl: org.baseUrl });
});
afterAll(async () => {
  await http.close();
  await org.close();
});

/** Everything that the connector ever asks. */
async function askEverything(): Promise<void> {
  const { clientId, refreshToken } = org.app;
  const connector = org.open({ credential: () => Promise.resolve({ ok: true, value: { clientId, refreshToken } }) });
  const person = await org.addPerson("+442079460958");
  await connector.check(session);
  await connector.setup(session);
  await connector.people(session, ["+442079460958", "+447700900134"]);
  await connector.owners(session);
  await connector.createPerson(session, { number: "+447700900134", as: "lead", name: null });
  const written = await connector.write(session, [toItem(org.contract, 1, {}, [person]), toItem(org.contract, 2)]);
  const idOf = (call: number): string | null => written.get(keyOf(call))?.remoteId ?? null;
  const task = { contract: org.contract, object: "Task" };
  const update = toUpdateItem(task, toItem(org.contract, 1), idOf(1));
  const link: WriteItem = { key: keyOf(2), operation: "link", body: null, remoteId: idOf(2), links: [person] };
  await connector.write(session, [update, link]);
  await connector.probe(session, [keyOf(1), keyOf(3)], 0);
  const { TaskSubtype, ...fields } = org.contract.objects["Task"]?.fields ?? {};
  expect(TaskSubtype).toBeDefined();
  const contract = { ...org.contract, objects: { ...org.contract.objects, Task: { fields } } };
  await org.open({ contract }).write(session, [toItem(contract, 4)]);
}

describe("Salesforce's request templates", () => {
  test("know every request that the connector sends", async () => {
    await askEverything();
    expect(session.sent.every(({ answer }) => answer.kind === "answer" && answer.status < 300)).toBe(true);
    expect(session.sent.flatMap(({ request }) => complaints(request))).toEqual([]);
    const kinds = new Set(session.sent.map(({ request }) => `${request.method} ${request.path.replace(/\?.*/, "")}`));
    expect(kinds.size).toBeGreaterThanOrEqual(11);
  });

  test("object to what is not there", () => {
    const ask = (method: CrmRequest["method"], path: string, body?: unknown): CrmRequest => ({
      method,
      path,
      body,
      cost: {},
      intents: [],
    });
    expect(complaints(ask("GET", "/services/data/v67.0/nowhere"))).toEqual([
      "no operation GET /services/data/v67.0/nowhere",
    ]);
    expect(complaints(ask("GET", "/services/data/v67.0/query?qq=x"))).toEqual([
      "query qq of /services/data/v67.0/query",
    ]);
    expect(complaints(ask("POST", "/services/data/v67.0/composite/batch", { requests: [] }))).toEqual([
      "member requests of /services/data/v67.0/composite/batch",
    ]);
  });
});

const folder = process.env["CALLLEDGER_SPECS"];
const objectsFile =
  folder === undefined ? undefined : join(resolve(folder), "salesforce", "salesforce-sobjects-v59.json");

/** States no licence, so it is not kept here. Without it these cases are listed as not run. */
describe.skipIf(objectsFile === undefined || !existsSync(objectsFile))(
  "Salesforce's description of its objects",
  () => {
    const properties = (object: string): Readonly<Record<string, unknown>> => {
      const document: any = JSON.parse(readFileSync(objectsFile ?? "", "utf8"));
      return document.components.schemas[`${object}SObject`].properties;
    };

    test.each(["Task", "Contact", "Lead"])("has every standard field that we write to a %s", (object) => {
      const written = Object.keys(org.contract.objects[object]?.fields ?? {}).filter((field) => !field.endsWith("__c"));
      expect(written.length).toBeGreaterThan(1);
      const known = properties(object);
      expect(written.filter((field) => !Object.hasOwn(known, field))).toEqual([]);
    });

    // The org of the description has no types of tasks; the vendor's reference has the field.
    test.each(["Task", "Contact", "Lead", "Account", "Opportunity"])(
      "has every standard field of the sandbox's %s",
      async (object) => {
        const answer = await fetch(`${org.baseUrl}/services/data/v67.0/sobjects/${object}/describe`, {
          headers: { authorization: `Bearer ${org.token}` },
        });
        const { fields } = z
          .object({ fields: z.array(z.object({ name: z.string(), custom: z.boolean() })) })
          .parse(await answer.json());
        const known = properties(object);
        expect(
          fields
            .filter(({ name, custom }) => !custom && name !== "Type" && !Object.hasOwn(known, name))
            .map(({ name }) => name),
        ).toEqual([]);
      },
    );
  },
);
