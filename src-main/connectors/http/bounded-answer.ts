import { redactSecrets } from "../../../src-shared/domain/redact-secrets.ts";
import type { Answer } from "../../../src-shared/domain/fault.ts";

const maxMessage = 500;
const maxWord = 120;

const bound = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max - 1)}…`);

/** What the vendor said, bounded and without secrets; empty and missing parts are left out. */
export function toAnswer(
  said: Readonly<{
    status?: number | undefined;
    code?: string | undefined;
    message?: string | undefined;
    correlationId?: string | undefined;
  }>,
  secrets: readonly string[] = [],
): Answer {
  const word = (text: string | undefined, max: number): string | undefined =>
    text === undefined || text === "" ? undefined : bound(redactSecrets(text, secrets), max);
  const code = word(said.code, maxWord);
  const message = word(said.message, maxMessage);
  const correlationId = word(said.correlationId, maxWord);
  return {
    ...(said.status === undefined ? {} : { status: said.status }),
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}
