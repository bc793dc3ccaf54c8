import type { z } from "zod";
import type { Cost } from "../../../src-shared/domain/budget.ts";
import type { Answer, ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { CrmAnswer, CrmRequest, CrmSession, Intent } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import { sendSigned } from "../http/signed-send.ts";
import { toLostFault, toUnansweredFault, type RequestKind } from "../http/unanswered-fault.ts";
import type { Auth } from "./auth.ts";
import { untilMidnight } from "./budget.ts";
import { readVendorError, type VendorError } from "./error-body.ts";
import { statusOfItem, toFault, type Subject } from "./faults.ts";
import { callCost } from "./wire.ts";

export type Call<T> = Readonly<{
  method: CrmRequest["method"];
  path: string;
  body?: unknown;
  kind: RequestKind;
  /** What a refusal would be about. */
  subject: Subject;
  /** The shape of a successful answer. */
  schema: z.ZodType<T>;
  cost?: Cost;
  intents?: readonly Intent[];
  /** A read about the account, not about anybody's records (see the port). */
  aboutAccount?: boolean;
  /** Records in the request. */
  records?: number;
}>;

/** A refusal with HubSpot's own words, where it gave any: batches look there for the culprits. */
export type Refusal = Readonly<{ fault: ConnectorFault; status: number | null; error: VendorError | null }>;

/** `said`: what HubSpot answered, bounded, for the audit. */
export type Reply<T> = Readonly<{ status: number; value: T; said: Answer }>;

export type Client = Readonly<{
  /** One signed request. Sent again only after HubSpot refused it for an expired token, which proves that it did nothing. */
  call<T>(session: CrmSession, call: Call<T>): Promise<Outcome<Reply<T>, Refusal>>;
  /** The fault of one item of a batch that was taken as a whole. */
  judge(error: VendorError, subject: Subject): ConnectorFault;
}>;

export type ClientOptions = Readonly<{
  auth: Auth;
  clock: Clock;
  keyProperty: string;
  /** The portal's zone: its midnight ends a day's limit. */
  timeZone: () => string;
}>;

type Answered = Extract<CrmAnswer, { kind: "answer" }>;

const correlationOf = (answer: Answered): string | undefined => answer.headers["x-hubspot-correlation-id"];

/** Speaks HubSpot's dialect over a paced session: signs, tells refusals from lost answers, checks shapes. */
export function createClient({ auth, clock, keyProperty, timeZone }: ClientOptions): Client {
  const faultOf = (
    error: VendorError | undefined,
    ask: Readonly<{
      status: number;
      kind: RequestKind;
      subject: Subject;
      isBatch: boolean;
      retryAfterMs?: number | undefined;
      now: number;
    }>,
  ): ConnectorFault =>
    toFault({
      ...ask,
      error,
      keyProperty,
      retryAfterMs: ask.retryAfterMs,
      untilMidnightMs: untilMidnight(timeZone(), ask.now),
      secrets: auth.secrets(),
    });

  const refuse = <T>(answer: Answered, call: Call<T>): Outcome<never, Refusal> => {
    const found = readVendorError(answer.json);
    const error =
      found === undefined ? undefined : { ...found, correlationId: found.correlationId ?? correlationOf(answer) };
    const now = answer.serverTimeMs ?? clock.now();
    const { kind, subject, records = 1 } = call;
    const retryAfterMs = parseRetryAfter(answer.headers["retry-after"], now);
    const fault = faultOf(error, { status: answer.status, kind, subject, isBatch: records > 1, retryAfterMs, now });
    if (fault.kind === "blocked" && fault.reason === "auth_revoked") auth.forget();
    return { ok: false, fault: { fault, status: answer.status, error: error ?? null } };
  };

  const send = <T>(session: CrmSession, call: Call<T>, token: string): Promise<CrmAnswer> =>
    session.send({
      method: call.method,
      path: call.path,
      headers: { authorization: `Bearer ${token}` },
      ...(call.body === undefined ? {} : { body: call.body }),
      cost: call.cost ?? callCost,
      intents: call.intents ?? [],
      aboutAccount: call.aboutAccount === true,
    });

  return {
    call: async (session, call) => {
      const signed = { session, auth, secretOf: (token: string) => token, isStale: isExpired };
      const sent = await sendSigned({ ...signed, send: (token) => send(session, call, token) });
      if (!sent.ok) return plain(sent.fault);
      const { answer } = sent.value;
      if (answer.kind !== "answer") return plain(toUnansweredFault(answer, call.kind));
      if (answer.status < 200 || answer.status > 299) return refuse(answer, call);
      const parsed = call.schema.safeParse(answer.json);
      const correlationId = correlationOf(answer);
      const said = toAnswer({ status: answer.status, correlationId });
      if (parsed.success) return { ok: true, value: { status: answer.status, value: parsed.data, said } };
      return plain(toLostFault(call.kind, { ...said, message: "the answer is cut or not in HubSpot's form" }));
    },
    judge: (error, subject) =>
      faultOf(error, { status: statusOfItem(error), kind: "write", subject, isBatch: false, now: clock.now() }),
  };
}

const plain = (fault: ConnectorFault): Outcome<never, Refusal> => ({
  ok: false,
  fault: { fault, status: null, error: null },
});

const isExpired = (answer: Answered): boolean =>
  answer.status === 401 && (readVendorError(answer.json)?.words ?? []).includes("EXPIRED_AUTHENTICATION");
