import type { Channel } from "./channel.ts";

type ParentPort = Readonly<{
  postMessage(message: unknown): void;
  on(event: "message", listener: (event: { data: unknown }) => void): void;
}>;

const isParentPort = (value: unknown): value is ParentPort =>
  typeof value === "object" && value !== null && "postMessage" in value && "on" in value;

/**
 * The way to the process that started this one: the parent port of a utility process, or the IPC pipe of a Node child.
 * Undefined where nobody listens.
 */
export function openParentChannel(from: NodeJS.Process): Channel | undefined {
  // Electron puts it there; Node's types do not know it.
  const port: unknown = Reflect.get(from, "parentPort");
  if (isParentPort(port))
    return {
      send: (message) => port.postMessage(message),
      onMessage: (listener) => port.on("message", ({ data }) => listener(data)),
      // A utility process ends with its parent.
      onClose: () => undefined,
    };
  if (from.send === undefined) return undefined;
  return {
    // The pipe breaks when the parent dies; "disconnect" follows and ends this process in good order.
    send: (message) => void (from.connected && from.send?.(message, undefined, undefined, () => undefined)),
    onMessage: (listener) => void from.on("message", listener),
    onClose: (listener) => void from.once("disconnect", listener),
  };
}
