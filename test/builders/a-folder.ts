import type { FolderView } from "../../src-shared/ipc/ingest-views.ts";

/** A watched folder that gives no trouble. */
export const aFolder = {
  state: "watched",
  problem: null,
  since: 1,
  troubleCount: 0,
  troubles: [],
} satisfies FolderView;
