import type { z } from "zod";
import type { Cost } from "../../../src-shared/domain/budget.ts";
import type { Answer, ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { CrmAnswer, CrmRequest, CrmSession, Intent } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { sendSigned } from "../http/signed-send.ts";
import { toLostFault, toUnansweredFault, type RequestKind } from "../http/unanswered-fault.ts";
import type { Auth, Token } from "./auth.ts";
import { readLimit } from "./budget.ts";
import { toSignature } from "./credential.ts";
import { readVendorError, type VendorError } from "./error-body.ts";
import { toFault, type Subject } from "./faults.ts";

export type Call<T> = Readonly<{
  method: CrmRequest["method"];
  path: string;
  body?: unknown;
  kind: RequestKind;
  /** What a refusal would be about. */
  subject: Subject;
  /** The shape of a successful answer. */
  schema: z.ZodType<T>;
  cost: Cost;
  intents?: readonly Intent[];
  /** A read about the account, not about anybody's records (see the port). */
  aboutAccount?: boolean;
}>;

/** A refusal with Pipedrive's own words, where it gave any. */
export type Refusal = Readonly<{ fault: ConnectorFault; status: number | null; error: VendorError | null }>;

/** `said`: what Pipedrive answered, bounded, for the audit. `serverTimeMs`: its clock, where it told it. */
export type Reply<T> = Readonly<{ value: T; said: Answer; serverTimeMs: number | undefined }>;

export type Client = Readonly<{
  /** One signed request. Sent again only after Pipedrive refused it for an expired token, which proves that it did nothing. */
  call<T>(session: CrmSession, call: Call<T>): Promise<Outcome<Reply<T>, Refusal>>;
}>;

export type ClientOptions = Readonly<{
  auth: Auth;
  clock: Clock;
  /** Zone of the vendor's midnight. */
  timeZone: string;
  /** Fields that the contract lets us write. */
  fields: ReadonlySet<string>;
}>;

type Answered = Extract<CrmAnswer, { kind: "answer" }>;

const correlationOf = (answer: Answered): string | undefined => answer.headers["x-correlation-id"];

/** Only the vendor's own 401 proves that nothing was done. */
const isStale = ({ status, json }: Answered): boolean => status === 401 && readVendorError(json) !== undefined;

/** Speaks Pipedrive's dialect over a paced session: signs, tells refusals from lost answers, checks shapes. */
export function createClient({ auth, clock, timeZone, fields }: ClientOptions): Client {
  const refuse = <T>(answer: Answered, call: Call<T>): Outcome<never, Refusal> => {
    const { status } = answer;
    const error = readVendorError(answer.json);
    const limit = readLimit(answer, { nowMs: clock.now(), timeZone });
    const fault = toFault({
      status,
      error,
      kind: call.kind,
      subject: call.subject,
      fields,
      ...limit,
      correlationId: correlationOf(answer),
      secrets: auth.secrets(),
    });
    if (fault.kind === "blocked" && fault.reason === "auth_revoked") auth.forget();
    return { ok: false, fault: { fault, status, error: error ?? null } };
  };

  const send = <T>(session: CrmSession, call: Call<T>, { token, origin }: Token): Promise<CrmAnswer> =>
    session.send({
      method: call.method,
      path: call.path,
      ...(origin === undefined ? {} : { origin }),
      headers: toSignature(token),
      ...(call.body === undefined ? {} : { body: call.body }),
      cost: call.cost,
      intents: call.intents ?? [],
      aboutAccount: call.aboutAccount === true,
    });

  return {
    call: async (session, call) => {
      const signed = { session, auth, secretOf: ({ token }: Token) => token, isStale };
      const sent = await sendSigned({ ...signed, send: (token) => send(session, call, token) });
      if (!sent.ok) return plain(sent.fault);
      const { answer } = sent.value;
      if (answer.kind !== "answer") return plain(toUnansweredFault(answer, call.kind));
      // Some failures come with a status of success.
      const isRefused = readVendorError(answer.json) !== undefined;
      if (answer.status < 200 || answer.status > 299 || isRefused) return refuse(answer, call);
      const parsed = call.schema.safeParse(answer.json);
      const said = toAnswer({ status: answer.status, correlationId: correlationOf(answer) });
      const { serverTimeMs } = answer;
      if (parsed.success) return { ok: true, value: { value: parsed.data, said, serverTimeMs } };
      return plain(toLostFault(call.kind, { ...said, message: "the answer is cut or not in Pipedrive's form" }));
    },
  };
}

const plain = (fault: ConnectorFault): Outcome<never, Refusal> => ({
  ok: false,
  fault: { fault, status: null, error: null },
});
