import { windowRoute } from "../../src-shared/ipc/window-views.ts";
import { hiddenArgument } from "./login-item.ts";

export type ShellArguments = Readonly<{ data: string | undefined; isHidden: boolean; route: string | undefined }>;

const linkStart = "callledger://";

/** The place of the window that a link names (`callledger://call/ID`), or undefined for what is no known place. */
export function toRoute(link: string): string | undefined {
  if (!link.startsWith(linkStart)) return undefined;
  const route = windowRoute.safeParse(link.slice(linkStart.length).replace(/\/$/, ""));
  return route.success ? route.data : undefined;
}

/** The app's own arguments among those of Electron and of the system. Unknown ones are left alone. */
export function readArguments(argv: readonly string[]): ShellArguments {
  const at = argv.indexOf("--data");
  const data = at === -1 ? argv.find((each) => each.startsWith("--data="))?.slice("--data=".length) : argv[at + 1];
  const route = argv.map(toRoute).find((each) => each !== undefined);
  return { data: data === "" ? undefined : data, isHidden: argv.includes(hiddenArgument), route };
}
