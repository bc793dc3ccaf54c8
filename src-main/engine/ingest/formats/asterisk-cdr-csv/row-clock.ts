import type { TimeZone } from "../../time/time-zone.ts";

/** How the log writes its times: in the zone of the source, in UTC (`usegmtime=yes`), or at an offset (ms) of its own. */
export type LogClock = "local" | "utc" | number;

/** A channel is created within seconds of the row's start; more apart is a later leg of the call. */
const nearMs = 5000;
const quarter = 900_000;

export type RowStart = Readonly<{ at: number; alternative: number | null }>;

const isNear = (at: number, epochMs: number): boolean => Math.abs(at - epochMs) <= nearMs;

/**
 * Which clock a row proves by the epoch in its uniqueid: the same second is UTC or the source's zone; another offset of
 * whole quarters of an hour is the log's own. Null for a later leg, which proves nothing.
 */
export function readRowClock(local: number, epochMs: number, zone: TimeZone): LogClock | null {
  if (isNear(local, epochMs)) return "utc";
  const here = zone.toInstant(local);
  if (isNear(here.at, epochMs) || (here.alternative !== null && isNear(here.alternative, epochMs))) return "local";
  const offset = Math.round((local - epochMs) / quarter) * quarter;
  return isNear(local - offset, epochMs) && Math.abs(offset) <= 14 * 4 * quarter ? offset : null;
}

/** The clock that most rows prove. UTC and the zone count before any other offset, which chance can imitate. */
export function voteClock(clocks: readonly (LogClock | null)[]): LogClock {
  const votes = new Map<LogClock, number>();
  for (const clock of clocks) if (clock !== null) votes.set(clock, (votes.get(clock) ?? 0) + 1);
  const known = (votes.get("utc") ?? 0) + (votes.get("local") ?? 0);
  const [best, count] = [...votes].reduce<readonly [LogClock, number]>(
    (left, right) => (right[1] > left[1] ? right : left),
    ["local", 0],
  );
  if (typeof best !== "number") return best;
  if (count > clocks.length * 0.6 && known === 0) return best;
  return (votes.get("utc") ?? 0) > (votes.get("local") ?? 0) ? "utc" : "local";
}

/**
 * Turns the start of a row into an instant. Each row is judged by its own epoch where that decides (a server's
 * `usegmtime` can change within a file, and a repeated hour is told apart); other rows follow the clock that held last.
 * `isFixed`: the user named the log's zone.
 */
export function createRowClock(zone: TimeZone, start: LogClock, isFixed: boolean) {
  let clock: LogClock = isFixed ? "local" : start;

  const inZone = (local: number, epochMs: number | null, hint: number | null): RowStart => {
    const { at, alternative } = zone.toInstant(local);
    if (alternative === null) return { at, alternative };
    const near = epochMs ?? hint;
    if (near === null) return { at, alternative };
    // A leg never starts before its call's channel was made: the first of the two instants that does not.
    const isLater = epochMs === null ? Math.abs(alternative - near) < Math.abs(at - near) : at < epochMs - nearMs;
    return { at: isLater ? alternative : at, alternative: null };
  };

  return (local: number, epochMs: number | null, hint: number | null): RowStart => {
    if (isFixed) return inZone(local, epochMs, hint);
    if (epochMs !== null) {
      if (isNear(local, epochMs)) {
        clock = "utc";
        return { at: local, alternative: null };
      }
      const proof = clock === "local" || clock === "utc" ? readRowClock(local, epochMs, zone) : null;
      if (proof === "local") clock = "local";
    }
    if (clock === "utc") return { at: local, alternative: null };
    if (clock === "local") return inZone(local, epochMs, hint);
    return { at: local - clock, alternative: null };
  };
}
