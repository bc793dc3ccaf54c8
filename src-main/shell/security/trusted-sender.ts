import type { WebFrameMain } from "electron";
import { isAppUrl } from "./app-url.ts";

/** What a message tells of who sent it. */
export type SenderFacts = Readonly<{ sender: { id: number }; senderFrame: WebFrameMain | null }>;

/** A message counts only from the top frame of one of our own windows, while it shows our own page. */
export function isTrustedSender(event: SenderFacts, isOurWindow: (contentsId: number) => boolean): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && isOurWindow(event.sender.id) && isAppUrl(frame.url);
}
