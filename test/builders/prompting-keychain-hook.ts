import { registerHooks } from "node:module";

/** Loaded before a command line: its keychain asks a person who never answers. */
const keychain = new URL("prompting-keychain.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === "keytar" ? { url: keychain, shortCircuit: true } : nextResolve(specifier, context),
});
