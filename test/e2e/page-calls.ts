import type { Page } from "@playwright/test";

type Api = Readonly<{
  call(frame: unknown): Promise<unknown>;
  subscribe(frame: unknown): void;
  taken(frame: unknown): void;
  onTopic(listener: (push: Push) => void): void;
}>;
type Push = Readonly<{
  subscription: number;
  version: number;
  snapshot: boolean;
  set: Record<string, unknown>;
  remove: string[];
}>;
declare global {
  interface Window {
    readonly callledger: Api;
    topicValues?: Record<number, Record<string, unknown>>;
  }
}

export type RawAnswer = Readonly<{ ok: boolean; value?: unknown; fault?: Readonly<{ code: string; message: string }> }>;

/** A call as a script in the page would make it, past the bridge and its checks. */
export const callRaw = (page: Page, name: string, input: unknown, requestId: string = crypto.randomUUID()) =>
  page.evaluate((frame) => window.callledger.call(frame), { name, input, requestId }) as Promise<RawAnswer>;

/** Follows a topic in the page, apart from what the page itself does; read it with `topicValue`. */
export async function followInPage(page: Page, topic: string, subscription: number): Promise<void> {
  await page.evaluate(
    ([name, id]) => {
      window.topicValues ??= {};
      const values = window.topicValues;
      window.callledger.onTopic(({ subscription: of, version, snapshot, set, remove }) => {
        if (of !== id) return;
        const kept = Object.entries(snapshot ? {} : (values[id] ?? {})).filter(([key]) => !remove.includes(key));
        values[id] = { ...Object.fromEntries(kept), ...set };
        window.callledger.taken({ subscription: of, version });
      });
      window.callledger.subscribe({ subscription: id, topic: name });
    },
    [topic, subscription] as const,
  );
}

export const topicValue = (page: Page, subscription: number): Promise<Record<string, any>> =>
  page.evaluate((id) => window.topicValues?.[id] ?? {}, subscription);

/** Resolves when the engine runs, as the page sees it. */
export async function waitForEngine(page: Page, subscription = 9_001): Promise<void> {
  await followInPage(page, "engine", subscription);
  await page.waitForFunction(
    (id) => (window.topicValues?.[id]?.["now"] as { phase?: string } | undefined)?.phase === "running",
    subscription,
  );
}
