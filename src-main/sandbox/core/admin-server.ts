import findMyWay from "find-my-way";
import { z } from "zod";
import type { SandboxClock } from "./clock.ts";
import type { HostedSandbox, OutsideEdit, OutsideFields } from "./crm-sandbox.ts";
import { faultRule } from "./fault-rule.ts";
import { parseJsonBody, toEmptyAnswer, toJsonAnswer, type SandboxAnswer, type SandboxRequest } from "./message.ts";

type Params = Readonly<Record<string, string | undefined>>;
type Handle = (request: SandboxRequest, params: Params) => SandboxAnswer;
type CrmHandle = (hosted: HostedSandbox, request: SandboxRequest, params: Params) => SandboxAnswer;
type RecordHandle = (hosted: HostedSandbox, object: string, request: SandboxRequest, id: string) => SandboxAnswer;

export type AdminDeps = { readonly clock: SandboxClock; readonly crms: readonly HostedSandbox[] };

/** The administration of all sandboxes: records seen and edited from outside, stats, faults, configuration, clock, reset. */
export function createAdmin({ clock, crms }: AdminDeps): (request: SandboxRequest) => SandboxAnswer {
  const router = findMyWay({ ignoreTrailingSlash: true });
  const methods = new Map<string, string[]>();
  const add = (method: "GET" | "POST" | "PATCH" | "DELETE", path: string, handle: Handle): void => {
    router.on(method, path, () => undefined, handle);
    methods.set(path, [...(methods.get(path) ?? []), method]);
  };
  const crm = (handle: CrmHandle): Handle => {
    return (request, params) => {
      const hosted = crms.find(({ name }) => name === params["crm"]);
      if (hosted !== undefined) return handle(hosted, request, params);
      return refuse(
        404,
        `There is no sandbox "${params["crm"]}"; there is ${crms.map(({ name }) => name).join(", ")}.`,
      );
    };
  };
  const record = (handle: RecordHandle): Handle =>
    crm((hosted, request, params) => {
      const { objects } = hosted.sandbox.records;
      const object = params["object"] ?? "";
      if (objects.includes(object)) return handle(hosted, object, request, params["id"] ?? "");
      return refuse(404, `${hosted.name} has no object "${object}"; it has ${objects.join(", ")}.`);
    });

  add("GET", "/:crm/records/:object", record(listRecords));
  add("POST", "/:crm/records/:object", record(createRecords));
  add("PATCH", "/:crm/records/:object/:id", record(updateRecord));
  add("DELETE", "/:crm/records/:object/:id", record(removeRecord));
  add("POST", "/:crm/records/:object/:id/merge", record(mergeRecords));
  add(
    "GET",
    "/:crm/stats",
    crm(({ sandbox }) => toJsonAnswer(200, sandbox.stats())),
  );
  add("POST", "/:crm/faults", crm(replaceFaults));
  add("DELETE", "/:crm/faults", crm(clearFaults));
  add("POST", "/:crm/config", crm(changeConfiguration));
  add(
    "GET",
    "/:crm/config",
    crm(({ sandbox }) => toJsonAnswer(200, sandbox.configuration.current())),
  );
  add("POST", "/clock", (request) => advanceClock(request, clock));
  add("GET", "/clock", () => toJsonAnswer(200, { now: clock.now() }));
  add("POST", "/reset", () => resetAll(crms));

  return (request) => {
    const found = isRouted(request.method) ? router.find(request.method, request.path) : null;
    if (found !== null && isHandle(found.store)) return found.store(request, found.params);
    const others = (["GET", "POST", "PATCH", "DELETE"] as const).filter(
      (method) => router.find(method, request.path) !== null,
    );
    if (others.length > 0) return refuse(405, `${request.path} takes ${others.join(" and ")}, not ${request.method}.`);
    return refuse(404, `There is no ${request.path} here. Paths: ${[...methods.keys()].join(", ")}.`);
  };
}

function isRouted(method: string): method is "GET" | "POST" | "PATCH" | "DELETE" {
  return method === "GET" || method === "POST" || method === "PATCH" || method === "DELETE";
}

function isHandle(store: unknown): store is Handle {
  return typeof store === "function";
}

