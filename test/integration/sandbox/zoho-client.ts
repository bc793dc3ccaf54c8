import { afterAll, beforeEach } from "vitest";
import { startSandbox } from "../../../src-main/sandbox/main.ts";

export type Reply = { readonly status: number; readonly headers: Headers; readonly bytes: Buffer; readonly body: any };
type Ask = { readonly token?: string | null; readonly headers?: Readonly<Record<string, string>> };

/** A running sandbox and plain HTTP to it: nothing of the product's own connectors takes part. Reset before each test unless told otherwise. */
export async function openZoho({ resets = true }: { readonly resets?: boolean } = {}) {
  const sandbox = await startSandbox();
  const access = sandbox.zoho;
  if (access === undefined) throw new Error("There is no Zoho sandbox.");
  const { baseUrl, token: plainToken, clientId = "", clientSecret = "", refreshToken = "" } = access;

  async function send(url: string, method: string, body: unknown, headers: Record<string, string>): Promise<Reply> {
    const isRaw = body === undefined || typeof body === "string" || Buffer.isBuffer(body);
    const payload = isRaw ? body : JSON.stringify(body);
    const response = await fetch(url, {
      method,
      headers,
      redirect: "manual",
      ...(payload === undefined ? {} : { body: Buffer.isBuffer(payload) ? new Uint8Array(payload) : payload }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, bytes, body: parse(bytes.toString("utf8")) };
  }
  /** A path without a leading version goes to v8. */
  const crm = (
    method: string,
    path: string,
    body?: unknown,
    { token = plainToken, headers = {} }: Ask = {},
  ): Promise<Reply> => {
    const whole = path.startsWith("/") ? path : `/crm/v8/${path}`;
    return send(`${baseUrl}${whole}`, method, body, {
      ...(token === null ? {} : { authorization: `Zoho-oauthtoken ${token}` }),
      ...(body === undefined || Buffer.isBuffer(body) ? {} : { "content-type": "application/json" }),
      ...headers,
    });
  };
  const form = (path: string, fields: Record<string, string>): Promise<Reply> =>
    send(`${baseUrl}${path}`, "POST", new URLSearchParams(fields).toString(), {
      "content-type": "application/x-www-form-urlencoded",
    });
  const admin = (method: string, path: string, body?: unknown): Promise<Reply> =>
    send(`${sandbox.admin}${path}`, method, body, {});
  const client = { client_id: clientId, client_secret: clientSecret };

  beforeEach(async () => {
    if (resets) await admin("POST", "/reset");
  });
  afterAll(() => sandbox.close());

  return {
    baseUrl,
    access,
    crm,
    form,
    admin,
    client,
    refresh: (refresh_token = refreshToken, more: Record<string, string> = {}): Promise<Reply> =>
      form("/oauth/v2/token", { grant_type: "refresh_token", ...client, refresh_token, ...more }),
    /** Changes the configuration; a refusal fails the test. */
    config: async (patch: object): Promise<any> => expectStatus(await admin("POST", "/zoho/config", patch), 200),
    faults: async (rules: readonly object[]): Promise<any> =>
      expectStatus(await admin("POST", "/zoho/faults", rules), 200),
    advance: async (advanceMs: number): Promise<any> => expectStatus(await admin("POST", "/clock", { advanceMs }), 200),
    stats: async (): Promise<any> => expectStatus(await admin("GET", "/zoho/stats"), 200),
    records: async (object: string): Promise<any[]> => expectStatus(await admin("GET", `/zoho/records/${object}`), 200),
    seed: async (object: string, fields: object): Promise<any> =>
      expectStatus(await admin("POST", `/zoho/records/${object}`, fields), 201),
    edit: async (object: string, id: string, fields: object): Promise<any> =>
      expectStatus(await admin("PATCH", `/zoho/records/${object}/${id}`, fields), 200),
    drop: async (object: string, id: string): Promise<any> =>
      expectStatus(await admin("DELETE", `/zoho/records/${object}/${id}`), 204),
    now: async (): Promise<number> => expectStatus(await admin("GET", "/clock"), 200).now,
    coql: (select_query: string, path = "coql"): Promise<Reply> => crm("POST", path, { select_query }),
    /** The text field that setup creates on Calls. */
    createKey: async (unique: object | null = { case_sensitive: true }): Promise<void> => {
      const field = { field_label: "Call Sync Key", data_type: "text", length: 120, unique };
      expectStatus(await crm("POST", "settings/fields?module=Calls", { fields: [field] }), 201);
    },
    insert: async (module: string, ...data: object[]): Promise<any[]> =>
      (await crm("POST", module, { data, trigger: [] })).body.data,
  };
}

export type Zoho = Awaited<ReturnType<typeof openZoho>>;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function expectStatus(reply: Reply, status: number): any {
  if (reply.status !== status) throw new Error(`Expected ${status}, got ${reply.status}: ${reply.bytes.toString()}`);
  return reply.body;
}

export function call(more: object = {}): Record<string, unknown> {
  return {
    Subject: "Inbound call",
    Call_Type: "Inbound",
    Call_Start_Time: "2026-11-20T09:15:00+00:00",
    Call_Duration: "00:03",
    ...more,
  };
}

/** Codes of a batch answer, in order. */
export function codesOf(reply: Reply): string[] {
  return reply.body.data.map(({ code }: { code: string }) => code);
}
