import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmAnswer, CrmSession } from "../../engine/ports/connector.ts";

type Answered = Extract<CrmAnswer, { kind: "answer" }>;

/** Where a connector's tokens come from. */
export type TokenSource<T> = Readonly<{
  token(session: CrmSession): Promise<Outcome<T, ConnectorFault>>;
  /** A newer token than this one; null where there is nothing to renew it with. */
  renew(session: CrmSession, stale: string): Promise<Outcome<T, ConnectorFault> | null>;
}>;

export type SignedAsk<T> = Readonly<{
  session: CrmSession;
  auth: TokenSource<T>;
  secretOf: (token: T) => string;
  send: (token: T) => Promise<CrmAnswer>;
  /** Refused for its token and not executed: another one may do. */
  isStale: (answer: Answered) => boolean;
}>;

/** `token`: the one that the answer came to. */
export type Signed<T> = Readonly<{ answer: CrmAnswer; token: T }>;

/**
 * One signed request. It is sent once more only after the vendor refused it for its token, which proves that it did
 * nothing.
 */
export async function sendSigned<T>(ask: SignedAsk<T>): Promise<Outcome<Signed<T>, ConnectorFault>> {
  const { session, auth, send } = ask;
  const signed = await auth.token(session);
  if (!signed.ok) return signed;
  const first = await send(signed.value);
  const asSent = { ok: true, value: { answer: first, token: signed.value } } as const;
  if (first.kind !== "answer" || !ask.isStale(first)) return asSent;
  const renewed = await auth.renew(session, ask.secretOf(signed.value));
  if (renewed === null) return asSent;
  if (!renewed.ok) return renewed;
  return { ok: true, value: { answer: await send(renewed.value), token: renewed.value } };
}
