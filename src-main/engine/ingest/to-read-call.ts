import { toCallId } from "../../../src-shared/domain/call-id.ts";
import type { Fold, ReadCall } from "../ports/ingest-store.ts";
import type { OpenCall } from "./fold/open-calls.ts";

/** A collected call as the store takes it. `settlesAt`: until when further legs may come, null when it is ended. */
export function toReadCall(call: OpenCall, fold: Fold, settlesAt: number | null): ReadCall {
  const { record, excluded } = fold(call.legs);
  return { node: call.node, logKey: call.key, record, excluded, legs: call.legs, settlesAt };
}

/** The stable id of a call of that phone system: the same wherever, whenever and in whatever order its rows are read. */
export function toStoredId(system: string, call: ReadCall): string {
  return toCallId({ system, node: call.node, logKey: call.logKey, startedAt: call.record.startedAt });
}
