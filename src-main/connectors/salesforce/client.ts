import { z } from "zod";
import type { Answer, ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { CrmAnswer, CrmRequest, CrmSession, Intent } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { parseRetryAfter } from "../http/retry-after.ts";
import { sendSigned } from "../http/signed-send.ts";
import { toLostFault, toUnansweredFault, type RequestKind } from "../http/unanswered-fault.ts";
import type { Auth } from "./auth.ts";
import { isUsedUp, readUsage } from "./budget.ts";
import { isAddressList, readVendorErrors, type VendorError } from "./error-body.ts";
import { toFault, type Subject } from "./faults.ts";
import type { Token } from "./granter.ts";
import { batchPath, callCost } from "./wire.ts";

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
  intents?: readonly Intent[];
  /** A read about the account, not about anybody's records (see the port). */
  aboutAccount?: boolean;
  /** Records in the request. */
  rows?: number;
}>;

/** A refusal with Salesforce's own words, where it gave any. */
export type Refusal = Readonly<{ fault: ConnectorFault; status: number | null; errors: readonly VendorError[] }>;

/** `said`: what Salesforce answered, bounded, for the audit. `origin`: where the org answered, if not at the base URL. */
export type Reply<T> = Readonly<{ status: number; value: T; said: Answer; origin: string | undefined }>;

export type RowAsk = Readonly<{ subject: Subject; rows: number; createOnly: ReadonlySet<string> }>;

export type Client = Readonly<{
  /** One signed request. Sent again only after Salesforce refused it for an expired session, which proves that it did nothing. */
  call<T>(session: CrmSession, call: Call<T>): Promise<Outcome<Reply<T>, Refusal>>;
  /** Reads several resources in one request; the next call of each path takes its answer from there. */
  prefetch(session: CrmSession, paths: readonly string[]): Promise<Outcome<null, Refusal>>;
  /** The fault of one row of a collection that was taken as a whole. */
  judge(errors: readonly VendorError[], ask: RowAsk): ConnectorFault;
}>;

export type ClientOptions = Readonly<{ auth: Auth; clock: Clock; keyField: string }>;

type Answered = Extract<CrmAnswer, { kind: "answer" }>;

