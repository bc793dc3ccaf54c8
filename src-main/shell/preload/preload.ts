import { contextBridge, ipcRenderer, webUtils } from "electron";
import { channels } from "../../../src-shared/ipc/channels.ts";
import type { PreloadApi } from "../../../src-shared/ipc/preload-api.ts";

/** Sends on the channels of the contract and on no other; hands no object of Electron to the page. Checks are the shell's and the bridge's. */
const listen = (channel: string) => (listener: (frame: unknown) => void) => {
  ipcRenderer.on(channel, (_event, frame: unknown) => listener(frame));
};

function pathOf(file: File): string {
  // Older builds have the path on the file itself.
  const path: unknown = webUtils === undefined ? Reflect.get(file, "path") : webUtils.getPathForFile(file);
  return typeof path === "string" ? path : "";
}

const api: PreloadApi = {
  call: (frame) => ipcRenderer.invoke(channels.call, frame),
  cancel: (frame) => ipcRenderer.send(channels.cancel, frame),
  subscribe: (frame) => ipcRenderer.send(channels.subscribe, frame),
  unsubscribe: (frame) => ipcRenderer.send(channels.unsubscribe, frame),
  taken: (frame) => ipcRenderer.send(channels.taken, frame),
  onProgress: listen(channels.progress),
  onTopic: listen(channels.topic),
  onOpen: listen(channels.open),
};

/**
 * Files that a person drops are granted here, in the world that the page cannot reach: a page that makes up a `File` or
 * a drop of its own grants nothing, since its files have no path and its events are not trusted.
 */
function grantDropped(event: DragEvent): void {
  if (!event.isTrusted || !holdsFiles(event)) return;
  event.preventDefault();
  const paths = [...(event.dataTransfer?.files ?? [])].map(pathOf).filter((path) => path !== "");
  if (paths.length === 0) return;
  ipcRenderer.send(channels.grant, { paths });
  window.dispatchEvent(new CustomEvent(channels.dropped, { detail: JSON.stringify(paths) }));
}

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") === true;

/** Files may be dropped anywhere on the window; without this Chromium takes the window for no place to drop at all. */
function welcomeFiles(event: DragEvent): void {
  if (!holdsFiles(event) || event.dataTransfer === null) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
}

// In the capture phase: before the page can stop it.
window.addEventListener("dragover", welcomeFiles, { capture: true });
window.addEventListener("drop", grantDropped, { capture: true });
contextBridge.exposeInMainWorld("callledger", api);
