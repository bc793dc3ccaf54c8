import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { CrmAnswer } from "../../engine/ports/connector.ts";
import { toAnswer } from "./bounded-answer.ts";

/** Whether a request changes the CRM. Only a write can be lost: a read that fails is read again. */
export type RequestKind = "read" | "write";

/** The fault of a request whose outcome is not known: a lost answer for a write, a failed read for a read. */
export function toLostFault(kind: RequestKind, said: Parameters<typeof toAnswer>[0]): ConnectorFault {
  const answer = toAnswer(said);
  return kind === "write" ? { kind: "response_lost", answer } : { kind: "transient", proof: "read_only", answer };
}

/** The fault of a request that got no answer: never sent, lost on the way, or held back by our own budget. */
export function toUnansweredFault(result: Exclude<CrmAnswer, { kind: "answer" }>, kind: RequestKind): ConnectorFault {
  if (result.kind === "paced") return { kind: "paced", waitMs: result.waitMs, window: result.window };
  if (result.kind === "lost") return toLostFault(kind, { message: result.detail });
  return { kind: "transient", proof: "never_left", answer: toAnswer({ message: result.detail }) };
}
