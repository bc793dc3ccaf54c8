import { createStore, type StoreApi } from "zustand/vanilla";
import type { SourceSettings } from "../../src-shared/domain/source-settings.ts";
import type { CallFault } from "../../src-shared/ipc/contract.ts";
import type { Examination } from "../../src-shared/ipc/doctor-views.ts";
import type { MappingProposal } from "../../src-shared/ipc/mapping-views.ts";
import type { Bridge } from "../bridge/bridge.ts";

/** Files and folders that wait for a person's word. `isFolder`: one folder that was chosen as such, so it can be watched. */
export type Offer = Readonly<{ paths: readonly string[]; isFolder: boolean }>;

/** How to read them. */
export type ReadingChoice = Readonly<{
  tenant: string;
  system: string;
  region: string;
  timeZone: string;
  watch: boolean;
  /** What was said about a table that nobody knew: its columns, the order of its dates, what its words mean. */
  answers?: SourceSettings;
}>;
type LookedAt = Pick<ReadingChoice, "region" | "timeZone" | "answers">;

/** How a table would be read. `value` stays until a newer answer comes. */
export type Proposed = Readonly<{ path: string; value: MappingProposal | null; fault: CallFault | null }>;

/** What a look at the offered files found; nothing was stored. */
export type Preview = Readonly<{
  status: "looking" | "ready" | "failed";
  files: readonly Examination[];
  fault: CallFault | null;
}>;

export type ReadingState = Readonly<{
  offer: Offer | null;
  /** Null: nothing is offered, or nobody has looked yet. */
  preview: Preview | null;
  /** Null: no table is looked at column by column. */
  proposed: Proposed | null;
  /** Why the last choice was not taken. */
  fault: CallFault | null;
  isBusy: boolean;
  /** Ended readings that were dismissed, by request id. */
  dismissed: ReadonlySet<string>;
}>;

export type ReadingStore = StoreApi<ReadingState> &
  Readonly<{
    propose(offer: Offer): void;
    /** Opens the system's dialog and proposes what was chosen. */
    pick(what: "files" | "folder"): Promise<void>;
    /** Looks at the offered files as they would be read; a later look takes the place of one that is under way. */
    look(choice: LookedAt): Promise<void>;
    /** Asks how a table among them would be read, column by column. */
    ask(path: string, choice: LookedAt): Promise<void>;
    withdraw(): void;
    /** Resolves when the reading has begun, or the folder is watched; false when it was refused. */
    start(choice: ReadingChoice): Promise<boolean>;
    cancel(requestId: string): void;
    dismiss(requestId: string): void;
  }>;

/** Files of a drop that are looked at beforehand. */
const mostExamined = 1_000;

export function createReadingStore(bridge: Bridge): ReadingStore {
  const store = createStore<ReadingState>(() => ({
    offer: null,
    preview: null,
    proposed: null,
    fault: null,
    isBusy: false,
    dismissed: new Set(),
  }));
  const { getState, setState } = store;

  const toSettings = ({ region, timeZone, answers }: LookedAt): SourceSettings => ({
    ...answers,
    ...(region === "" ? {} : { region }),
    ...(timeZone === "" ? {} : { timeZone }),
  });

  async function watch(path: string, choice: ReadingChoice): Promise<boolean> {
    setState({ isBusy: true, fault: null });
    const answer = await bridge.call("sources:add", { path, ...toReading(choice) });
    setState(answer.ok ? { isBusy: false, offer: null } : { isBusy: false, fault: answer.fault });
    return answer.ok;
  }

  let looking = new AbortController();

  /** An answer about another table, or to an older question, is dropped. */
  let questions = 0;
  async function ask(path: string, choice: LookedAt): Promise<void> {
    questions += 1;
    const question = questions;
    setState(({ proposed }) => ({
      proposed: { path, value: proposed?.path === path ? proposed.value : null, fault: null },
    }));
    const answer = await bridge.call("mappings:propose", { path, settings: toSettings(choice) });
    if (question !== questions || getState().offer === null) return;
    setState(({ proposed }) => ({
      proposed: answer.ok
        ? { path, value: answer.value, fault: null }
        : { path, value: proposed?.value ?? null, fault: answer.fault },
    }));
  }

  async function look(choice: LookedAt): Promise<void> {
    const { offer } = getState();
    if (offer === null) return;
    looking.abort();
    looking = new AbortController();
    const { signal } = looking;
    setState(({ preview }) => ({ preview: { status: "looking", files: preview?.files ?? [], fault: null } }));
    const files = { paths: offer.paths.slice(0, mostExamined), format: "auto", settings: toSettings(choice) };
    const answer = await bridge.call("ingest:examine", files, { signal });
    if (signal.aborted) return;
    if (answer.ok) setState({ preview: { status: "ready", files: answer.value.files, fault: null } });
    else setState({ preview: { status: "failed", files: [], fault: answer.fault } });
  }

  async function read(offer: Offer, choice: ReadingChoice): Promise<void> {
    const answer = bridge.call("ingest:import", { paths: [...offer.paths], ...toReading(choice) });
    setState({ offer: null, fault: null });
    const told = await answer;
    // A reading that was refused before it began is none of the topic: it is proposed again, with the reason.
    if (!told.ok && told.fault.code === "bad_input" && getState().offer === null)
      setState({ offer, fault: told.fault });
  }

  const toReading = (choice: ReadingChoice) => ({
    tenant: choice.tenant,
    format: "auto",
    settings: toSettings(choice),
    ...(choice.system.trim() === "" ? {} : { system: choice.system.trim() }),
  });

  return Object.assign(store, {
    propose: (offer: Offer) => setState({ offer, preview: null, proposed: null, fault: null }),
    look,
    ask,
    async pick(what: "files" | "folder") {
      const answer = await bridge.call("shell:pick", { what });
      if (!answer.ok) setState({ fault: answer.fault });
      else if (answer.value.paths.length > 0)
        setState({
          offer: { paths: answer.value.paths, isFolder: what === "folder" },
          preview: null,
          proposed: null,
          fault: null,
        });
    },
    withdraw() {
      looking.abort();
      setState({ offer: null, preview: null, proposed: null, fault: null });
    },
    async start(choice: ReadingChoice) {
      const { offer, isBusy } = getState();
      const [first] = offer?.paths ?? [];
      if (offer === null || isBusy || first === undefined) return false;
      if (choice.watch && offer.isFolder) return watch(first, choice);
      // The answer comes when all is read; how it goes is told by the topic `imports`, also to a window that opens later.
      void read(offer, choice);
      return true;
    },
    cancel: (requestId: string) => bridge.cancel(requestId),
    dismiss: (requestId: string) => setState(({ dismissed }) => ({ dismissed: new Set([...dismissed, requestId]) })),
  });
}
