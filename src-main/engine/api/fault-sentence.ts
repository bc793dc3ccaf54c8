import type { Answer, ConnectorFault } from "../../../src-shared/domain/fault.ts";
import { reasonTexts } from "../../../src-shared/domain/reason.ts";

/** What the CRM said, bounded, or what we found ourselves (then there is no status), or nothing. */
function said({ message, code, status }: Answer): string {
  if (status === undefined) return message === undefined ? "" : ` ${message.slice(0, 3_000).replace(/[.\s]*$/, "")}.`;
  const words = message ?? code;
  if (words === undefined) return ` It answered with status ${status}.`;
  return ` It said (status ${status}): ${words.slice(0, 300).replace(/[.\s]*$/, "")}.`;
}

const seconds = (ms: number): string => `${Math.max(1, Math.ceil(ms / 1_000))} s`;

/** An expected failure of a check or set-up as sentences for a person: what happened and what to do. `where` names the CRM and its address. */
export function toFaultSentence(fault: ConnectorFault, where: string): string {
  switch (fault.kind) {
    case "blocked":
    case "rejected": {
      const { sentence, nextStep } = reasonTexts[fault.reason];
      return `${where}: ${sentence}${said(fault.answer)} ${nextStep}`;
    }
    case "rate_limited":
      return `${where} asks for a pause of ${seconds(fault.retryAfterMs)}.${said(fault.answer)} Try again then.`;
    case "paced":
      return `The budget of ${where} has no room now (${fault.window}). Try again in a moment.`;
    case "transient":
      return fault.proof === "never_left"
        ? `${where} cannot be reached (${fault.answer.message ?? "no connection"}). Check the address and the network, then try again.`
        : `${where} could not do it now.${said(fault.answer)} Try again.`;
    case "batch_too_large":
    case "already_written":
    case "response_lost":
      return `${where} gave no usable answer.${said(fault.answer)} Check the address, then try again.`;
  }
}
