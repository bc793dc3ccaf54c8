import type { SandboxRequest } from "../core/message.ts";

/** The parts of a multipart body by name; empty for any other body. */
export function readParts({ headers, body }: Pick<SandboxRequest, "headers" | "body">): ReadonlyMap<string, Buffer> {
  const parts = new Map<string, Buffer>();
  const type = headers["content-type"] ?? "";
  const boundary = /^multipart\/.*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined) return parts;
  const mark = Buffer.from(`--${boundary}`);
  for (let from = body.indexOf(mark); from >= 0;) {
    const next = body.indexOf(mark, from + mark.length);
    if (next < 0) return parts;
    const part = body.subarray(from + mark.length + 2, next - 2);
    const split = part.indexOf("\r\n\r\n");
    const name = split < 0 ? undefined : /\bname="?([^";\r\n]+)"?/i.exec(part.subarray(0, split).toString("utf8"))?.[1];
    if (name !== undefined) parts.set(name, part.subarray(split + 4));
    from = next;
  }
  return parts;
}