/** Speaks Salesforce's dialect over a paced session: signs, tells refusals from lost answers, checks shapes. */
export function createClient({ auth, clock, keyField }: ClientOptions): Client {
  const refuse = <T>(answer: Answered, call: Call<T>): Outcome<never, Refusal> => {
    const errors = readVendorErrors(answer.json);
    const fault = toFault({
      status: answer.status,
      errors,
      kind: call.kind,
      subject: call.subject,
      rows: call.rows ?? 1,
      keyField,
      createOnly: new Set(),
      isDayUsedUp: isUsedUp(readUsage(answer.headers)),
      retryAfterMs: parseRetryAfter(answer.headers["retry-after"], answer.serverTimeMs ?? clock.now()),
      correlationId: answer.headers["x-request-id"],
      secrets: auth.secrets(),
    });
    if (fault.kind === "blocked" && fault.reason === "auth_revoked") auth.forget();
    return { ok: false, fault: { fault, status: answer.status, errors } };
  };

  const send = <T>(session: CrmSession, call: Call<T>, token: Token): Promise<CrmAnswer> =>
    session.send({
      method: call.method,
      path: call.path,
      ...(token.origin === undefined ? {} : { origin: token.origin }),
      headers: { ...call.headers, authorization: `Bearer ${token.value}` },
      ...(call.body === undefined ? {} : { body: call.body }),
      cost: callCost,
      intents: call.intents ?? [],
      aboutAccount: call.aboutAccount === true,
    });

  const fetched = new Map<string, Sent>();
  const fetchSigned = async <T>(session: CrmSession, call: Call<T>): Promise<Outcome<Sent, Refusal>> => {
    const sent = await sendSigned({
      session,
      auth,
      secretOf: ({ value }: Token) => value,
      isStale: (answer) => isExpired(answer, call, keyField),
      send: (token) => send(session, call, token),
    });
    if (!sent.ok) return plain(sent.fault);
    const { answer, token } = sent.value;
    return { ok: true, value: { answer, origin: token.origin } };
  };

  const take = async <T>(session: CrmSession, call: Call<T>): Promise<Outcome<Sent, Refusal>> => {
    const ready = call.method === "GET" ? fetched.get(call.path) : undefined;
    if (ready === undefined) return fetchSigned(session, call);
    fetched.delete(call.path);
    return { ok: true, value: ready };
  };

  return {
    call: async (session, call) => {
      const sent = await take(session, call);
      if (!sent.ok) return sent;
      const { answer, origin } = sent.value;
      if (answer.kind !== "answer") return plain(toUnansweredFault(answer, call.kind));
      const { status } = answer;
      if (status === 300 && !isAddressList(answer.json)) return plain(toLostFault(call.kind, { status }));
      if (status < 200 || status > 299) return refuse(answer, call);
      const parsed = call.schema.safeParse(answer.json);
      const said = toAnswer({ status, correlationId: answer.headers["x-request-id"] });
      if (parsed.success) return { ok: true, value: { status, value: parsed.data, said, origin } };
      return plain(toLostFault(call.kind, { ...said, message: "the answer is cut or not in Salesforce's form" }));
    },
    prefetch: async (session, paths) => {
      fetched.clear();
      const sent = await fetchSigned(session, toBatch(paths));
      if (!sent.ok) return sent;
      const { answer, origin } = sent.value;
      if (answer.kind !== "answer") return plain(toUnansweredFault(answer, "read"));
      if (answer.status !== 200) return refuse(answer, toBatch(paths));
      const parsed = batchAnswer.safeParse(answer.json);
      if (!parsed.success || parsed.data.results.length !== paths.length)
        return plain(toLostFault("read", { status: 200, message: "the answer is cut or not in Salesforce's form" }));
      for (const [at, path] of paths.entries()) {
        const { statusCode: status = 0, result: json } = parsed.data.results[at] ?? {};
        fetched.set(path, { answer: { ...answer, status, json }, origin });
      }
      return { ok: true, value: null };
    },
    judge: (errors, { subject, rows, createOnly }) =>
      toFault({
        status: 400,
        errors,
        kind: "write",
        subject,
        rows,
        keyField,
        createOnly,
        isDayUsedUp: false,
        retryAfterMs: undefined,
        secrets: auth.secrets(),
      }),
  };
}

type Sent = Readonly<{ answer: CrmAnswer; origin: string | undefined }>;

const batchAnswer = z.looseObject({
  results: z.array(z.looseObject({ statusCode: z.number(), result: z.unknown() })),
});

/** Paths of the data API without the part that they have in common, as a batch wants them. */
const toBatch = (paths: readonly string[]): Call<unknown> => ({
  method: "POST",
  path: batchPath,
  body: { batchRequests: paths.map((path) => ({ method: "GET", url: path.replace(/^\/services\/data\//, "") })) },
  kind: "read",
  subject: "other",
  schema: batchAnswer,
  aboutAccount: true,
});

const plain = (fault: ConnectorFault): Outcome<never, Refusal> => ({
  ok: false,
  fault: { fault, status: null, errors: [] },
});

/** A 401 that another token would help; those of a wrong set-up would be refused again. */
function isExpired<T>(answer: Answered, call: Call<T>, keyField: string): boolean {
  if (answer.status !== 401) return false;
  const fault = toFault({
    status: answer.status,
    errors: readVendorErrors(answer.json),
    kind: call.kind,
    subject: call.subject,
    rows: 1,
    keyField,
    createOnly: new Set(),
    isDayUsedUp: false,
    retryAfterMs: undefined,
    secrets: [],
  });
  return fault.kind === "blocked" && fault.reason === "auth_revoked";
}
