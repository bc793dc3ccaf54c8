import type { SourceSettings } from "../../../../src-shared/domain/source-settings.ts";
import type { MappedCall, MappingProposal } from "../../../../src-shared/ipc/mapping-views.ts";
import { toCallJson } from "../call-json.ts";
import { createOpenCalls } from "../fold/open-calls.ts";
import { genericCsv } from "../formats/generic-csv/format.ts";
import type { FormatContext } from "../formats/log-format.ts";
import { createScan, readRecords, toContext, type OpenFile, type Sampled } from "../log-file.ts";
import { createRowStage } from "../row-stage.ts";
import { toReadCall } from "../to-read-call.ts";

const shownCalls = 10;
const shownSkipped = 5;
/** Rows that are read for ten calls; legs that come later are not waited for. */
const readRows = 300;

export type Preview = Pick<MappingProposal, "calls" | "skipped">;

type PreviewAsk = Readonly<{ file: OpenFile; sampled: Sampled; settings: SourceSettings; now: number }>;

/** The first calls of a file as the import would read them by these settings. Throws `LogRefusedError` where it would. */
export async function previewCalls({ file, sampled, settings, now }: PreviewAsk): Promise<Preview> {
  const { encoding, sample } = sampled;
  const context: FormatContext = toContext(file, settings, now);
  const state = await genericCsv.prepare(sample, context, createScan(file, encoding));
  const log = genericCsv.open(state, context);
  const stage = createRowStage(log, genericCsv.id);
  const open = createOpenCalls(log.keyReuseMs);
  const skipped: MappingProposal["skipped"] = [];
  let rows = 0;
  const start = { offset: encoding.bomLength, line: 1 };
  for await (const { records } of readRecords(file.handle, { encoding, start, open: log, takesTail: true })) {
    for (const record of records) {
      const outcome = stage.read(record);
      if (outcome === null || rows >= readRows) continue;
      rows += 1;
      if (outcome.kind === "leg") open.add(outcome, rows);
      else skipped.push({ line: record.line, reason: outcome.reason, detail: outcome.detail });
    }
    if (rows >= readRows) break;
  }
  const calls = open.take(() => true).slice(0, shownCalls);
  return {
    calls: calls.map((call): MappedCall => {
      const { callId, direction, status, from, to, startedAt, durationSeconds, agent } = toCallJson(
        toReadCall(call, log.fold, null).record,
      );
      return { callId, direction, status, from, to, startedAt, durationSeconds, agent, line: call.firstLine };
    }),
    skipped: skipped.slice(0, shownSkipped),
  };
}
