import type { AlertCause, AlertChannel, AlertContent, AlertSettings } from "../../../src-shared/domain/alert.ts";

export type AlertKind = "causes" | "digest" | "test";

/** A message on its way to one channel. Times are epoch ms. */
export type AlertMessage = Readonly<{
  id: number;
  channel: AlertChannel;
  kind: AlertKind;
  content: AlertContent;
  madeAt: number;
  dueAt: number;
  tries: number;
  sentAt: number | null;
  givenUpAt: number | null;
  /** Why the last try failed, or null. */
  problem: string | null;
}>;

/** What people are told outside of the window: settings (without secrets), causes that were told, messages on their way. */
export interface AlertStore {
  settings(): AlertSettings;
  set(settings: AlertSettings): void;
  /** Takes in what stands now; gives what stands since `before` (epoch ms) and was not told yet. */
  note(causes: readonly AlertCause[], ask: Readonly<{ now: number; before: number }>): readonly AlertCause[];
  /** Puts messages on their way and marks these causes as told, in one transaction. */
  add(
    messages: readonly Omit<AlertMessage, "id" | "tries" | "sentAt" | "givenUpAt" | "problem" | "dueAt">[],
    told: readonly AlertCause[],
  ): readonly number[];
  /** Messages about causes made since then. */
  countSince(kind: AlertKind, since: number): number;
  due(now: number): readonly AlertMessage[];
  get(id: number): AlertMessage | undefined;
  settle(
    id: number,
    outcome: Readonly<{ sentAt: number } | { problem: string; dueAt: number } | { problem: string; givenUpAt: number }>,
  ): void;
  /** Newest first. */
  recent(limit: number): readonly AlertMessage[];
  /** Messages to this channel that are still on their way are given up. */
  drop(channel: AlertChannel, now: number): void;
}