function refuse(status: number, message: string): SandboxAnswer {
  return toJsonAnswer(status, { error: message });
}

const fields = z.record(z.string(), z.unknown());

function listRecords({ sandbox }: HostedSandbox, object: string): SandboxAnswer {
  return toJsonAnswer(200, sandbox.records.list(object));
}

/** One record, or an array of them: then the array is taken up to its first bad one, which is named. */
function createRecords({ sandbox }: HostedSandbox, object: string, request: SandboxRequest): SandboxAnswer {
  const body = parseBody(request, z.union([fields, z.array(fields)]));
  if (!body.ok) return body.refusal;
  if (!Array.isArray(body.value)) return toEditAnswer(sandbox.records.create(object, body.value), 201);
  const created: OutsideFields[] = [];
  for (const [position, given] of body.value.entries()) {
    const edit = sandbox.records.create(object, given);
    if (!edit.ok) return refuse(edit.status, `Record ${position} of the array: ${edit.message}`);
    created.push(edit.record);
  }
  return toJsonAnswer(201, created);
}

function updateRecord({ sandbox }: HostedSandbox, object: string, request: SandboxRequest, id: string): SandboxAnswer {
  const body = parseBody(request, fields);
  return body.ok ? toEditAnswer(sandbox.records.update(object, id, body.value), 200) : body.refusal;
}

function removeRecord({ sandbox }: HostedSandbox, object: string, _request: SandboxRequest, id: string): SandboxAnswer {
  const edit = sandbox.records.remove(object, id);
  return edit.ok ? toEmptyAnswer(204) : toEditAnswer(edit, 200);
}

const mergeWith = z.strictObject({ with: z.coerce.string().min(1) });

function mergeRecords({ sandbox }: HostedSandbox, object: string, request: SandboxRequest, id: string): SandboxAnswer {
  const body = parseBody(request, mergeWith);
  return body.ok ? toEditAnswer(sandbox.records.merge(object, id, body.value.with), 200) : body.refusal;
}

function toEditAnswer(edit: OutsideEdit, status: number): SandboxAnswer {
  return edit.ok ? toJsonAnswer(status, edit.record) : refuse(edit.status, edit.message);
}

function replaceFaults({ faults }: HostedSandbox, request: SandboxRequest): SandboxAnswer {
  const body = parseBody(request, z.array(faultRule));
  if (!body.ok) return body.refusal;
  faults.replace(body.value);
  return toJsonAnswer(200, body.value);
}

function clearFaults({ faults }: HostedSandbox): SandboxAnswer {
  faults.replace([]);
  return toEmptyAnswer(204);
}

function changeConfiguration({ sandbox }: HostedSandbox, request: SandboxRequest): SandboxAnswer {
  const parsed = parseJsonBody(request);
  if (!parsed.ok) return refuse(400, `The body is not JSON: ${parsed.message}`);
  const changed = sandbox.configuration.change(parsed.value);
  return changed.ok ? toJsonAnswer(200, changed.value) : refuse(400, changed.message);
}

function advanceClock(request: SandboxRequest, clock: SandboxClock): SandboxAnswer {
  const body = parseBody(request, z.strictObject({ advanceMs: z.int().min(0) }));
  if (!body.ok) return body.refusal;
  clock.advance(body.value.advanceMs);
  return toJsonAnswer(200, { now: clock.now() });
}

/** Time stays where it is: a server's clock never runs backwards. */
function resetAll(crms: readonly HostedSandbox[]): SandboxAnswer {
  for (const { reset } of crms) reset();
  return toEmptyAnswer(204);
}

type Body<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: SandboxAnswer };

function parseBody<T extends z.ZodType>(request: SandboxRequest, schema: T): Body<z.output<T>> {
  const parsed = parseJsonBody(request);
  if (!parsed.ok) return { ok: false, refusal: refuse(400, `The body is not JSON: ${parsed.message}`) };
  const checked = schema.safeParse(parsed.value);
  if (checked.success) return { ok: true, value: checked.data };
  return {
    ok: false,
    refusal: refuse(400, `The body is not what ${request.path} takes: ${z.prettifyError(checked.error)}`),
  };
}
