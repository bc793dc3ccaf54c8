import { createStore, type StoreApi } from "zustand/vanilla";
import type { SourceSettings } from "../../src-shared/domain/source-settings.ts";
import type { CallFault } from "../../src-shared/ipc/contract.ts";
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
}>;

export type ReadingState = Readonly<{
  offer: Offer | null;
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
    withdraw(): void;
    /** Resolves when the reading has begun, or the folder is watched; false when it was refused. */
    start(choice: ReadingChoice): Promise<boolean>;
    cancel(requestId: string): void;
    dismiss(requestId: string): void;
  }>;

export function createReadingStore(bridge: Bridge): ReadingStore {
  const store = createStore<ReadingState>(() => ({ offer: null, fault: null, isBusy: false, dismissed: new Set() }));
  const { getState, setState } = store;

  const toSettings = ({ region, timeZone }: ReadingChoice): SourceSettings => ({
    ...(region === "" ? {} : { region }),
    ...(timeZone === "" ? {} : { timeZone }),
  });

  async function watch(path: string, choice: ReadingChoice): Promise<boolean> {
    setState({ isBusy: true, fault: null });
    const answer = await bridge.call("sources:add", { path, ...toReading(choice) });
    setState(answer.ok ? { isBusy: false, offer: null } : { isBusy: false, fault: answer.fault });
    return answer.ok;
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
    propose: (offer: Offer) => setState({ offer, fault: null }),
    async pick(what: "files" | "folder") {
      const answer = await bridge.call("shell:pick", { what });
      if (!answer.ok) setState({ fault: answer.fault });
      else if (answer.value.paths.length > 0)
        setState({ offer: { paths: answer.value.paths, isFolder: what === "folder" }, fault: null });
    },
    withdraw: () => setState({ offer: null, fault: null }),
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
