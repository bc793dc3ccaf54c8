import type { IncomingHttpHeaders } from "node:http";
import type { Http, HttpOutcome, HttpRequest } from "../../src-main/engine/ports/http.ts";
import type { SandboxAnswer, SandboxRequest } from "../../src-main/sandbox/core/message.ts";
import type { CrashPlan } from "./crash.ts";
import type { CrmStage } from "./stage.ts";
import type { Chance, World } from "./world.ts";

/** What may become of a request, and of how many in a storm. */
export const networkFaults = [
  "never_left",
  "lost_before",
  "lost_after",
  "commit_late",
  "half_answer",
  "malformed",
  "empty",
  "error_before",
  "error_after",
  "slow_answer",
  "timeout_after",
  "too_many",
] as const;
export type NetworkFault = (typeof networkFaults)[number];

/**
 * How likely a fault is per request, how likely seconds on the way to the CRM, and how likely a write gets lost before it comes,
 * beside the faults; `isOffline`: nothing leaves the PC.
 */
export type Weather = Readonly<{
  share: number;
  faults: readonly NetworkFault[];
  slowShare: number;
  lostWrites: number;
  isOffline: boolean;
}>;
export const calm: Weather = { share: 0, faults: networkFaults, slowShare: 0.08, lostWrites: 0, isOffline: false };

export type NetworkParts = Readonly<{
  world: World;
  chance: Chance;
  /** Dice of its own for writes that get lost. */
  line: Chance;
  stages: readonly CrmStage[];
  crash: CrashPlan;
  weather: () => Weather;
  /** Whether the process that asks is still alive. */
  isAlive: () => boolean;
  /** A write is about to leave: the last look at the ledger and at the payload. */
  onWrite: (stage: CrmStage, request: HttpRequest) => void;
  /** A write was executed by the CRM. */
  onExecuted: (stage: CrmStage) => void;
  /** The PC knows what became of a request: `isCertain` when it was answered in full, or provably never left. */
  onEnd: (stage: CrmStage, request: HttpRequest, isCertain: boolean) => void;
}>;

type Ending =
  | Readonly<{ kind: "answer"; answer: SandboxAnswer; date: string }>
  | Readonly<{ kind: "lost"; detail: string }>;

const forEver = (): Promise<never> => new Promise(() => undefined);

function toSandboxRequest({ method, url, headers, body }: HttpRequest): SandboxRequest {
  const { pathname, searchParams } = new URL(url);
  const lower: IncomingHttpHeaders = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return { method, path: pathname, query: searchParams, headers: lower, body: Buffer.from(body ?? "") };
}

function toOutcome(ending: Ending): HttpOutcome {
  if (ending.kind === "lost") return ending;
  const { status, headers, body } = ending.answer;
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { kind: "answer", status, headers: { date: ending.date, ...lower }, body: body.toString() };
}

const page = (status: number, body: string): SandboxAnswer => ({
  status,
  headers: { "content-type": "text/html" },
  body,
});

/** Whatever the vendor's own servers and everything before them may say instead of the answer. */
function distort(fault: NetworkFault | null, answer: SandboxAnswer, chance: Chance): SandboxAnswer {
  if (fault === "malformed") return { ...answer, body: answer.body.toString().slice(0, answer.body.length >> 1) };
  if (fault === "empty") return { ...answer, body: "" };
  if (fault === "error_after") return page(chance.pick([500, 502, 503, 504, 408, 520]), "<html>Bad Gateway</html>");
  return answer;
}

/**
 * The way from the engine to the CRMs' own request handlers, without sockets: latency, losses and lies are the seed's. A
 * request that left is executed at most once, and never later than the quiet time after it was sent.
 */
