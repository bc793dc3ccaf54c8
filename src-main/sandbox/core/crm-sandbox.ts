import type { SandboxClock } from "./clock.ts";
import type { ConfigurationPatch } from "./configuration.ts";
import type { FaultEngine } from "./fault-engine.ts";
import type { SandboxStats } from "./request-stats.ts";
import type { Random } from "./seeded-random.ts";
import type { VendorApi } from "./vendor-server.ts";

/** How a client reaches a CRM's sandbox: a plain bearer token that does not expire unless configured, and what else it needs. */
export type CrmAccess = Readonly<Record<string, string>> & { readonly baseUrl: string; readonly token: string };

export type OutsideFields = Readonly<Record<string, unknown>>;

/** What an outside edit comes to: the record as it is listed, or why it cannot be. */
export type OutsideEdit =
  | { readonly ok: true; readonly record: OutsideFields }
  | { readonly ok: false; readonly status: 400 | 404 | 409; readonly message: string };

/**
 * Outside edits and seeding, as a colleague in the CRM would make them: they cost no API call, are subject to no lag, and
 * pass no rules but that the object, the record and its fields exist.
 */
export type OutsideRecords = {
  readonly objects: readonly string[];
  /** All live records of an object, flat, under the vendor's field names. */
  readonly list: (object: string) => readonly OutsideFields[];
  readonly create: (object: string, fields: OutsideFields) => OutsideEdit;
  readonly update: (object: string, id: string, fields: OutsideFields) => OutsideEdit;
  /** What the CRM does when a person deletes it there (recycle bin, archive). */
  readonly remove: (object: string, id: string) => OutsideEdit;
  /** `id` survives and takes over what `otherId` has; the vendor may give the survivor another id. */
  readonly merge: (object: string, id: string, otherId: string) => OutsideEdit;
};

/** A person or company that `--demo` puts into every CRM, in words that no vendor owns. */
export type DemoPerson = {
  readonly firstName: string;
  readonly lastName: string;
  readonly company: string | undefined;
  readonly phone: string | undefined;
  readonly mobile: string | undefined;
};
export type DemoCompany = { readonly name: string; readonly phone: string | undefined };
/** One call of the demo's logs is refused by an admin's rule: those that last longer than this. */
export type DemoData = {
  readonly companies: readonly DemoCompany[];
  readonly people: readonly DemoPerson[];
  readonly longestCallSeconds: number;
};

/** One CRM's sandbox, behind its own port and its part of the administration. */
export type CrmSandbox = {
  readonly api: VendorApi;
  /** What `sandbox` prints for it. */
  readonly describe: (baseUrl: string) => CrmAccess;
  readonly records: OutsideRecords;
  readonly configuration: {
    readonly current: () => { readonly latencyMs: number; readonly latencyJitterMs: number };
    readonly change: (patch: unknown) => ConfigurationPatch<object>;
  };
  readonly stats: () => SandboxStats;
  /** Empty again, with every default: records, schema, tokens, windows, stats, configuration. Faults are cleared by the host. */
  readonly reset: () => void;
  readonly seedDemo: (demo: DemoData) => void;
};

export type SandboxDeps = { readonly clock: SandboxClock; readonly random: Random };
export type CreateCrmSandbox = (deps: SandboxDeps) => CrmSandbox;

/** A CRM's sandbox with what the host adds to each. */
export type HostedSandbox = {
  readonly name: string;
  readonly sandbox: CrmSandbox;
  readonly faults: FaultEngine;
  /** Forgets late commits, faults and everything the sandbox knows. */
  readonly reset: () => void;
};
