import { z } from "zod";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { CrmAnswer } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { parseRetryAfter } from "../http/retry-after.ts";

type Answer = Extract<CrmAnswer, { kind: "answer" }>;

/** The vendor writes the text under either name. */
const refusal = z.looseObject({
  error: z.string(),
  message: z.string().optional().catch(undefined),
  error_description: z.string().optional().catch(undefined),
});

/** How long the sign-in host is left alone after it did not answer in its own words, ms. */
const patienceMs = 60_000;

/** What a refused sign-in means: a dead grant, an app that is not right, or nothing yet. */
export function toSignInFault(answer: Answer, secrets: readonly string[]): ConnectorFault {
  const { status } = answer;
  const told = refusal.safeParse(answer.json);
  const text = told.success ? (told.data.message ?? told.data.error_description) : undefined;
  const said = toAnswer({ status, code: told.data?.error, message: text ?? "sign-in was refused" }, secrets);
  const retryAfterMs = parseRetryAfter(answer.headers["retry-after"], answer.serverTimeMs ?? 0) ?? patienceMs;
  if (status === 429 || status >= 500 || status < 400 || !told.success)
    return { kind: "transient", proof: "read_only", retryAfterMs, answer: said };
  const { error } = told.data;
  const isGrant = error === "invalid_grant" || /invalid grant/i.test(text ?? "");
  return { kind: "blocked", reason: isGrant ? "auth_revoked" : "setup_missing", answer: said };
}
