/** A number that was the house's side of calls. `isOwn`: whether it counts as the house's own; `said`: what a person said of it, or null. */
export type OwnNumber = Readonly<{ number: string; calls: number; isOwn: boolean; said: boolean | null }>;

/** The house's own numbers: learnt from calls, settled by people. */
export interface OwnNumberStore {
  /** Those that were seen most often first. */
  list(tenant: string): readonly OwnNumber[];
  /** What a person says of a number, also of one that no call showed; null takes it back. */
  say(tenant: string, number: string, isOwn: boolean | null): void;
}
