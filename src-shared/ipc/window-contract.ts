import { z } from "zod";
import { envSecret } from "../domain/integration.ts";
import { callFault, ipcCalls, type CallName } from "./contract.ts";
import { shellInfo, shellPreferences } from "./window-views.ts";

/** Calls of the engine that a window may make. What is not named here does not exist for it. */
export const engineCallsOfWindow = [
  "integrations:list",
  "integrations:connect",
  "integrations:signIn",
  "integrations:check",
  "integrations:pause",
  "integrations:resume",
  "integrations:remove",
  "sources:list",
  "sources:add",
  "sources:remove",
  "ingest:import",
  "ingest:examine",
  "mappings:propose",
  "mappings:save",
  "status:get",
  "calls:list",
  "calls:count",
  "calls:weeks",
  "reports:why",
  "reports:written",
  "reports:statement",
  "audit:search",
  "audit:page",
  "deadLetters:list",
  "deadLetters:show",
  "deadLetters:replay",
  "deadLetters:acknowledge",
  "match:choice",
  "match:set",
  "match:undo",
  "deadLetters:history",
  "deadLetters:undo",
  "ownership:show",
  "ownership:set",
  "ownership:change",
  "ownership:preview",
  "conflicts:list",
  "conflicts:settle",
  "checks:list",
  "mirror:status",
  "mirror:sync",
  "match:test",
  "ownNumbers:list",
  "ownNumbers:say",
  "silence:list",
  "silence:set",
  "retention:show",
  "retention:set",
  "alerts:show",
  "alerts:set",
  "alerts:test",
  "alerts:remove",
  "audit:verify",
  "support:report",
  "backup:create",
] as const satisfies readonly CallName[];

const nothing = z.strictObject({});
const shellCall = <K extends "read" | "change", I extends z.ZodType, O extends z.ZodType>(
  kind: K,
  input: I,
  output: O,
) => ({ kind, input, output, progress: z.never() }) as const;

/** Calls that the shell answers itself. */
export const shellCalls = {
  "shell:info": shellCall("read", nothing, shellInfo),
  "shell:preferences": shellCall("read", nothing, shellPreferences),
  "shell:setPreferences": shellCall("change", shellPreferences.partial(), shellPreferences),
  /** Opens the system's dialog; the paths may then be imported or watched. Empty when it was canceled. */
  "shell:pick": shellCall(
    "change",
    z.strictObject({ what: z.enum(["files", "folder"]) }),
    z.strictObject({ paths: z.array(z.string()) }),
  ),
  /** Opens a web page in the person's browser; `opened` is false for what is no page of a known kind. */
  "shell:openExternal": shellCall(
    "change",
    z.strictObject({ url: z.string().max(2_048) }),
    z.strictObject({ opened: z.boolean() }),
  ),
  "shell:openFolder": shellCall(
    "change",
    z.strictObject({ folder: z.enum(["data", "backups"]) }),
    z.strictObject({ opened: z.boolean() }),
  ),
  /** Shows a notification now, so that a person sees whether the system lets it through; `shown` is false where it has none. */
  "shell:testNotification": shellCall("change", nothing, z.strictObject({ shown: z.boolean() })),
  /** Starts an engine again that does not start by itself: after `refused`, or before the next try. */
  "shell:restartEngine": shellCall("change", nothing, nothing),
} as const;

/** The page of a sign-in. `isOpened`: the shell has opened it in the person's browser; else they open it themselves. */
const signInPage = z.strictObject({ openUrl: z.url({ protocol: /^https?$/ }), isOpened: z.boolean() });
export type SignInPage = z.output<typeof signInPage>;

/** How a window names a key: the variable that has it, or the public id of an app that a person signs in to. Never a secret. */
const secretOfWindow = z.discriminatedUnion("kind", [
  envSecret,
  z.strictObject({
    kind: z.literal("browser"),
    app: z.strictObject({ clientId: z.string().min(1).max(500) }),
    waitMs: z.int().min(1_000).max(3_600_000),
  }),
]);

/** Calls of the engine that are narrower for a window, and some that the shell has a hand in. */
const narrowCalls = {
  "integrations:connect": {
    ...ipcCalls["integrations:connect"],
    input: ipcCalls["integrations:connect"].input.extend({ secret: secretOfWindow }),
    progress: signInPage,
  },
  "integrations:signIn": { ...ipcCalls["integrations:signIn"], progress: signInPage },
  /** Into the data folder's own backups: a window names no place to write to. */
  "backup:create": { ...ipcCalls["backup:create"], input: z.strictObject({ to: z.null() }) },
} as const;

type Picked = Pick<typeof ipcCalls, Exclude<(typeof engineCallsOfWindow)[number], keyof typeof narrowCalls>>;
export type WindowCalls = Picked & typeof narrowCalls & typeof shellCalls;
export type WindowCallName = keyof WindowCalls;
export type WindowCallAsk<C extends WindowCallName> = z.input<WindowCalls[C]["input"]>;
export type WindowCallOutput<C extends WindowCallName> = z.output<WindowCalls[C]["output"]>;
export type WindowCallProgress<C extends WindowCallName> = z.output<WindowCalls[C]["progress"]>;
export type EngineCallOfWindow = (typeof engineCallsOfWindow)[number];
export type ShellCallName = keyof typeof shellCalls;

const engineNames: ReadonlySet<string> = new Set(engineCallsOfWindow);
const isNarrowCall = (name: string): name is keyof typeof narrowCalls => Object.hasOwn(narrowCalls, name);
export const isEngineCallOfWindow = (name: string): name is EngineCallOfWindow => engineNames.has(name);
export const isShellCallName = (name: string): name is ShellCallName => Object.hasOwn(shellCalls, name);

type Spec = Readonly<{ kind: "read" | "change"; input: z.ZodType; output: z.ZodType; progress: z.ZodType }>;

/** The schemas of a call of the window, or undefined for any other name. */
export function windowCallSpec(name: string): Spec | undefined {
  if (isNarrowCall(name)) return narrowCalls[name];
  if (isEngineCallOfWindow(name)) return ipcCalls[name];
  return isShellCallName(name) ? shellCalls[name] : undefined;
}

const requestId = z.string().regex(/^[\w-]{8,100}$/);

export const callFrame = z.strictObject({ name: z.string().max(100), input: z.unknown(), requestId });
export const cancelFrame = z.strictObject({ requestId });
export const grantFrame = z.strictObject({ paths: z.array(z.string().min(1).max(4_096)).max(10_000) });
export const subscribeFrame = z.strictObject({ subscription: z.int().positive(), topic: z.string().max(50) });
export const unsubscribeFrame = z.strictObject({ subscription: z.int().positive() });
/** The window has taken in the push of this version; the next one may come. */
export const takenFrame = z.strictObject({ subscription: z.int().positive(), version: z.int().positive() });
export const progressFrame = z.strictObject({ requestId, progress: z.unknown() });

export const callAnswer = z.discriminatedUnion("ok", [
  z.strictObject({ ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ ok: z.literal(false), fault: callFault }),
]);
export type CallAnswer = Readonly<z.infer<typeof callAnswer>>;
