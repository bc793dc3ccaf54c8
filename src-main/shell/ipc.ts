import { ipcMain, type IpcMainEvent, type IpcMainInvokeEvent } from "electron";
import type { z } from "zod";
import { channels } from "../../src-shared/ipc/channels.ts";
import { isTopicName } from "../../src-shared/ipc/topics.ts";
import {
  callFrame,
  cancelFrame,
  grantFrame,
  subscribeFrame,
  takenFrame,
  unsubscribeFrame,
  type CallAnswer,
} from "../../src-shared/ipc/window-contract.ts";
import type { SenderFacts } from "./security/trusted-sender.ts";
import type { Subscription, TopicHub } from "./topics/topic-hub.ts";
import type { WindowDispatcher } from "./window-calls.ts";

export type IpcParts = Readonly<{
  dispatcher: WindowDispatcher;
  hub: TopicHub;
  isTrusted: (event: SenderFacts) => boolean;
  grant: (paths: readonly string[]) => void;
  /** For the log: who sent what was refused. Never its content. */
  onRefused: (what: string) => void;
}>;

const refused: CallAnswer = { ok: false, fault: { code: "bad_input", message: "This is not a call of CallLedger." } };

/** The only place that listens to windows. Every message is checked: by sender, then by the schema of its channel. */
export function registerIpc(parts: IpcParts): void {
  ipcMain.handle(channels.call, (event, ...sent: readonly unknown[]) => onCall(parts, event, sent));
  listen(parts, channels.cancel, cancelFrame, (_event, { requestId }) => parts.dispatcher.cancel(requestId));
  listen(parts, channels.grant, grantFrame, (_event, { paths }) => parts.grant(paths));
  registerTopics(parts);
}

function onCall(parts: IpcParts, event: IpcMainInvokeEvent, sent: readonly unknown[]): Promise<CallAnswer> {
  const frame = sent.length === 1 ? callFrame.safeParse(sent[0]) : undefined;
  if (!parts.isTrusted(event) || frame?.success !== true) {
    parts.onRefused(`a message on ${channels.call}`);
    return Promise.resolve(refused);
  }
  const { name, input, requestId } = frame.data;
  const { sender } = event;
  return parts.dispatcher.call(name, input, requestId, (progress) => {
    if (!sender.isDestroyed()) sender.send(channels.progress, { requestId, progress });
  });
}

function listen<S extends z.ZodType>(
  parts: IpcParts,
  channel: string,
  schema: S,
  handle: (event: IpcMainEvent, frame: z.output<S>) => void,
): void {
  ipcMain.on(channel, (event, ...sent: readonly unknown[]) => {
    const frame = sent.length === 1 ? schema.safeParse(sent[0]) : undefined;
    if (parts.isTrusted(event) && frame?.success === true) handle(event, frame.data);
    else parts.onRefused(`a message on ${channel}`);
  });
}

/** Subscriptions belong to the page that asked: they end with it, also when it loads anew. */
const mostSubscriptions = 100;

function registerTopics({ hub, ...parts }: IpcParts): void {
  const pages = new Map<number, Map<number, Subscription>>();
  const endAll = (contentsId: number) => {
    for (const subscription of pages.get(contentsId)?.values() ?? []) subscription.end();
    pages.delete(contentsId);
  };
  listen({ hub, ...parts }, channels.subscribe, subscribeFrame, ({ sender }, { subscription, topic }) => {
    let open = pages.get(sender.id);
    if (open === undefined) {
      open = new Map();
      pages.set(sender.id, open);
      sender.once("destroyed", () => endAll(sender.id));
      sender.once("did-start-navigation", () => endAll(sender.id));
      sender.once("render-process-gone", () => endAll(sender.id));
    }
    if (!isTopicName(topic) || open.has(subscription) || open.size >= mostSubscriptions) {
      parts.onRefused("a subscription");
      return;
    }
    const push = (frame: unknown) => {
      if (!sender.isDestroyed()) sender.send(channels.topic, frame);
    };
    open.set(subscription, hub.subscribe({ topic, subscription, push }));
  });
  listen({ hub, ...parts }, channels.unsubscribe, unsubscribeFrame, ({ sender }, { subscription }) => {
    pages.get(sender.id)?.get(subscription)?.end();
    pages.get(sender.id)?.delete(subscription);
  });
  listen({ hub, ...parts }, channels.taken, takenFrame, ({ sender }, { subscription, version }) =>
    pages.get(sender.id)?.get(subscription)?.taken(version),
  );
}
