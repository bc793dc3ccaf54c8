import { setImmediate as nextTurn } from "node:timers/promises";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../ports/clock.ts";
import { RedisProblem, type RedisLine, type RedisTarget } from "./redis-line.ts";

/** `down`: since when (epoch ms), and why, in words. */
export type LinkState =
  | Readonly<{ kind: "connecting" }>
  | Readonly<{ kind: "up"; since: number }>
  | Readonly<{ kind: "down"; since: number; problem: string }>;

/** The way to the team's Redis: connects by itself, again and again. */
export type TeamLink = Readonly<{
  state(): LinkState;
  /** The script's answer, or null where the way is down; it is down as well when the answer is late. */
  visit(key: string, message: string): Promise<string | null>;
  /** Told of every change; gives the end of that. */
  listen(listener: (state: LinkState) => void): () => void;
  close(): Promise<void>;
}>;

export type TeamLinkParts = Readonly<{
  clock: Clock;
  /** The address and password as they are now; a fault says why there is none. */
  target: () => Promise<Outcome<RedisTarget, Readonly<{ message: string }>>>;
  open: (target: RedisTarget) => Promise<RedisLine>;
}>;

/** An answer that takes longer is taken for lost, ms. */
const answerMs = 3_000;
/** Tries to connect come so close and so far apart, ms. */
const retryMs = { first: 100, most: 1_000 } as const;

export function createTeamLink({ clock, target, open }: TeamLinkParts): TeamLink {
  const closing = new AbortController();
  const listeners = new Set<(state: LinkState) => void>();
  let state: LinkState = { kind: "connecting" };
  let line: RedisLine | undefined;

  const become = (next: LinkState): void => {
    state = next;
    for (const listener of listeners) listener(next);
  };
  /** The first moment and the last reason are told. */
  const goDown = (problem: string): void => {
    line?.close();
    line = undefined;
    if (state.kind !== "down") become({ kind: "down", since: clock.now(), problem });
    else if (state.problem !== problem) become({ ...state, problem });
  };

  async function connect(): Promise<string> {
    const found = await target();
    if (!found.ok) return found.fault.message;
    let opened: RedisLine;
    try {
      opened = await open(found.value);
    } catch (error) {
      if (error instanceof RedisProblem) return error.message;
      throw error;
    }
    if (closing.signal.aborted) {
      opened.close();
      return "closed";
    }
    line = opened;
    become({ kind: "up", since: clock.now() });
    return opened.over;
  }

  async function keep(): Promise<void> {
    let waitMs: number = retryMs.first;
    while (!closing.signal.aborted) {
      const before = state.kind;
      const problem = await connect();
      if (closing.signal.aborted) break;
      const wasUp = state.kind === "up" || before === "up";
      goDown(problem);
      waitMs = wasUp ? retryMs.first : Math.min(retryMs.most, waitMs * 2);
      await clock.sleep(waitMs, closing.signal);
    }
  }
  const kept = keep();

  async function visit(key: string, message: string): Promise<string | null> {
    const mine = line;
    if (mine === undefined) return null;
    const timer = new AbortController();
    const late = clock.sleep(answerMs, timer.signal).then(async () => {
      // What arrived while this process was busy counts.
      await nextTurn();
      throw new RedisProblem("it does not answer");
    });
    const answer = mine.visit(key, message);
    try {
      return await Promise.race([answer, late]);
    } catch (error) {
      if (!(error instanceof RedisProblem)) throw error;
      if (line === mine) goDown(error.message);
      return null;
    } finally {
      timer.abort();
      late.catch(() => undefined);
      answer.catch(() => undefined);
    }
  }

  return {
    state: () => state,
    visit,
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      closing.abort();
      goDown("this PC left the team");
      await kept;
    },
  };
}
