import type { z } from "zod";
import { badJson } from "./refusal.ts";

/** The two parts of a multipart job: `job` as JSON and `content` as CSV. Throws a `Refusal`. */
export function readJobForm<T extends z.ZodType>(
  body: string,
  contentType: string,
  schema: T,
): { readonly job: z.output<T>; readonly content: string } {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) throw badJson("The multipart body names no boundary.");
  const parts = new Map(
    body.split(`--${boundary}`).flatMap((part) => {
      const [head = "", ...rest] = part.split(/\r?\n\r?\n/);
      const name = /name="([^"]+)"/i.exec(head)?.[1];
      return name === undefined ? [] : [[name, rest.join("\n\n").replace(/\r?\n$/, "")] as const];
    }),
  );
  const checked = schema.safeParse(toJson(parts.get("job") ?? ""));
  if (!checked.success) throw badJson("The part job is no description of a job.");
  return { job: checked.data, content: parts.get("content") ?? "" };
}

function toJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    throw badJson("The part job is not JSON.");
  }
}
