import { createStore, type StoreApi } from "zustand/vanilla";

/** One short message at a time, at the foot of the window. Never for errors. */
export type Notice = Readonly<{ id: number; text: string; undo: (() => void) | null }>;
export type NoticeState = Readonly<{ notice: Notice | null }>;
export type NoticeStore = StoreApi<NoticeState> &
  Readonly<{ show(text: string, undo?: () => void): void; dismiss(id: number): void }>;

export function createNoticeStore(): NoticeStore {
  const store = createStore<NoticeState>(() => ({ notice: null }));
  let lastId = 0;
  return Object.assign(store, {
    show(text: string, undo?: () => void) {
      lastId += 1;
      store.setState({ notice: { id: lastId, text, undo: undo ?? null } });
    },
    dismiss(id: number) {
      if (store.getState().notice?.id === id) store.setState({ notice: null });
    },
  });
}
