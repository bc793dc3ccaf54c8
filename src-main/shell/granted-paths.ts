import { z } from "zod";
import type { PathGrants } from "./security/path-grants.ts";
import type { WindowHandler } from "./window-calls.ts";

const named = z.union([z.object({ paths: z.array(z.string()) }), z.object({ path: z.string() })]);

/** Lets a call pass only with files and folders that a person gave to the window. */
export function onlyGranted(grants: PathGrants, handler: WindowHandler): WindowHandler {
  return (input, context) => {
    const ask = named.parse(input);
    const wanted = "paths" in ask ? ask.paths : [ask.path];
    const strange = wanted.find((path) => !grants.has(path));
    if (strange === undefined) return handler(input, context);
    const message = "Drop the file on the window, or choose it in the dialog; the window may read no other.";
    return { answer: Promise.resolve({ ok: false, fault: { code: "bad_input", message } }), cancel: () => undefined };
  };
}
