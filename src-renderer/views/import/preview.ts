import type { CallOutcome } from "../../../src-shared/domain/call-outcome.ts";
import type { Examination, Finding } from "../../../src-shared/ipc/doctor-views.ts";
import type { Preview } from "../../state/reading-store.ts";
import type { MessageKey } from "../../words/en.ts";

const levels = ["stop", "warning", "note"] as const satisfies readonly Finding["level"][];

/** The worst of what was found in a file, or null where nothing was. */
export const worstOf = ({ findings }: Pick<Examination, "findings">): Finding["level"] | null =>
  levels.find((level) => findings.some((finding) => finding.level === level)) ?? null;

/** Mark and words of a file that was looked at. */
export function toVerdictOf(file: Pick<Examination, "findings">): Readonly<{ mark: CallOutcome; key: MessageKey }> {
  const worst = worstOf(file);
  if (worst === "stop") return { mark: "failed", key: "preview.stop" };
  return worst === "warning" ? { mark: "waiting", key: "preview.warning" } : { mark: "delivered", key: "preview.fine" };
}

/** Whether every file that was offered was looked at and none of them can be read. */
export const nothingToRead = (preview: Preview | null): boolean =>
  preview !== null &&
  preview.status === "ready" &&
  preview.files.length > 0 &&
  preview.files.every((file) => worstOf(file) === "stop");

/** The first table whose columns nobody knows by name, so that they are guessed: it is worth a look column by column. */
export const tableOf = (preview: Preview | null): string | null =>
  preview?.files.find(
    ({ format, findings }) => format === "generic-csv" || findings.some(({ code }) => code === "question"),
  )?.file ?? null;
