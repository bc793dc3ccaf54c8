import { errors, type Dispatcher } from "undici";
import type { HttpOutcome, HttpRequest } from "../../engine/ports/http.ts";
import { decodeBody } from "./content-encoding.ts";

export type Exchange = Readonly<
  Omit<HttpRequest, "url" | "signal" | "timeoutMs"> & { url: URL; signal: AbortSignal; maxBytes: number }
>;

type RawAnswer = Readonly<{ status: number; headers: Readonly<Record<string, string>>; packed: Buffer }>;
type Raw = Readonly<{ kind: "raw"; answer: RawAnswer }> | Exclude<HttpOutcome, { kind: "answer" }>;

type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * One request on one dispatcher, sent once. `never_left` exactly when undici had not begun to write it to a connected
 * socket; everything after that which is no whole, readable answer is `lost`.
 */
export async function exchange(dispatcher: Dispatcher, asked: Exchange): Promise<HttpOutcome> {
  const raw = await dispatchOnce(dispatcher, asked);
  if (raw.kind !== "raw") return raw;
  const { status, headers, packed } = raw.answer;
  try {
    const body = await decodeBody(packed, headers["content-encoding"], asked.maxBytes);
    return { kind: "answer", status, headers, body };
  } catch (error) {
    return { kind: "lost", detail: `the answer (HTTP ${status}) could not be unpacked: ${describeError(error)}` };
  }
}

function dispatchOnce(dispatcher: Dispatcher, asked: Exchange): Promise<Raw> {
  if (asked.signal.aborted) return Promise.resolve({ kind: "never_left", detail: describeAbort(asked.signal) });
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let hasEnded = false;
    const onAbort = (): void => {
      fail(new Error(describeAbort(asked.signal)));
    };
    const end = (settle: () => void): void => {
      if (hasEnded) return;
      hasEnded = true;
      asked.signal.removeEventListener("abort", onAbort);
      settle();
    };
    const fail = (error: Error): void => {
      const kind = controller === undefined ? "never_left" : "lost";
      // A request that we built wrongly is a bug of ours, not a failure of the network.
      end(() => (isOurBug(error, kind) ? reject(error) : resolve({ kind, detail: describeError(error) })));
      controller?.abort(error);
    };
    const collect = createCollector(asked.maxBytes);
    asked.signal.addEventListener("abort", onAbort, { once: true });
    dispatcher.dispatch(toDispatchOptions(asked), {
      onRequestStart: (started) => {
        // Aborted while it waited for a connection, or undici about to send it a second time: nothing more is written.
        if (hasEnded || controller !== undefined) {
          started.abort(new Error("not sent"));
          fail(new Error("the connection closed before the answer"));
          return;
        }
        controller = started;
      },
      onResponseStart: (_controller, status, headers) => collect.start(status, headers),
      onResponseData: (_controller, chunk) => {
        if (!collect.add(chunk)) fail(new Error(`the answer is larger than ${asked.maxBytes} bytes`));
      },
      onResponseEnd: () => end(() => resolve({ kind: "raw", answer: collect.finish() })),
      onResponseError: (_controller, error) => fail(error),
    });
  });
}

function toDispatchOptions(asked: Exchange): Dispatcher.DispatchOptions {
  return {
    origin: asked.url.origin,
    path: `${asked.url.pathname}${asked.url.search}`,
    method: asked.method,
    headers: { ...asked.headers },
    body: asked.body ?? null,
  };
}

function createCollector(maxBytes: number) {
  const chunks: Buffer[] = [];
  let size = 0;
  let status = 0;
  let headers: Readonly<Record<string, string>> = {};
  return {
    start: (code: number, fields: HeaderFields): void => {
      // Informational answers (1xx) come before the real one.
      if (code < 200) return;
      status = code;
      headers = toPlainHeaders(fields);
    },
    /** False when the answer grew past the bound. */
    add: (chunk: Buffer): boolean => {
      size += chunk.length;
      if (size > maxBytes) return false;
      chunks.push(chunk);
      return true;
    },
    finish: (): RawAnswer => ({ status, headers, packed: Buffer.concat(chunks) }),
  };
}

function toPlainHeaders(fields: HeaderFields): Readonly<Record<string, string>> {
  const entries = Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [[name.toLowerCase(), typeof value === "string" ? value : value.join(", ")] as const];
  });
  return Object.fromEntries(entries);
}

const isOurBug = (error: Error, kind: "never_left" | "lost"): boolean =>
  kind === "never_left" && error instanceof errors.InvalidArgumentError;

function describeAbort(signal: AbortSignal): string {
  const isTimeout = signal.reason instanceof DOMException && signal.reason.name === "TimeoutError";
  return isTimeout ? "no whole answer in time" : "stopped by us";
}

/** A failure in words, with the system's code where there is one (`ECONNREFUSED`), for the audit and for people. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return "unknown failure";
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const cause = error instanceof AggregateError ? error.errors.map(describeError).join("; ") : error.message;
  const text = cause === "" ? error.name : cause;
  return code === undefined || text.includes(code) ? text : `${text} (${code})`;
}
