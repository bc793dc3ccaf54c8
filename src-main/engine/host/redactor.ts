import { redactSecrets } from "../../../src-shared/domain/redact-secrets.ts";

/** Takes secrets out of what is told or kept about this process. */
export type Redactor = Readonly<{
  /** A text that must never be seen: a credential as it was read or is stored. */
  know(secret: string): void;
  redact(text: string): string;
  /** An error with nothing but its name, its message and where it happened; what it carried along is gone. */
  toSafeError(error: unknown): Error;
}>;

/** Shorter texts would take half of a message with them. */
const shortest = 8;
/** As many as a process ever holds: tokens are renewed every half hour. */
const maxKnown = 2_000;

const phoneNumber = /(?<![\w:./-])\+?\d[\d ()-]{6,}\d(?![\w.])/g;
const address = /[\w.+-]+@[\w-]+(\.[\w-]+)+/g;

/** The forms in which a text travels: as it is, in an address, in JSON, and as Basic authorization has it. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, "utf8");
  const inAddress = encodeURIComponent(secret);
  const inForm = new URLSearchParams({ "": secret }).toString().slice(1);
  const inJson = JSON.stringify(secret).slice(1, -1);
  const unpadded = bytes.toString("base64").replace(/=+$/, "");
  return [secret, inAddress, inForm, inJson, unpadded, bytes.toString("base64url")];
}

export function createRedactor(): Redactor {
  const known = new Set<string>();
  const redact = (text: string): string => {
    // Longer ones first, so that no part of one is left beside another.
    const secrets = [...known].toSorted((left, right) => right.length - left.length);
    return redactSecrets(text, secrets).replace(address, "[address]").replace(phoneNumber, "[number]");
  };
  return {
    know(secret) {
      if (secret.length < shortest) return;
      for (const form of formsOf(secret)) known.add(form);
      for (const old of known) {
        if (known.size <= maxKnown) break;
        known.delete(old);
      }
    },
    redact,
    toSafeError(error) {
      if (!(error instanceof Error)) return new Error(redact(String(error)));
      const safe = new Error(redact(error.message));
      safe.name = error.name;
      safe.stack = redact(error.stack ?? `${error.name}: ${error.message}`);
      return safe;
    },
  };
}

/** What this process knows to be secret, for those who tell of its end. */
export const processRedactor: Redactor = createRedactor();
