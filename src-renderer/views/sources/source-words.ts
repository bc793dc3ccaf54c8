import type { CallOutcome } from "../../../src-shared/domain/call-outcome.ts";
import type { FolderView, SourceView } from "../../../src-shared/ipc/ingest-views.ts";
import type { MessageKey } from "../../words/en.ts";
import { toFileName } from "../import/file-name.ts";

/** What a source is called: its phone system, or the folder's own name. */
export const toSourceName = ({ system, path }: Pick<SourceView, "system" | "path">): string =>
  system === "" ? toFileName(path) : system;

type FolderWords = Readonly<{ mark: CallOutcome; key: MessageKey }>;

const folderWords: Readonly<Record<FolderView["state"], FolderWords>> = {
  watched: { mark: "delivered", key: "folder.watched" },
  unseen: { mark: "queued", key: "folder.unseen" },
  missing: { mark: "failed", key: "folder.missing" },
  unreadable: { mark: "failed", key: "folder.unreadable" },
  refused: { mark: "failed", key: "folder.refused" },
};

/** How a folder stands; one that is read but for some of its files waits for them. */
export function toFolderWords({ state, troubleCount }: Pick<FolderView, "state" | "troubleCount">): FolderWords {
  return state === "watched" && troubleCount > 0 ? { mark: "waiting", key: "folder.troubles" } : folderWords[state];
}
