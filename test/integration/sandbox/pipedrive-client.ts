import { afterAll, beforeEach } from "vitest";
import { startSandbox, type SandboxOptions } from "../../../src-main/sandbox/main.ts";

export type Reply = { readonly status: number; readonly headers: Headers; readonly text: string; readonly body: any };
type Ask = { readonly token?: string | null; readonly headers?: Readonly<Record<string, string>> };

/** A running sandbox and plain HTTP to it: nothing of the product's own connectors takes part. Reset before each test. */
export async function openPipedrive(options: SandboxOptions = {}) {
  const sandbox = await startSandbox(options);
  const access = sandbox.pipedrive;
  if (access === undefined) throw new Error("There is no Pipedrive sandbox.");
  const { baseUrl, token: plainToken, clientId = "", clientSecret = "", refreshToken = "" } = access;

  async function send(url: string, method: string, body: unknown, headers: Record<string, string>): Promise<Reply> {
    const isRaw = body === undefined || typeof body === "string" || body instanceof FormData;
    const payload = isRaw ? body : JSON.stringify(body);
    const response = await fetch(url, {
      method,
      headers,
      redirect: "manual",
      ...(payload === undefined ? {} : { body: payload }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  }
  /** Paths without a leading slash go to the second version. */
  const pd = (
    method: string,
    path: string,
    body?: unknown,
    { token = plainToken, headers = {} }: Ask = {},
  ): Promise<Reply> =>
    send(`${baseUrl}${path.startsWith("/") ? path : `/api/v2/${path}`}`, method, body, {
      ...(token === null ? {} : { "x-api-token": token }),
      ...(body === undefined || body instanceof FormData ? {} : { "content-type": "application/json" }),
      ...headers,
    });
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  const form = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Reply> =>
    send(`${baseUrl}${path}`, "POST", new URLSearchParams(fields).toString(), {
      authorization: `Basic ${basic}`,
      "content-type": "application/x-www-form-urlencoded",
      ...headers,
    });
  const admin = (method: string, path: string, body?: unknown): Promise<Reply> =>
    send(`${sandbox.admin}${path}`, method, body, {});
  const expectStatus = (reply: Reply, status: number): any => {
    if (reply.status !== status) throw new Error(`Expected ${status}, got ${reply.status}: ${reply.text}`);
    return reply.body;
  };

  beforeEach(async () => {
    await admin("POST", "/reset");
  });
  afterAll(() => sandbox.close());

  return {
    access,
    baseUrl,
    pd,
    form,
    admin,
    send,
    bearer: (method: string, path: string, token: string, body?: unknown): Promise<Reply> =>
      pd(method, path, body, { token: null, headers: { authorization: `Bearer ${token}` } }),
    refresh: (token = refreshToken): Promise<Reply> =>
      form("/oauth/token", { grant_type: "refresh_token", refresh_token: token }),
    /** What the API answers where it must succeed. */
    ok: async (method: string, path: string, body?: unknown): Promise<any> => {
      const reply = await pd(method, path, body);
      if (reply.status >= 300) throw new Error(`${method} ${path} answered ${reply.status}: ${reply.text}`);
      return reply.body.data;
    },
    config: async (patch: object): Promise<any> => expectStatus(await admin("POST", "/pipedrive/config", patch), 200),
    faults: async (rules: readonly object[]): Promise<any> =>
      expectStatus(await admin("POST", "/pipedrive/faults", rules), 200),
    advance: async (advanceMs: number): Promise<any> => expectStatus(await admin("POST", "/clock", { advanceMs }), 200),
    now: async (): Promise<number> => expectStatus(await admin("GET", "/clock"), 200).now,
    stats: async (): Promise<any> => expectStatus(await admin("GET", "/pipedrive/stats"), 200),
    records: async (object: string): Promise<any[]> =>
      expectStatus(await admin("GET", `/pipedrive/records/${object}`), 200),
    seed: async (object: string, fields: object): Promise<any> =>
      expectStatus(await admin("POST", `/pipedrive/records/${object}`, fields), 201),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const toTime = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

export const callLog = {
  outcome: "connected",
  to_phone_number: "+442079460187",
  from_phone_number: "+447700900134",
  start_time: "2026-11-20 09:30:00",
  end_time: "2026-11-20 09:37:05",
  duration: "425",
};
