import { answerPageChars, maxUnacknowledged, type FromEngineFrame } from "../../../src-shared/ipc/host-frames.ts";
import type { Channel } from "./channel.ts";

/**
 * What the engine sends. A shell that is slow to take messages in does not fill its memory: answers wait here, and of
 * progress and events that nobody has taken only the newest of each kind is kept.
 */
export type Outbox = Readonly<{
  /** Must arrive. */
  send(frame: FromEngineFrame): void;
  /** May be replaced by a later one with the same key. */
  offer(key: string, frame: FromEngineFrame): void;
  acknowledge(count: number): void;
}>;

export function createOutbox(channel: Pick<Channel, "send">, limit = maxUnacknowledged): Outbox {
  const waiting: FromEngineFrame[] = [];
  const offers = new Map<string, FromEngineFrame>();
  let underWay = 0;
  const flush = () => {
    while (underWay < limit && waiting.length > 0) {
      const frame = waiting.shift();
      underWay += 1;
      channel.send(frame);
    }
    for (const [key, frame] of offers) {
      if (underWay >= limit) return;
      offers.delete(key);
      underWay += 1;
      channel.send(frame);
    }
  };
  return {
    send(frame) {
      waiting.push(frame);
      flush();
    },
    offer(key, frame) {
      offers.delete(key);
      offers.set(key, frame);
      flush();
    },
    acknowledge(count) {
      underWay = Math.max(0, underWay - count);
      flush();
    },
  };
}

/** A result as one message, or as pages of its JSON where it is large. */
export function toResultFrames(id: number, result: unknown, pageChars = answerPageChars): readonly FromEngineFrame[] {
  const text = JSON.stringify(result ?? null);
  if (text.length <= pageChars) return [{ id, result }];
  const pages = Math.ceil(text.length / pageChars);
  return Array.from({ length: pages }, (_, page) => ({
    id,
    page,
    pages,
    text: text.slice(page * pageChars, (page + 1) * pageChars),
  }));
}
