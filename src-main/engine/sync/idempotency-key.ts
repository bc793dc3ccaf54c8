import { hash } from "node:crypto";
import type { CrmType } from "../../../src-shared/domain/integration.ts";

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
const keyCharacters = 26;

function toBase32(bytes: Uint8Array, characters: number): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5 && text.length < characters) {
      bits -= 5;
      text += alphabet[(value >>> bits) & 31];
    }
  }
  return text;
}

/**
 * The key of one call in one CRM: `cl_` and 26 base32 characters of SHA-256 over (tenant, call id, CRM type). It depends
 * on nothing local, so a reconnected account, a new data folder or a second PC finds its old records by it.
 */
export function idempotencyKey(tenant: string, callId: string, crm: CrmType): string {
  // A JSON array keeps the parts apart whatever characters they hold.
  // By way of text: memory of its own would cost more than the hash.
  const digest = Buffer.from(hash("sha256", JSON.stringify([tenant, callId, crm]), "binary"), "binary");
  return `cl_${toBase32(digest, keyCharacters)}`;
}
