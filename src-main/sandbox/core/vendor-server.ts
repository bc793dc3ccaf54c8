import type { SandboxClock } from "./clock.ts";
import type { Fault, FaultEngine } from "./fault-engine.ts";
import { toJsonAnswer, type Reaction, type SandboxAnswer, type SandboxRequest } from "./message.ts";

/** One request between its arrival and its answer. */
export type Turn = {
  /** Does the work at once and completely (also the refusals: sign-in, limits, rights), and says what the vendor answers. */
  readonly execute: () => SandboxAnswer;
  /** The caller has its answer, or its connection is gone: the place among the concurrent requests is free again. */
  readonly finish: () => void;
};

/** What a CRM has to say to be served. */
export type VendorApi = {
  readonly isSignIn: (request: SandboxRequest) => boolean;
  /** Called once when a request arrives: it is counted in every window here, whatever becomes of it. */
  readonly begin: (request: SandboxRequest) => Turn;
  /** The vendor's own body for an injected status whose rule gives none. */
  readonly toFaultAnswer: (status: number) => SandboxAnswer;
};

export type VendorServer = {
  readonly respond: (request: SandboxRequest) => Promise<Reaction>;
  /** Forgets commits that are still to come. */
  readonly reset: () => void;
};

type Deps = {
  readonly clock: SandboxClock;
  readonly faults: FaultEngine;
  /** How long the next answer waits, in ms of the sandbox clock. */
  readonly latencyMs: () => number;
};

/** Puts faults and latency around a vendor's API. Work is committed when the request arrives; answers may come later. */
export function createVendorServer(api: VendorApi, { clock, faults, latencyMs }: Deps): VendorServer {
  const lateCommits = new Set<() => void>();
  const commitLater = (turn: Turn, delayMs: number): void => {
    const cancel = clock.after(delayMs, () => {
      lateCommits.delete(cancel);
      turn.execute();
    });
    lateCommits.add(cancel);
  };
  const react = (turn: Turn, fault: Fault | undefined): Reaction => {
    switch (fault?.kind) {
      case undefined:
      case "delay":
        return { kind: "answer", answer: turn.execute() };
      case "status":
        return { kind: "answer", answer: toInjectedAnswer(fault, api.toFaultAnswer(fault.status ?? 500)) };
      case "malformed":
        return { kind: "answer", answer: toMalformed(turn.execute(), fault) };
      case "drop-after":
        turn.execute();
        return { kind: "close" };
      case "commit-late":
        commitLater(turn, fault.delayMs);
        return { kind: "close" };
      case "drop-before":
        return { kind: "close" };
      case "reset":
        return { kind: "reset" };
    }
  };
  return {
    respond: async (request) => {
      const turn = api.begin(request);
      try {
        const fault = faults.pick(request, api.isSignIn(request));
        const reaction = react(turn, fault);
        const holdMs = latencyMs() + (fault?.kind === "delay" ? fault.delayMs : 0);
        if (holdMs > 0) await clock.wait(holdMs);
        return reaction;
      } finally {
        turn.finish();
      }
    },
    reset: () => {
      for (const cancel of lateCommits) cancel();
      lateCommits.clear();
    },
  };
}

function toInjectedAnswer(fault: Fault, vendors: SandboxAnswer): SandboxAnswer {
  const answer = fault.body === undefined ? vendors : toGivenBody(vendors.status, fault.body);
  return { ...answer, headers: { ...answer.headers, ...fault.headers } };
}

function toGivenBody(status: number, body: unknown): SandboxAnswer {
  if (typeof body !== "string") return toJsonAnswer(status, body);
  return { status, headers: { "content-type": "text/html;charset=utf-8" }, body };
}

function toMalformed(answer: SandboxAnswer, fault: Fault): SandboxAnswer {
  const text = answer.body.length > 0 ? answer.body.toString("utf8") : "{}";
  const status = fault.status ?? (answer.status === 204 ? 200 : answer.status);
  const body = typeof fault.body === "string" ? fault.body : text.slice(0, Math.floor(text.length / 2));
  return { status, headers: { "content-type": "application/json", ...answer.headers, ...fault.headers }, body };
}
