import type { z } from "zod";
import { toPathTest, type faultKind, type FaultRule } from "./fault-rule.ts";
import type { SandboxRequest } from "./message.ts";
import type { Random } from "./seeded-random.ts";

export type Fault = {
  readonly kind: z.infer<typeof faultKind>;
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly delayMs: number;
};

export type FaultEngine = {
  /** Replaces the rules; an empty list clears them. */
  readonly replace: (rules: readonly FaultRule[]) => void;
  /** The first rule that matches and fires; sign-in is left alone unless a rule names a path that matches it. */
  readonly pick: (request: SandboxRequest, isSignIn: boolean) => Fault | undefined;
};

type ArmedRule = {
  readonly fault: Fault;
  readonly matches: (request: SandboxRequest, isSignIn: boolean) => boolean;
  fires: () => boolean;
};

export function createFaultEngine(random: Random): FaultEngine {
  let armed: readonly ArmedRule[] = [];
  return {
    replace: (rules) => {
      armed = rules.map((rule) => arm(rule, random));
    },
    pick: (request, isSignIn) => armed.find((rule) => rule.matches(request, isSignIn) && rule.fires())?.fault,
  };
}

function arm(rule: FaultRule, random: Random): ArmedRule {
  const method = rule.match?.method?.toUpperCase();
  const matchesPath = rule.match?.path === undefined ? undefined : toPathTest(rule.match.path);
  let left = rule.times ?? Number.POSITIVE_INFINITY;
  return {
    fault: {
      kind: rule.kind,
      status: rule.status,
      headers: rule.headers ?? {},
      body: rule.body,
      delayMs: rule.delayMs ?? 0,
    },
    matches: (request, isSignIn) => {
      if (method !== undefined && method !== request.method) return false;
      return matchesPath === undefined ? !isSignIn : matchesPath(request.path);
    },
    fires: () => {
      if (left <= 0 || (rule.rate !== undefined && random() >= rule.rate)) return false;
      left -= 1;
      return true;
    },
  };
}
