import { createHash } from "node:crypto";
import type { SandboxClock } from "../core/clock.ts";
import type { Random } from "../core/seeded-random.ts";

/** What a person consented to; good for one exchange. `redirectUri` is missing for a Self Client's pasted code. */
export type Consent = {
  readonly scopes: readonly string[] | null;
  readonly redirectUri: string | undefined;
  readonly challenge: { readonly method: "plain" | "S256"; readonly value: string } | undefined;
  readonly givesRefreshToken: boolean;
};

export type GrantCodes = {
  /** Undefined when the client made too many codes within ten minutes. */
  readonly make: (consent: Consent, ttlMs?: number) => string | undefined;
  /** Undefined when unknown, used before, or expired. A code is used up by asking for it. */
  readonly take: (code: string) => Consent | undefined;
  readonly clear: () => void;
};

const codesPerTenMinutes = 10;
const tenMinutesMs = 600_000;
const codeTtlMs = 180_000;

export function createGrantCodes(clock: SandboxClock, random: Random): GrantCodes {
  const codes = new Map<string, { readonly consent: Consent; readonly expiresAt: number }>();
  let made: number[] = [];
  const toCode = (): string =>
    `1000.${Array.from({ length: 2 }, () =>
      Math.floor(random() * 2 ** 48)
        .toString(16)
        .padStart(16, "0"),
    ).join(".")}`;
  return {
    make: (consent, ttlMs = codeTtlMs) => {
      const now = clock.now();
      made = made.filter((at) => at > now - tenMinutesMs);
      if (made.length >= codesPerTenMinutes) return undefined;
      made.push(now);
      const code = toCode();
      codes.set(code, { consent, expiresAt: now + ttlMs });
      return code;
    },
    take: (code) => {
      const known = codes.get(code);
      codes.delete(code);
      return known !== undefined && known.expiresAt > clock.now() ? known.consent : undefined;
    },
    clear: () => {
      codes.clear();
      made = [];
    },
  };
}

/** Whether the verifier is the one whose challenge was sent when the code was asked for. */
export function verifierFits(challenge: Consent["challenge"], verifier: string | undefined): boolean {
  if (challenge === undefined) return true;
  if (verifier === undefined) return false;
  if (challenge.method === "plain") return verifier === challenge.value;
  return createHash("sha256").update(verifier).digest("base64url") === challenge.value;
}
