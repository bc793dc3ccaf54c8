import type { Lane } from "../../../src-shared/domain/budget.ts";
import type { Clock } from "../ports/clock.ts";
import { createLaneTurns } from "./lane-turns.ts";

/** A request that waits for room in the budget. */
export type Place = { readonly lane: Lane; readonly canGo: () => boolean; isPassing: boolean; wake: () => void };

/**
 * Who takes the next room of an integration's budget: lanes by their weighted turns, within a lane who came first. A
 * request that waits for another window, or for more room than there is, holds nobody up. Whoever has its turn passes the
 * gate alone, or an urgent one beside it: two that saw the same room would both come for it.
 */
export type PaceLine = Readonly<{
  /** `canGo`: whether there is room for it now. */
  join(lane: Lane, canGo: () => boolean): Place;
  isFirst(place: Place): boolean;
  /** It goes for the room that it saw, or comes back without. */
  setPassing(place: Place, isPassing: boolean): void;
  /** Sleeps so long at most, or until it is its turn. */
  sleep(place: Place, ms: number, signal: AbortSignal): Promise<void>;
  leave(place: Place): void;
}>;

const nothing = (): void => undefined;

/**
 * Why a sleep ended. Without a reason of ours an abort makes an error, whose stack holds on to whatever woke it: each
 * request to the one before, and none would ever be forgotten.
 */
const turn = "its turn";

export function createPaceLine(clock: Pick<Clock, "sleep">): PaceLine {
  const turns = createLaneTurns();
  const places: Place[] = [];
  let elected: Place | null = null;

  /** A turn is drawn once and stays until it is used or has become useless; who is more urgent does not wait for that. */
  function elect(): Place | null {
    const able = places.filter((place) => !place.isPassing && place.canGo());
    if (elected !== null && able.includes(elected)) return elected;
    const lane = turns.next([...new Set(able.map((place) => place.lane))]);
    elected = able.find((place) => place.lane === lane) ?? null;
    return elected;
  }
  const isBarred = ({ lane }: Place): boolean => places.some((other) => other.isPassing && other.lane <= lane);
  function wakeNext(): void {
    const next = elect();
    if (next !== null && !isBarred(next)) next.wake();
  }
  return {
    join: (lane, canGo) => {
      const place: Place = { lane, canGo, isPassing: false, wake: nothing };
      places.push(place);
      // A turn that was drawn before an urgent one came is drawn anew.
      if (lane === 0) elected = null;
      return place;
    },
    isFirst: (place) => {
      if (isBarred(place)) return false;
      // Without room it may ask how long to wait.
      if (!place.canGo()) return true;
      const first = elect();
      if (first !== place && first !== null) first.wake();
      return first === place;
    },
    setPassing: (place, isPassing) => {
      place.isPassing = isPassing;
      if (isPassing && elected === place) elected = null;
      if (!isPassing) wakeNext();
    },
    sleep: async (place, ms, signal) => {
      const woken = new AbortController();
      const stop = (): void => woken.abort(turn);
      signal.addEventListener("abort", stop, { once: true });
      place.wake = stop;
      if (signal.aborted) stop();
      await clock.sleep(ms, woken.signal);
      place.wake = nothing;
      signal.removeEventListener("abort", stop);
    },
    leave: (place) => {
      const at = places.indexOf(place);
      if (at >= 0) places.splice(at, 1);
      if (elected === place) elected = null;
      wakeNext();
    },
  };
}
