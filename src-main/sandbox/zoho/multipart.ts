import type { SandboxRequest } from "../core/message.ts";

type Part = { readonly name: string; readonly fileName: string | undefined; readonly bytes: Buffer };

/** The parts of a multipart body by name; empty for any other body. */
export function readParts(request: Pick<SandboxRequest, "headers" | "body">): ReadonlyMap<string, Buffer> {
  return new Map(splitBody(request).map(({ name, bytes }) => [name, bytes]));
}

/** The first part that is a file, with the name that it was given. */
export function readFile(
  request: Pick<SandboxRequest, "headers" | "body">,
): { readonly name: string; readonly bytes: Buffer } | undefined {
  const [found] = splitBody(request).flatMap(({ fileName, bytes }) =>
    fileName === undefined ? [] : [{ name: fileName, bytes }],
  );
  return found;
}

function splitBody({ headers, body }: Pick<SandboxRequest, "headers" | "body">): readonly Part[] {
  const parts: Part[] = [];
  const type = headers["content-type"] ?? "";
  const boundary = /^multipart\/.*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined) return parts;
  const mark = Buffer.from(`--${boundary}`);
  for (let from = body.indexOf(mark); from >= 0;) {
    const next = body.indexOf(mark, from + mark.length);
    if (next < 0) return parts;
    const part = body.subarray(from + mark.length + 2, next - 2);
    const split = part.indexOf("\r\n\r\n");
    const head = split < 0 ? "" : part.subarray(0, split).toString("utf8");
    const name = /\bname="?([^";\r\n]+)"?/i.exec(head)?.[1];
    const fileName = /\bfilename="?([^";\r\n]+)"?/i.exec(head)?.[1];
    if (name !== undefined) parts.push({ name, fileName, bytes: part.subarray(split + 4) });
    from = next;
  }
  return parts;
}
