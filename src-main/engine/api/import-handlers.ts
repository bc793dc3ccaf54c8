import type { Outcome } from "../../../src-shared/domain/fault.ts";
import { ipcCalls, type CallFault, type CallInput } from "../../../src-shared/ipc/contract.ts";
import type { ImportProgress, ImportSummary } from "../../../src-shared/ipc/ingest-views.ts";
import { fault } from "../host/engine.ts";
import type { ApiParts } from "./api-parts.ts";
import type { SourceSettings } from "../../../src-shared/domain/source-settings.ts";
import type { Examination } from "../../../src-shared/ipc/doctor-views.ts";
import type { MappingProposal } from "../../../src-shared/ipc/mapping-views.ts";
import type { MappingBook } from "../ingest/mapping/mapping-book.ts";
import { serve, type CallContext, type SubjectHandlers } from "./dispatcher.ts";
import { createMappingHandlers, type MappingCall } from "./mapping-handlers.ts";

/** Reads files into the queue. A fault leaves what was read before it in place; reading again goes on where it ended. */
export type FileImporter = Readonly<{
  import(
    ask: CallInput<"ingest:import">,
    context: CallContext<ImportProgress>,
  ): Promise<Outcome<ImportSummary, CallFault>>;
  /** Names of the formats that can be read. */
  formats: readonly string[];
  /** Tables whose header a person has mapped. */
  mappings: MappingBook;
  /** What is wrong with files before anything of them is stored. */
  examine(
    ask: CallInput<"ingest:examine">,
    signal: AbortSignal,
  ): Promise<Outcome<Readonly<{ files: Examination[] }>, CallFault>>;
  /** How a table would be read. Throws `LogRefusedError` for a file that is none, file errors where it cannot be read. */
  propose(path: string, settings: SourceSettings): Promise<MappingProposal>;
}>;

export function createImportHandlers(
  parts: Pick<ApiParts, "tenants" | "importer" | "sync">,
): SubjectHandlers<"ingest:import" | "ingest:examine" | "sync:run" | MappingCall> {
  return {
    "ingest:examine": serve(ipcCalls["ingest:examine"], async (ask, context) => {
      const unknown = unknownFormat(parts, ask.format);
      return unknown ?? parts.importer.examine(ask, context.signal);
    }),
    ...createMappingHandlers(parts.importer),
    "ingest:import": serve(ipcCalls["ingest:import"], async (ask, context) => {
      const unknown = unknownTenant(parts, ask.tenant) ?? unknownFormat(parts, ask.format);
      if (unknown !== undefined) return unknown;
      const read = await parts.importer.import(ask, context);
      parts.sync.wake();
      return read;
    }),
    "sync:run": serve(ipcCalls["sync:run"], (ask, context) => parts.sync.run(ask, context)),
  };
}

/** A fault for a tenant that nobody connected, naming those that are known; undefined where it is known. */
export function unknownTenant({ tenants }: Pick<ApiParts, "tenants">, tenant: string) {
  if (tenants.find(tenant) !== undefined) return undefined;
  const known = tenants.list().map((each) => each.slug);
  return fault(
    "bad_input",
    known.length === 0
      ? `There is no tenant ${tenant} yet. A tenant begins with its first CRM: callledger connect hubspot --tenant ${tenant}.`
      : `There is no tenant ${tenant}. Known: ${known.join(", ")}. A new one begins with callledger connect.`,
  );
}

/** A fault for a format that no parser knows; undefined where it is known. */
export function unknownFormat({ importer }: Pick<ApiParts, "importer">, format: string) {
  if (format === "auto" || importer.formats.includes(format)) return undefined;
  return fault("bad_input", `There is no format ${format}. Known: auto, ${importer.formats.join(", ")}.`);
}
