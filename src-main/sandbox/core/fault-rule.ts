import { z } from "zod";

/**
 * - `status` answers with `status`, `headers` and `body` before anything is committed;
 * - `drop-before` closes the connection and commits nothing, `reset` does so by a TCP reset;
 * - `drop-after` commits and closes without an answer; `commit-late` closes, then commits after `delayMs`;
 * - `delay` commits and holds the answer back for `delayMs`;
 * - `malformed` commits and answers with half a body, or with `body` as it is given.
 */
export const faultKind = z.enum(["status", "drop-before", "drop-after", "commit-late", "delay", "malformed", "reset"]);

/** Times are in ms of the sandbox clock. `rate` is the share of matching requests, `times` how often the rule fires at most. */
export const faultRule = z
  .strictObject({
    match: z.strictObject({ method: z.string().min(1).optional(), path: z.string().min(1).optional() }).optional(),
    kind: faultKind,
    status: z.int().min(200).max(599).optional(),
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    delayMs: z.int().min(0).optional(),
    rate: z.number().min(0).max(1).optional(),
    times: z.int().positive().optional(),
  })
  .refine((rule) => rule.delayMs !== undefined || (rule.kind !== "delay" && rule.kind !== "commit-late"), {
    path: ["delayMs"],
    message: "is needed for this kind",
  });

export type FaultRule = z.infer<typeof faultRule>;

/**
 * A path pattern matches when it stands somewhere in the request's path: literally, with `*` for anything, or as a
 * regular expression.
 */
export function toPathTest(pattern: string): (path: string) => boolean {
  const expressions = [toGlob(pattern), toExpression(pattern)].filter((expression) => expression !== undefined);
  return (path) => path.includes(pattern) || expressions.some((expression) => expression.test(path));
}

function toGlob(pattern: string): RegExp | undefined {
  if (!pattern.includes("*")) return undefined;
  return new RegExp(pattern.replace(/[\\^$.+?()[\]{}|]/g, "\\$&").replaceAll("*", ".*"));
}

function toExpression(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern);
  } catch {
    return undefined; // Not an expression: the literal reading stands.
  }
}
