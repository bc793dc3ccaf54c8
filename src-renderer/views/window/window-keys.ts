import { useEffect } from "react";
import { useApp } from "../../app.ts";
import type { Route } from "../../state/route.ts";

/** Screens in the order of the rail: Ctrl or Cmd with 1 to 7. */
const screens: readonly Route[] = [
  { view: "overview" },
  { view: "calls" },
  { view: "attention", group: null },
  { view: "sources" },
  { view: "connections", id: null },
  { view: "ownership", id: null },
  { view: "matching" },
];

/** Parts of the window that F6 goes through. */
const parts = ["nav.side a[aria-current]", "main h1", "header.titlebar button"] as const;

const focus = (selector: string): void => {
  const element = document.querySelector<HTMLElement>(selector);
  if (element?.tagName === "H1") element.setAttribute("tabindex", "-1");
  element?.focus();
};

/** The keyboard goes to the title of the screen: what follows is its work. */
export const focusTitle = (): void => focus("main h1");

const searchOfScreen = "main input[type=search]";

function goThroughParts(isBack: boolean): void {
  const active = document.activeElement;
  const holders = ["nav.side", "main", "header.titlebar"];
  const at = holders.findIndex((holder) => active?.closest(holder) !== null && active !== null);
  const step = isBack ? parts.length - 1 : 1;
  focus(parts[(at + step + parts.length) % parts.length] ?? parts[0]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("input, textarea, select, dialog") !== null;

/** Shortcuts that work everywhere. Single letters belong to lists and are theirs. */
export function useWindowKeys({ onHelp, onFind }: Readonly<{ onHelp: () => void; onFind: () => void }>): void {
  const { route } = useApp();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (document.querySelector("dialog[open]") !== null) return;
      const isCommand = event.ctrlKey || event.metaKey;
      const screen =
        isCommand && !event.altKey && /^[1-9]$/.test(event.key) ? screens[Number(event.key) - 1] : undefined;
      if (screen !== undefined) route.go(screen);
      else if (isCommand && !event.altKey && event.key === ",") route.go({ view: "settings", section: null });
      else if (isCommand && event.key.toLowerCase() === "k") onFind();
      else if (event.key === "F6") goThroughParts(event.shiftKey);
      else if (event.altKey && event.key === "ArrowLeft") history.back();
      else if (event.altKey && event.key === "ArrowRight") history.forward();
      else if (event.key === "/" && !isTyping(event.target))
        // A screen without a search of its own has the one of the window.
        if (document.querySelector(searchOfScreen) === null) onFind();
        else focus(searchOfScreen);
      else if (event.key === "?" && !isTyping(event.target)) onHelp();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [route, onHelp, onFind]);
}
