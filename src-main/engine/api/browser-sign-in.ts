import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { StoredSettings } from "../../../src-shared/domain/vendor-settings.ts";
import type { CallFault } from "../../../src-shared/ipc/contract.ts";
import { fault } from "../host/engine.ts";
import type { BrowserSignInAsk, StartBrowserSignIn } from "../ports/browser-sign-in.ts";
import type { Clock } from "../ports/clock.ts";
import type { Credential } from "../ports/credential-vault.ts";
import type { Random } from "../ports/random.ts";
import {
  isLoopbackRedirect,
  listenForBrowser,
  redirectPorts,
  toRedirectUri,
  type BrowserAnswer,
  type LoopbackListener,
} from "../secrets/loopback-listener.ts";

export type BrowserSignInParts = Readonly<{ clock: Clock; random: Random }>;

export type BrowserSignInCall = Readonly<{
  start: StartBrowserSignIn;
  app: Credential;
  settings: StoredSettings;
  baseUrl: string | null;
  waitMs: number;
  /** Ends the waiting. */
  signal: AbortSignal;
  /** The page that the person's browser is to open. */
  onOpen: (url: string) => void;
}>;

const randomBytes = 32;

/**
 * Has a person sign in in the browser: listens on this machine, names the page, and waits for the browser to come back
 * with a code. Gives the credential that the code stands for; the connector exchanges it at its first use.
 */
export async function signInByBrowser(
  parts: BrowserSignInParts,
  call: BrowserSignInCall,
): Promise<Outcome<Credential, CallFault>> {
  const redirects = toRedirects(call.app);
  if (!redirects.ok) return redirects;
  const state = parts.random.hex(randomBytes);
  const listening = await listenForBrowser(redirects.value, state);
  if (!listening.ok) return fault("failed", listening.fault);
  const listener = listening.value;
  try {
    const { app, settings, baseUrl } = call;
    const ask: BrowserSignInAsk = {
      app,
      settings,
      baseUrl,
      redirectUri: listener.redirectUri,
      state,
      verifier: parts.random.hex(randomBytes),
    };
    const started = call.start(ask);
    if (!started.ok) return fault("bad_input", started.fault);
    call.onOpen(started.value.url);
    const answer = await waitFor(parts.clock, listener, call);
    if (!answer.ok) return answer;
    const { code, query } = answer.value;
    return { ok: true, value: started.value.toCredential(code, query) };
  } finally {
    await listener.close();
  }
}

/** The address that the app names as its own, or our usual ones. */
function toRedirects({ redirectUri }: Credential): Outcome<readonly string[], CallFault> {
  if (redirectUri === undefined) return { ok: true, value: redirectPorts.map(toRedirectUri) };
  if (isLoopbackRedirect(redirectUri)) return { ok: true, value: [redirectUri] };
  return fault(
    "bad_input",
    `The redirectUri ${redirectUri} is no address of this computer such as ${toRedirectUri(33_333)}. Register one of that kind with the app; or sign in yourself and give the code as grantCode with this redirectUri.`,
  );
}

const late = Symbol("late");

async function waitFor(
  clock: Clock,
  listener: LoopbackListener,
  { waitMs, signal }: BrowserSignInCall,
): Promise<Outcome<Extract<BrowserAnswer, { kind: "code" }>, CallFault>> {
  const timer = new AbortController();
  const waiting = AbortSignal.any([signal, timer.signal]);
  const first = await Promise.race([listener.answer, clock.sleep(waitMs, waiting).then((): typeof late => late)]);
  timer.abort();
  if (first === late)
    return signal.aborted
      ? fault("canceled", "Stopped before the sign-in in the browser was done.")
      : fault("failed", `Nobody signed in within ${Math.round(waitMs / 1_000)} s. Start again.`);
  if (first.kind === "code") return { ok: true, value: first };
  const said = first.message === first.code ? "" : `: ${first.message.slice(0, 200)}`;
  return fault(
    "failed",
    `Access was not allowed in the browser (${first.code.slice(0, 60)}${said}). Nothing is connected.`,
  );
}
