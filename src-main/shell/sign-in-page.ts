import { z } from "zod";
import type { SignInPage } from "../../src-shared/ipc/window-contract.ts";
import type { WindowHandler } from "./window-calls.ts";

const asked = z.strictObject({ openUrl: z.string() });

/**
 * A sign-in names the page that the person's browser is to open: it goes through the one door for outside links, which
 * takes no other than web pages by TLS. The window hears whether it was opened; else it shows the address.
 */
export function opensPage(
  handler: WindowHandler,
  open: (url: string) => Promise<boolean>,
  onProblem: (error: unknown) => void,
): WindowHandler {
  return (input, context) =>
    handler(input, {
      ...context,
      onProgress(progress) {
        const page = asked.safeParse(progress);
        if (!page.success) return context.onProgress(progress);
        const { openUrl } = page.data;
        const tell = (isOpened: boolean) => context.onProgress({ openUrl, isOpened } satisfies SignInPage);
        void open(openUrl).then(tell, (error: unknown) => {
          onProblem(error);
          tell(false);
        });
      },
    });
}
