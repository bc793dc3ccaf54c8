import type { CallOutcome } from "../../src-shared/domain/call-outcome.ts";
import type { MessageKey } from "./en.ts";

/** The words of the states: the one place where the code's names become the product's. */
export const stateWords: Readonly<Record<CallOutcome, MessageKey>> = {
  failed: "state.failed",
  checking: "state.checking",
  waiting: "state.waiting",
  held: "state.held",
  sending: "state.sending",
  queued: "state.queued",
  delivered: "state.delivered",
  acknowledged: "state.acknowledged",
  skipped: "state.skipped",
};
