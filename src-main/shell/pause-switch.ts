import { z } from "zod";
import type { EngineHost } from "./engine-host/engine-host.ts";
import { askEngine } from "./topics/topic-readers.ts";

/** A pause that ends by itself: when (epoch ms), and which accounts it was that were paused by it. */
export const timedPause = z.strictObject({ until: z.int(), ids: z.array(z.int().positive()) }).nullable();
export type TimedPause = z.infer<typeof timedPause>;

export type PauseParts = Readonly<{
  host: Pick<EngineHost, "call">;
  newRequestId: () => string;
  now: () => number;
  /** Kept over restarts: a pause for an hour is not a pause for good because the PC was restarted. */
  timed: Readonly<{ read(): TimedPause; write(pause: TimedPause): void }>;
}>;

/** Pauses and resumes all connections at once, as the tray does. Calls are still read. */
export type PauseSwitch = Readonly<{
  /** `until`: when sending goes on by itself; null: when a person resumes it. */
  pauseAll(until: number | null): Promise<void>;
  resumeAll(): Promise<void>;
  /** When sending goes on by itself, or null. */
  until(): number | null;
  /** Ends a pause whose time is over. Tried again later where the engine does not answer. */
  look(): Promise<void>;
}>;

const note = "From the tray.";

export function createPauseSwitch({ host, newRequestId, now, timed }: PauseParts): PauseSwitch {
  /** The accounts that were changed; undefined where the engine did not answer. */
  const each = async (
    state: "active" | "paused",
    name: "integrations:pause" | "integrations:resume",
    isMeant: (id: number) => boolean = () => true,
  ): Promise<readonly number[] | undefined> => {
    const listed = await askEngine(host, "integrations:list", {});
    if (listed === undefined) return undefined;
    const wanted = listed.integrations.filter((integration) => integration.state === state && isMeant(integration.id));
    await Promise.all(wanted.map(({ id }) => askEngine(host, name, { id, note }, newRequestId())));
    return wanted.map(({ id }) => id);
  };
  return {
    async pauseAll(until) {
      const ids = await each("active", "integrations:pause");
      timed.write(until === null || ids === undefined ? null : { until, ids: [...ids] });
    },
    async resumeAll() {
      timed.write(null);
      await each("paused", "integrations:resume");
    },
    until: () => timed.read()?.until ?? null,
    async look() {
      const pause = timed.read();
      if (pause === null || now() < pause.until) return;
      const resumed = await each("paused", "integrations:resume", (id) => pause.ids.includes(id));
      if (resumed !== undefined) timed.write(null);
    },
  };
}

const hourMs = 3_600_000;

/** The ends of a pause that the tray offers, from now on, in the zone of this PC. */
export function pauseEnds(now: number): Readonly<Record<"hour" | "tomorrow", number>> {
  const tomorrow = new Date(now);
  tomorrow.setDate(tomorrow.getDate() + 1);
  tomorrow.setHours(8, 0, 0, 0);
  return { hour: now + hourMs, tomorrow: tomorrow.getTime() };
}
