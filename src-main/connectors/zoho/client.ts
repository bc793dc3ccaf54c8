import type { z } from "zod";
import type { Cost } from "../../../src-shared/domain/budget.ts";
import type { Answer, ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { CrmAnswer, CrmRequest, CrmSession, Intent } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import { sendSigned } from "../http/signed-send.ts";
import { toLostFault, toUnansweredFault, type RequestKind } from "../http/unanswered-fault.ts";
import type { Address } from "./address.ts";
import type { Auth } from "./auth.ts";
import type { CreditWatch } from "./budget.ts";
import { readVendorError, type VendorError } from "./error-body.ts";
import { toFault, type Subject } from "./faults.ts";
import { callCost } from "./wire.ts";

export type Call<T> = Readonly<{
  method: CrmRequest["method"];
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
  kind: RequestKind;
  /** What a refusal would be about. */
  subject: Subject;
  /** The shape of a successful answer. */
  schema: z.ZodType<T>;
  /** What an empty answer (204) stands for; without it an empty answer is a lost one. */
  empty?: T;
  /** Statuses whose body is read record by record, whatever their class. */
  isBatch?: boolean;
  cost?: Cost;
  intents?: readonly Intent[];
  /** A read about the account, not about anybody's records (see the port). */
  aboutAccount?: boolean;
  /** Records in the request. */
  records?: number;
}>;

/** A refusal with Zoho's own words, where it gave any. */
export type Refusal = Readonly<{ fault: ConnectorFault; status: number | null; error: VendorError | null }>;

/** `said`: what Zoho answered, bounded, for the audit. */
export type Reply<T> = Readonly<{ status: number; value: T; said: Answer }>;

export type Client = Readonly<{
  /** One signed request. Sent again only after Zoho refused it for its token, which proves that it did nothing. */
  call<T>(session: CrmSession, call: Call<T>): Promise<Outcome<Reply<T>, Refusal>>;
  /** The fault of one record of a batch. */
  judge(error: VendorError, subject: Subject): ConnectorFault;
}>;

export type ClientOptions = Readonly<{
  auth: Auth;
  address: Address;
  credits: CreditWatch;
  clock: Clock;
  keyField: string;
}>;

type Answered = Extract<CrmAnswer, { kind: "answer" }>;

/** Refused before anything was executed: a new token may do. */
const isStale = (answer: Answered): boolean =>
  answer.status === 401 &&
  ["INVALID_TOKEN", "AUTHENTICATION_FAILURE"].includes(readVendorError(answer.json)?.code ?? "");

/** Speaks Zoho's dialect over a paced session: signs, tells refusals from lost answers, checks shapes. */
export function createClient({ auth, address, credits, clock, keyField }: ClientOptions): Client {
  const send = <T>(session: CrmSession, call: Call<T>, token: string): Promise<CrmAnswer> => {
    const origin = address.api();
    return session.send({
      method: call.method,
      path: call.path,
      ...(origin === undefined ? {} : { origin }),
      headers: { ...call.headers, authorization: `Zoho-oauthtoken ${token}` },
      ...(call.body === undefined ? {} : { body: call.body }),
      cost: call.cost ?? callCost,
      intents: call.intents ?? [],
      aboutAccount: call.aboutAccount === true,
    });
  };

  const refuse = <T>(answer: Answered, call: Call<T>): Outcome<never, Refusal> => {
    const error = readVendorError(answer.json);
    const fault = toFault({
      status: answer.status,
      error,
      kind: call.kind,
      subject: call.subject,
      level: "request",
      isBatch: (call.records ?? 1) > 1,
      keyField,
      retryAfterMs: parseRetryAfter(answer.headers["retry-after"], answer.serverTimeMs ?? clock.now()),
      areCreditsSpent: credits.areSpent(answer),
      secrets: auth.secrets(),
    });
    if (fault.kind === "blocked" && fault.reason === "auth_revoked") auth.forget();
    return { ok: false, fault: { fault, status: answer.status, error: error ?? null } };
  };

  return {
    call: async (session, call) => {
      const signed = { session, auth, secretOf: (token: string) => token, isStale };
      const sent = await sendSigned({ ...signed, send: (token) => send(session, call, token) });
      if (!sent.ok) return plain(sent.fault);
      const { answer } = sent.value;
      if (answer.kind !== "answer") return plain(toUnansweredFault(answer, call.kind));
      const { status } = answer;
      const said = toAnswer({ status });
      if (status === 204 && call.empty !== undefined) return { ok: true, value: { status, value: call.empty, said } };
      const isGood = status >= 200 && status <= 299;
      // A batch is read record by record whatever its status: 400 may be a hundred refusals of one record each.
      const parsed = isGood || (call.isBatch === true && status < 500) ? call.schema.safeParse(answer.json) : undefined;
      if (parsed?.success === true) return { ok: true, value: { status, value: parsed.data, said } };
      if (!isGood || readVendorError(answer.json) !== undefined) return refuse(answer, call);
      return plain(toLostFault(call.kind, { ...said, message: "the answer is cut or not in Zoho's form" }));
    },
    judge: (error, subject) =>
      toFault({
        status: 207,
        error,
        kind: "write",
        subject,
        level: "record",
        isBatch: false,
        keyField,
        retryAfterMs: undefined,
        areCreditsSpent: false,
        secrets: auth.secrets(),
      }),
  };
}

const plain = (fault: ConnectorFault): Outcome<never, Refusal> => ({
  ok: false,
  fault: { fault, status: null, error: null },
});
