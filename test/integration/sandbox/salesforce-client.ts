import { createHash } from "node:crypto";
import { startSandbox, type SandboxOptions } from "../../../src-main/sandbox/main.ts";

export type Reply = { readonly status: number; readonly headers: Headers; readonly text: string; readonly body: any };
type Ask = { readonly token?: string | null; readonly headers?: Readonly<Record<string, string>> };

export const base = "/services/data/v67.0";
export const keyField = "CallLedger_Key__c";
export const key = (name: string): string => `cl_${name}`;

/** A running sandbox and plain HTTP to its Salesforce: nothing of the product's own connectors takes part. */
export async function openSalesforce(options: SandboxOptions = {}) {
  const sandbox = await startSandbox(options);
  const access = sandbox.salesforce;
  if (access === undefined) throw new Error("There is no Salesforce sandbox.");

  async function send(url: string, method: string, body: unknown, headers: Record<string, string>): Promise<Reply> {
    const payload = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(url, {
      method,
      headers,
      redirect: "manual",
      ...(payload === undefined ? {} : { body: payload }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  }
  /** A call of the data API; a path that begins with a slash is taken under the newest version. */
  const org = (
    method: string,
    path: string,
    body?: unknown,
    { token = access.token, headers = {} }: Ask = {},
  ): Promise<Reply> => {
    const signed = token === null ? {} : { authorization: `Bearer ${token}` };
    const target = path.startsWith("/services/") || path.startsWith("/id/") ? path : `${base}${path}`;
    return send(`${access.baseUrl}${target}`, method, body, {
      ...signed,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    });
  };
  const form = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Reply> =>
    send(`${access.baseUrl}${path}`, "POST", new URLSearchParams(fields).toString(), {
      "content-type": "application/x-www-form-urlencoded",
      ...headers,
    });
  const admin = (method: string, path: string, body?: unknown): Promise<Reply> =>
    send(`${sandbox.admin}${path}`, method, body, {});

  return {
    sandbox,
    access,
    org,
    form,
    token: (fields: Record<string, string>): Promise<Reply> => form("/services/oauth2/token", fields),
    admin,
    /** Changes the configuration; a refusal fails the test. */
    config: async (patch: object): Promise<any> => expectStatus(await admin("POST", "/salesforce/config", patch), 200),
    faults: async (rules: readonly object[]): Promise<any> =>
      expectStatus(await admin("POST", "/salesforce/faults", rules), 200),
    advance: async (advanceMs: number): Promise<any> => expectStatus(await admin("POST", "/clock", { advanceMs }), 200),
    now: async (): Promise<number> => expectStatus(await admin("GET", "/clock"), 200).now,
    stats: async (): Promise<any> => expectStatus(await admin("GET", "/salesforce/stats"), 200),
    records: async (object: string): Promise<any[]> =>
      expectStatus(await admin("GET", `/salesforce/records/${object}`), 200),
    seed: async (object: string, fields: object): Promise<any> =>
      expectStatus(await admin("POST", `/salesforce/records/${object}`, fields), 201),
    remove: async (object: string, id: string): Promise<any> =>
      expectStatus(await admin("DELETE", `/salesforce/records/${object}/${id}`), 204),
    merge: async (object: string, id: string, other: string): Promise<any> =>
      expectStatus(await admin("POST", `/salesforce/records/${object}/${id}/merge`, { with: other }), 200),
    reset: async (): Promise<any> => expectStatus(await admin("POST", "/reset"), 204),
    soql: async (query: string, all = false): Promise<any> =>
      expectStatus(await org("GET", `/${all ? "queryAll" : "query"}?q=${encodeURIComponent(query)}`), 200),
    sosl: async (search: string): Promise<any> =>
      expectStatus(await org("GET", `/search/?q=${encodeURIComponent(search)}`), 200),
    upsert: (name: string, body: object): Promise<Reply> =>
      org("PATCH", `/sobjects/Task/${keyField}/${key(name)}`, body),
    close: (): Promise<void> => sandbox.close(),
  };
}

export type SalesforceClient = Awaited<ReturnType<typeof openSalesforce>>;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function expectStatus(reply: Reply, status: number): any {
  if (reply.status !== status) throw new Error(`Expected ${status}, got ${reply.status}: ${reply.text}`);
  return reply.body;
}

/** The first error of a refused request, as `status CODE`. */
export const refusal = (reply: Reply): string => `${reply.status} ${reply.body?.[0]?.errorCode ?? ""}`;

/** The codes of a collection's rows: `ok` for those that were saved. */
export const rowCodes = (reply: Reply): string[] =>
  reply.body.map((row: any) => (row.success ? "ok" : row.errors[0].statusCode));

export const callTask = (more: object = {}): object => ({
  Subject: "Call – Outbound",
  TaskSubtype: "Call",
  Status: "Completed",
  Priority: "Normal",
  ActivityDate: "2026-11-20",
  CallType: "Outbound",
  CallDurationInSeconds: 183,
  ...more,
});

export const taskRow = (name: string, more: object = {}): object => ({
  attributes: { type: "Task" },
  [keyField]: key(name),
  ...callTask(more),
});

/** PKCE: a verifier and its challenge. */
export function pkce(): { readonly verifier: string; readonly challenge: string } {
  const verifier = "sandbox-verifier-".padEnd(60, "x");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}
