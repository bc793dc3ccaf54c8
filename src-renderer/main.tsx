import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { AppProvider, createApp } from "./app.ts";
import { openBridge } from "./bridge/window-bridge.ts";
import { followWhileSeen } from "./state/follow-while-seen.ts";
import { AppWindow } from "./views/window/app-window.tsx";
import { createFormats } from "./words/formats.ts";
import { knownTags } from "./words/language-tags.ts";

/** Texts are English, so dates are too; which English follows the person. */
const locale = knownTags(navigator.languages).find((each) => each.startsWith("en")) ?? "en-GB";
const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();

const root = document.querySelector("#root");
if (root === null) throw new Error("the page has no root element");

const app = createApp({
  bridge: openBridge(),
  formats: createFormats(locale, timeZone),
  // oxlint-disable-next-line eslint/no-restricted-properties -- the one clock of the window
  now: () => Date.now(),
  address: {
    read: () => location.hash,
    write: (hash) => {
      location.hash = hash;
    },
    listen: (changed) => window.addEventListener("hashchange", changed),
  },
});
followWhileSeen(app.ledger, document);
createRoot(root).render(
  <StrictMode>
    <AppProvider value={app}>
      <AppWindow />
    </AppProvider>
  </StrictMode>,
);
