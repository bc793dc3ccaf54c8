import { ipcCalls } from "../../../src-shared/ipc/contract.ts";
import type { ErasureView } from "../../../src-shared/ipc/erasure-views.ts";
import { fault } from "../host/engine.ts";
import { createPhoneNumbers, isKnownRegion } from "../ingest/numbers/phone-numbers.ts";
import type { ErasureFindings } from "../ports/erasure.ts";
import type { ApiParts } from "./api-parts.ts";
import { serve, type SubjectHandlers } from "./dispatcher.ts";

type Parts = Pick<ApiParts, "clock" | "erasure" | "backups" | "integrations" | "connectorFor" | "crms" | "actor">;

export function createErasureHandlers(parts: Parts): SubjectHandlers<"erase:number"> {
  const { erasure, backups, clock, actor } = parts;
  return {
    "erase:number": serve(
      ipcCalls["erase:number"],
      async ({ number: typed, country, rehearse, backups: dropBackups }) => {
        const region = country?.toUpperCase();
        if (region !== undefined && !isKnownRegion(region))
          return fault("bad_input", `Unknown country "${country}". Use a code of two letters such as GB.`);
        const number = createPhoneNumbers(region === undefined ? {} : { region }).toRemote(typed);
        if (number === null || !number.startsWith("+"))
          return fault(
            "bad_input",
            `"${typed}" is no whole phone number. Write it with its country code, or name the country.`,
          );
        const found = erasure.find(number);
        if (rehearse) return { ok: true, value: toView(parts, found, false, backups.names()) };
        if (found.inFlight > 0)
          return fault(
            "busy",
            `${found.inFlight} of the ${found.calls} calls of ${number} are being written, or may have been: erasing them now would leave nobody who knows. Try again when "callledger status" shows none in sending and uncertain.`,
          );
        const erased = erasure.erase(number, { at: clock.now(), actor });
        if (dropBackups) await backups.replace();
        return { ok: true, value: toView(parts, erased, true, dropBackups ? [] : backups.names()) };
      },
    ),
  };
}

function toView(parts: Parts, found: ErasureFindings, erased: boolean, backups: readonly string[]): ErasureView {
  const { calls, undelivered, auditEntries, recordCount } = found;
  const records = found.records.map((record) => ({
    ...record,
    url: urlOf(parts, record.integrationId, record.remoteId),
  }));
  return { erased, calls, undelivered, auditEntries, recordCount, records, backups: [...backups] };
}

/** Where a person opens the record; null for an account that was removed. */
function urlOf({ integrations, connectorFor, crms }: Parts, integrationId: number, remoteId: string): string | null {
  const integration = integrations.get(integrationId);
  if (integration === undefined || crms[integration.crm] === undefined) return null;
  return connectorFor(integration).recordUrl(integration.account, "calls", remoteId);
}
