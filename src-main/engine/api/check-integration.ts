import { type CrmAccount, type Integration, toMadePerson } from "../../../src-shared/domain/integration.ts";
import { isWritten } from "../../../src-shared/domain/ownership.ts";
import type { Reason } from "../../../src-shared/domain/reason.ts";
import { parseContract } from "../ownership/contract-file.ts";
import type { ApiParts } from "./api-parts.ts";
import { addressOf, unsupported } from "./crm-words.ts";
import { toFaultSentence } from "./fault-sentence.ts";
import { readDrift } from "./field-drift.ts";
import { toLimit } from "./limit-view.ts";

export type CheckParts = Pick<
  ApiParts,
  "clock" | "integrations" | "vault" | "crms" | "connectorFor" | "setupSession" | "bookSpent" | "sync" | "schemas"
>;

/** Asks the CRM whether the sign-in works; a blocked integration that works again goes on, one that is refused is blocked. */
export async function checkIntegration(parts: CheckParts, found: Integration, signal: AbortSignal) {
  const knowledge = parts.crms[found.crm];
  if (knowledge === undefined) return unsupported(parts, found.crm);
  const connector = parts.connectorFor(found);
  const session = parts.setupSession(found, connector, signal);
  const answer = (details: CrmAccount | null, problem: string | null) =>
    ({
      ok: true,
      value: {
        integrationId: found.id,
        ok: problem === null,
        account: details?.name ?? null,
        problem,
        details,
        limits: parts.bookSpent(found.id, session.spent).map(toLimit),
        settings: { ...found.settings },
        drift: readDrift(parts.schemas, found).map((each) => ({ ...each })),
      },
    }) as const;
  const block = (reason: Reason, detail?: string) => {
    const { state = "paused" } = parts.integrations.get(found.id) ?? {};
    if (state === "paused") return;
    const said = detail === undefined ? {} : { detail: detail.slice(0, 1_000) };
    const ask = { at: parts.clock.now(), reason, note: "found by a check", ...said };
    parts.integrations.setState(found.id, "blocked", ask);
  };
  const credential = await parts.vault.read(found.id, found.secret);
  if (!credential.ok) {
    block("auth_revoked", credential.fault.message);
    return answer(null, credential.fault.message);
  }
  const checked = await connector.check(session, "thorough");
  // A field that is gone is told by its name; what became of it is told by the description of all.
  if (checked.ok || checked.fault.kind === "rejected") {
    const readAt = parts.clock.now();
    const schema = await connector.schema(session, toMadePerson(found.unknownCaller));
    const contract = parseContract(found.contract);
    const isOurs = (object: string, field: string): boolean => contract.ok && isWritten(contract.value, object, field);
    if (schema.ok) parts.schemas.put(found.id, { objects: schema.value, readAt }, isOurs);
  }
  const now = parts.clock.now();
  if (!checked.ok) {
    if (checked.fault.kind === "blocked") block(checked.fault.reason, checked.fault.answer.message);
    return answer(null, toFaultSentence(checked.fault, addressOf(found, knowledge)));
  }
  const account = checked.value;
  if (found.account !== null && found.account.accountId !== account.accountId)
    return answer(
      account,
      `The credential signs in to another account (${account.accountId}) than the one connected (${found.account.accountId}). Nothing is written until it is the right one.`,
    );
  if (found.state === "blocked") {
    parts.integrations.setState(found.id, "active", { at: now, reason: null, note: "works again, says a check" });
    parts.sync.wake();
  }
  if (JSON.stringify(found.account) !== JSON.stringify(account)) parts.integrations.update(found.id, { account }, now);
  return answer(account, null);
}
