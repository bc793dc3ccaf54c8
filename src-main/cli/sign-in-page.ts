import type { CliContext } from "./cli-context.ts";

/** Tells a person the page of a sign-in, and opens it in the browser where that may be. */
export async function sendToPage({ output, openBrowser }: CliContext, url: string, mayOpen: boolean): Promise<void> {
  output.say(`Sign in on this page: ${url}`);
  const isOpen = mayOpen && (await openBrowser(url));
  output.say(
    isOpen
      ? "It opens in the browser. Waiting for the sign-in…"
      : "Open it in a browser on this computer. Waiting for the sign-in…",
  );
}
