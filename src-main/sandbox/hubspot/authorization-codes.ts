import { createHash, randomUUID } from "node:crypto";
import type { SandboxClock } from "../core/clock.ts";

export type PendingCode = {
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly challenge: string | undefined;
};

/** Codes that the consent page has given out. */
export type AuthorizationCodes = {
  readonly add: (pending: PendingCode) => string;
  /** A code that was given out, not yet spent, and not too old. */
  readonly find: (code: string) => PendingCode | undefined;
  /** What a code verifier (S256) says about a code: nothing when either of the two is missing. */
  readonly prove: (pending: PendingCode, verifier: string | null) => "right" | "wrong" | "nothing";
  readonly spend: (code: string) => void;
  readonly clear: () => void;
};

/** Life of a code. */
const codeTtlMs = 600_000;

export function createAuthorizationCodes(clock: SandboxClock): AuthorizationCodes {
  const codes = new Map<string, { readonly pending: PendingCode; readonly expiresAt: number }>();
  return {
    add: (pending) => {
      const code = `code-${randomUUID()}`;
      codes.set(code, { pending, expiresAt: clock.now() + codeTtlMs });
      return code;
    },
    find: (code) => {
      const known = codes.get(code);
      return known !== undefined && known.expiresAt > clock.now() ? known.pending : undefined;
    },
    prove: ({ challenge }, verifier) => {
      if (challenge === undefined || verifier === null) return "nothing";
      return challenge === createHash("sha256").update(verifier).digest("base64url") ? "right" : "wrong";
    },
    spend: (code) => void codes.delete(code),
    clear: () => codes.clear(),
  };
}
