import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import { ipcCalls, type CallFault } from "../../../src-shared/ipc/contract.ts";
import { fault } from "../host/engine.ts";
import type { ApiParts } from "./api-parts.ts";
import { atOnce, serve, serveOnce, type SubjectHandlers } from "./dispatcher.ts";

type Parts = Pick<ApiParts, "tenants" | "ownNumbers" | "audit" | "clock" | "sync" | "actor">;

/** Numbers of the house, which are nobody's in a CRM: proposed by the logs, confirmed or refused by a person. */
export function createOwnNumberHandlers(parts: Parts): SubjectHandlers<"ownNumbers:list" | "ownNumbers:say"> {
  const { ownNumbers } = parts;
  const list = (tenant: string) => ({ numbers: ownNumbers.list(tenant).map((each) => ({ ...each })) });
  return {
    "ownNumbers:list": serve(ipcCalls["ownNumbers:list"], async ({ tenant }) => {
      const known = checkTenant(parts, tenant);
      return known.ok ? { ok: true, value: list(tenant) } : known;
    }),
    "ownNumbers:say": serveOnce(ipcCalls["ownNumbers:say"], ({ tenant, number, isOwn }) => {
      const known = checkTenant(parts, tenant);
      if (!known.ok) return known;
      const parsed = parsePhoneNumberFromString(number);
      if (parsed?.isPossible() !== true)
        return fault("bad_input", `${number} is no number with its country code, such as +442079460958.`);
      return atOnce(() => {
        say(parts, tenant, parsed.number, isOwn);
        return { ok: true, value: list(tenant) };
      });
    }),
  };
}

function checkTenant({ tenants }: Parts, tenant: string): Outcome<string, CallFault> {
  if (tenants.find(tenant) !== undefined) return { ok: true, value: tenant };
  const known = tenants.list().map(({ slug }) => slug);
  return fault(
    "bad_input",
    `There is no tenant ${tenant}. ${known.length === 0 ? "None is there yet: see connect --help." : `Known: ${known.join(", ")}.`}`,
  );
}

function say(
  { ownNumbers, audit, clock, sync, actor }: Parts,
  tenant: string,
  number: string,
  isOwn: boolean | null,
): void {
  ownNumbers.say(tenant, number, isOwn);
  const words =
    isOwn === null
      ? "took back what was said of"
      : isOwn
        ? "said that the house owns"
        : "said that the house does not own";
  const about = { tenant, callId: null, deliveryId: null, integrationId: null };
  const summary = `${actor} ${words} ${number}.`;
  audit.append([{ at: clock.now(), ...about, operation: "number.say", outcome: "info", summary, terms: [number] }]);
  sync.wake();
}
