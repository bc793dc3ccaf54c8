import { setImmediate as nextTurn } from "node:timers/promises";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../ports/clock.ts";
import type { VaultFault } from "../ports/credential-vault.ts";

/** What we use of keytar. */
export type Keytar = Readonly<{
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}>;

type Answer<T> = Promise<Outcome<T, VaultFault>>;

/** The system's keychain: texts by account under our name. One request at a time. */
export type Keychain = Readonly<{
  get(account: string): Answer<string | null>;
  set(account: string, text: string): Answer<null>;
  /** Whether there was one. */
  delete(account: string): Answer<boolean>;
}>;

export type KeychainOptions = Readonly<{
  platform: NodeJS.Platform;
  clock: Clock;
  /** A person switched it off: on servers without one, and for tests. */
  isOff?: boolean;
  load?: () => Promise<Keytar>;
}>;

/** The name under which people find our entries in the system's own tool. */
export const keychainService = "CallLedger";

/** A person may be typing the password of a locked keyring; ms. */
const patienceMs = 60_000;

const withoutKeychain = "Or keep the credential in an environment variable: --secret-from-env NAME.";

const noLibrary: Partial<Record<NodeJS.Platform, string>> = {
  linux: `The system's keychain cannot be used: its library libsecret is missing. Install it with a keyring (Debian, Ubuntu: apt-get install libsecret-1-0 gnome-keyring; Fedora: dnf install libsecret gnome-keyring) and sign in to the desktop anew. ${withoutKeychain}`,
};

const unlocking: Partial<Record<NodeJS.Platform, string>> = {
  linux:
    'A keyring service must run in this session and be unlocked: sign in to the desktop with your password and start CallLedger there. Without a desktop, install gnome-keyring, and inside "dbus-run-session" unlock it with "gnome-keyring-daemon --unlock --components=secrets".',
  darwin: "Unlock the login keychain (Keychain Access) and allow CallLedger to use its entries.",
  win32: "Sign in to Windows with the user whose credentials these are; the Credential Manager must run.",
};

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1).join("").slice(0, 200);

/** keytar is loaded at the first use, so that machines without a keychain run everything that needs none. */
const loadKeytar = async (): Promise<Keytar> => (await import("keytar")).default;

const late = Symbol("late");

/** The system's keychain through keytar. Every failure is a value whose message names the fix. */
export function createKeychain({ platform, clock, isOff = false, load = loadKeytar }: KeychainOptions): Keychain {
  let last: Promise<unknown> = Promise.resolve();
  /** When the request that is under way began, monotonic ms; null: none is. */
  let askedAt: number | null = null;

  const unavailable = (message: string): Outcome<never, VaultFault> => ({
    ok: false,
    fault: { kind: "unavailable", message },
  });
  const toSentence = (said: string): string =>
    [`The system's keychain cannot be used (${said}).`, unlocking[platform], withoutKeychain]
      .filter((part) => part !== undefined)
      .join(" ");

  async function perform<T>(work: (keytar: Keytar) => Promise<T>): Answer<T> {
    if (isOff)
      return unavailable(`The system's keychain is switched off (CALLLEDGER_KEYCHAIN=off). ${withoutKeychain}`);
    let keytar: Keytar;
    try {
      keytar = await load();
    } catch (error) {
      return unavailable(noLibrary[platform] ?? toSentence(firstLine(error)));
    }
    askedAt = clock.monotonic();
    try {
      return { ok: true, value: await work(keytar) };
    } catch (error) {
      return unavailable(toSentence(firstLine(error)));
    } finally {
      askedAt = null;
    }
  }

  /** Ends when the keychain is silent for too long, whoever asked it: one prompt that nobody answers is waited for once. */
  async function loseTrust(signal: AbortSignal): Promise<typeof late> {
    const leftMs = (): number => (askedAt ?? clock.monotonic()) + patienceMs - clock.monotonic();
    for (let waitMs = leftMs(); waitMs > 0 && !signal.aborted; waitMs = leftMs()) await clock.sleep(waitMs, signal);
    // A prompt that was answered in this very moment counts.
    await nextTurn();
    return late;
  }

  /** In line behind the others; whoever waited too long is not served later. */
  async function inTurn<T>(work: (keytar: Keytar) => Promise<T>): Answer<T> {
    let gaveUp = false;
    const turn = last.then(async () => (gaveUp ? late : perform(work)));
    last = turn;
    const timer = new AbortController();
    const first = await Promise.race([turn, loseTrust(timer.signal)]);
    timer.abort();
    if (first !== late) return first;
    gaveUp = true;
    return unavailable(toSentence(`it did not answer within ${patienceMs / 1_000} s`));
  }

  return {
    get: (account) => inTurn((keytar) => keytar.getPassword(keychainService, account)),
    set: (account, text) =>
      inTurn(async (keytar) => {
        await keytar.setPassword(keychainService, account, text);
        return null;
      }),
    delete: (account) => inTurn((keytar) => keytar.deletePassword(keychainService, account)),
  };
}
