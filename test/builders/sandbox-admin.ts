import { z } from "zod";

const flatRecord = z.record(z.string(), z.unknown());
export type SandboxRecord = Readonly<Record<string, unknown>>;

/** The administration of one CRM's sandbox, over plain HTTP as any tool would use it. */
export type SandboxAdmin = Readonly<{
  records(object: string): Promise<readonly SandboxRecord[]>;
  create(object: string, fields: object): Promise<SandboxRecord>;
  createMany(object: string, records: readonly object[]): Promise<readonly SandboxRecord[]>;
  update(object: string, id: string, fields: object): Promise<void>;
  remove(object: string, id: string): Promise<void>;
  merge(object: string, id: string, otherId: string): Promise<SandboxRecord>;
  configure(patch: object): Promise<void>;
  /** Replaces the list of faults; without one it is cleared. */
  faults(rules?: readonly object[]): Promise<void>;
  requests(): Promise<number>;
  /** Requests by endpoint, as the sandbox names them. */
  endpoints(): Promise<Readonly<Record<string, number>>>;
  /** Requests so far by method and path. */
  byEndpoint(): Promise<Readonly<Record<string, number>>>;
  advance(ms: number): Promise<void>;
}>;

export function createSandboxAdmin(adminUrl: string, crm: string): SandboxAdmin {
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const json =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const answer = await fetch(`${adminUrl}${path}`, { method, ...json });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  const at = (path: string): string => `/${crm}/${path}`;
  return {
    records: async (object) => z.array(flatRecord).parse(await ask("GET", at(`records/${object}`))),
    create: async (object, fields) => flatRecord.parse(await ask("POST", at(`records/${object}`), fields)),
    createMany: async (object, records) =>
      z.array(flatRecord).parse(await ask("POST", at(`records/${object}`), records)),
    update: async (object, id, fields) => void (await ask("PATCH", at(`records/${object}/${id}`), fields)),
    remove: async (object, id) => void (await ask("DELETE", at(`records/${object}/${id}`))),
    merge: async (object, id, otherId) =>
      flatRecord.parse(await ask("POST", at(`records/${object}/${id}/merge`), { with: otherId })),
    configure: async (patch) => void (await ask("POST", at("config"), patch)),
    faults: async (rules) =>
      void (await (rules === undefined ? ask("DELETE", at("faults")) : ask("POST", at("faults"), rules))),
    requests: async () => z.looseObject({ requests: z.number() }).parse(await ask("GET", at("stats"))).requests,
    byEndpoint: async () =>
      z.looseObject({ byEndpoint: z.record(z.string(), z.number()) }).parse(await ask("GET", at("stats"))).byEndpoint,
    endpoints: async () =>
      z.looseObject({ byEndpoint: z.record(z.string(), z.number()) }).parse(await ask("GET", at("stats"))).byEndpoint,
    advance: async (ms) => void (await ask("POST", "/clock", { advanceMs: ms })),
  };
}
