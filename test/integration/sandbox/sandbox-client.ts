import { startSandbox, type SandboxOptions } from "../../../src-main/sandbox/main.ts";

export type Reply = { readonly status: number; readonly headers: Headers; readonly text: string; readonly body: any };
type Ask = { readonly token?: string | null; readonly headers?: Readonly<Record<string, string>> };

/** A running sandbox and plain HTTP to it: nothing of the product's own connectors takes part. */
export async function openSandbox(options: SandboxOptions = {}) {
  const sandbox = await startSandbox(options);
  const access = sandbox.hubspot;
  if (access === undefined) throw new Error("There is no HubSpot sandbox.");

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
  const hub = (
    method: string,
    path: string,
    body?: unknown,
    { token = access.token, headers = {} }: Ask = {},
  ): Promise<Reply> => {
    const signed = token === null ? {} : { authorization: `Bearer ${token}` };
    return send(`${access.baseUrl}${path}`, method, body, {
      ...signed,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    });
  };
  const form = (path: string, fields: Record<string, string>): Promise<Reply> =>
    send(`${access.baseUrl}${path}`, "POST", new URLSearchParams(fields).toString(), {
      "content-type": "application/x-www-form-urlencoded",
    });
  const admin = (method: string, path: string, body?: unknown): Promise<Reply> =>
    send(`${sandbox.admin}${path}`, method, body, {});

  return {
    sandbox,
    access,
    hub,
    form,
    admin,
    /** Changes the configuration; a refusal fails the test. */
    config: async (patch: object): Promise<any> => expectStatus(await admin("POST", "/hubspot/config", patch), 200),
    faults: async (rules: readonly object[]): Promise<any> =>
      expectStatus(await admin("POST", "/hubspot/faults", rules), 200),
    advance: async (advanceMs: number): Promise<any> => expectStatus(await admin("POST", "/clock", { advanceMs }), 200),
    stats: async (): Promise<any> => expectStatus(await admin("GET", "/hubspot/stats"), 200),
    records: async (object: string): Promise<any[]> =>
      expectStatus(await admin("GET", `/hubspot/records/${object}`), 200),
    seed: async (object: string, fields: object): Promise<any> =>
      expectStatus(await admin("POST", `/hubspot/records/${object}`, fields), 201),
    /** The unique property that setup creates. */
    createKey: async (): Promise<void> => {
      const property = {
        name: "callledger_key",
        label: "Key",
        groupName: "call",
        type: "string",
        fieldType: "text",
        hasUniqueValue: true,
      };
      expectStatus(await hub("POST", "/crm/properties/2026-09/calls", property), 201);
    },
    close: (): Promise<void> => sandbox.close(),
  };
}

export type Client = Awaited<ReturnType<typeof openSandbox>>;

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

export const calls = "/crm/objects/2026-09/calls";
export const contacts = "/crm/objects/2026-09/contacts";
export const companies = "/crm/objects/2026-09/companies";
export const deals = "/crm/objects/2026-09/deals";

export function call(key: string | undefined, more: object = {}): { properties: Record<string, string> } {
  return {
    properties: {
      ...(key === undefined ? {} : { callledger_key: key }),
      hs_timestamp: "2026-11-20T09:15:00Z",
      hs_call_title: "Call",
      ...more,
    },
  };
}

/** The inner error codes of a property refusal, read from the JSON inside its message. */
export function codes(reply: { readonly body: any }): string[] {
  const message: string = reply.body.message;
  return JSON.parse(message.slice(message.indexOf("["), message.lastIndexOf("]") + 1)).map(
    (inner: { error: string }) => inner.error,
  );
}