export function createNetwork(parts: NetworkParts): Http & Readonly<{ inFlight: () => number }> {
  const { world, chance, crash } = parts;
  /** Requests that a CRM may still execute. */
  let underWay = 0;

  function stageOf(url: string): CrmStage {
    const origin = new URL(url).origin;
    const found = parts.stages.find((stage) => stage.origin === origin);
    if (found === undefined) throw new Error(`a request left for ${origin}, where no CRM is`);
    return found;
  }

  function pickFault(isWrite: boolean): NetworkFault | null {
    const { share, faults, lostWrites, isOffline } = parts.weather();
    if (isOffline) return "never_left";
    if (isWrite && lostWrites > 0 && parts.line.isHit(lostWrites)) return "lost_before";
    if (!chance.isHit(share)) return null;
    const fault = chance.pick(faults);
    // A read that is executed late changes nothing.
    return fault === "commit_late" && !isWrite ? "lost_before" : fault;
  }

  /** The CRM takes the request; the answer is ready at once and leaves when its work is done. */
  function execute(stage: CrmStage, request: SandboxRequest): Readonly<{ answer: SandboxAnswer; finish: () => void }> {
    const turn = stage.sandbox.api.begin(request);
    const answer = turn.execute();
    if (stage.isWrite(request.method, request.path)) parts.onExecuted(stage);
    return { answer, finish: turn.finish };
  }

  function refuse(stage: CrmStage, fault: NetworkFault): SandboxAnswer {
    if (fault === "too_many") {
      const answer = stage.sandbox.api.toFaultAnswer(429);
      // Some ask for minutes.
      return chance.isHit(0.3)
        ? { ...answer, headers: { ...answer.headers, "retry-after": String(chance.between(90, 600)) } }
        : answer;
    }
    return page(chance.pick([500, 502, 503]), "<html>Service Unavailable</html>");
  }

  const dateOf = (stage: CrmStage): string => new Date(Math.floor(stage.clock.now() / 1_000) * 1_000).toUTCString();

  /** One request through the air; `end` is called once with what the PC sees. */
  function fly(
    stage: CrmStage,
    request: SandboxRequest,
    fault: NetworkFault | null,
    ask: Readonly<{ kind: string; timeoutMs: number; end: (ending: Ending) => void }>,
  ): void {
    const up = chance.isHit(parts.weather().slowShare) ? chance.between(500, 3_000) : chance.between(5, 120);
    const work = chance.between(2, chance.isHit(0.1) ? 2_500 : 150);
    // An answer may come when hardly anybody waits for it any more, or a moment too late.
    const down =
      fault === "slow_answer" ? chance.between(Math.floor(ask.timeoutMs / 2), ask.timeoutMs) : chance.between(5, 120);
    const lost = (detail: string, ms: number): void =>
      void world.after(ms, "outside", () => ask.end({ kind: "lost", detail }));
    underWay += 1;
    const arrive = (): void => {
      underWay -= 1;
    };
    const run = (): ReturnType<typeof execute> => {
      arrive();
      const done = execute(stage, request);
      world.after(work, "outside", done.finish);
      crash.isKilledAt(`http:${ask.kind}:sent`);
      return done;
    };
    if (fault === "lost_before") {
      arrive();
      return lost("the connection was reset", up + down);
    }
    if (fault === "commit_late") {
      world.after(chance.between(up, Math.floor(1.7 * ask.timeoutMs)), "outside", () => void run());
      return lost("the connection was reset", up);
    }
    world.after(up, "outside", () => {
      if (fault === "too_many" || fault === "error_before") {
        arrive();
        const answer = refuse(stage, fault);
        const date = dateOf(stage);
        world.after(down, "outside", () => ask.end({ kind: "answer", answer, date }));
        return;
      }
      const done = run();
      if (fault === "lost_after" || fault === "half_answer") return lost("the connection closed", work + down);
      // No answer in time: the timeout of the PC ends it.
      if (fault === "timeout_after") return;
      const answer = distort(fault, done.answer, chance);
      world.after(work, "outside", () => {
        const date = dateOf(stage);
        world.after(down, "outside", () => ask.end({ kind: "answer", answer, date }));
      });
    });
  }

  async function send(asked: HttpRequest): Promise<HttpOutcome> {
    if (!parts.isAlive()) return forEver();
    const stage = stageOf(asked.url);
    const { pathname } = new URL(asked.url);
    const isWrite = stage.isWrite(asked.method, pathname);
    const kind = isWrite ? "write" : "read";
    if (isWrite) parts.onWrite(stage, asked);
    if (crash.isKilledAt(`http:${kind}:before`)) return forEver();
    const fault = pickFault(isWrite);
    world.trace(`${stage.crm} ${asked.method} ${pathname} ${fault ?? ""}`);
    if (fault === "never_left") {
      await new Promise<void>((resolve) => void world.after(chance.between(1, 2_000), "engine", resolve));
      parts.onEnd(stage, asked, true);
      return { kind: "never_left", detail: "connection refused" };
    }
    const ending = await new Promise<Ending>((resolve) => {
      let isOver = false;
      const finish = (seen: Ending): void => {
        if (isOver) return;
        isOver = true;
        world.cancel(timeout);
        asked.signal?.removeEventListener("abort", stop);
        resolve(seen);
      };
      const stop = (): void => finish({ kind: "lost", detail: "stopped by us" });
      const timeout = world.after(asked.timeoutMs, "engine", () =>
        finish({ kind: "lost", detail: "no answer in time" }),
      );
      asked.signal?.addEventListener("abort", stop, { once: true });
      const end = (seen: Ending): void =>
        world.whenAwake(() => {
          if (!parts.isAlive() || isOver) return;
          if (crash.isKilledAt(`http:${kind}:answered`)) return;
          finish(seen);
        });
      fly(stage, toSandboxRequest(asked), fault, { kind, timeoutMs: asked.timeoutMs, end });
    });
    if (!parts.isAlive()) return forEver();
    world.trace(`${stage.crm} ${pathname} ${ending.kind === "answer" ? ending.answer.status : ending.detail}`);
    const isWhole = fault === null || fault === "too_many" || fault === "slow_answer";
    parts.onEnd(stage, asked, ending.kind === "answer" && isWhole);
    return toOutcome(ending);
  }

  return { request: send, close: () => Promise.resolve(), inFlight: () => underWay };
}
