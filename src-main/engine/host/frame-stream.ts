import type { Socket } from "node:net";

export type FrameReader = Readonly<{
  /** One line as parsed JSON. */
  onFrame(frame: unknown): void;
  /** The stream breaks the protocol (too long a line, no JSON): the connection is of no further use. */
  onBroken(problem: string): void;
}>;

/** Cuts a socket's bytes into lines of at most `maxBytes()` and parses them as JSON. */
export function readFrames(socket: Socket, maxBytes: () => number, reader: FrameReader): void {
  let parts: Buffer[] = [];
  let size = 0;
  let broken = false;
  const fail = (problem: string) => {
    broken = true;
    parts = [];
    reader.onBroken(problem);
  };
  const finish = (tail: Buffer) => {
    const line = Buffer.concat([...parts, tail]).toString("utf8");
    parts = [];
    size = 0;
    if (line.trim() === "") return;
    let frame: unknown;
    try {
      frame = JSON.parse(line);
    } catch {
      fail("a line is not JSON");
      return;
    }
    reader.onFrame(frame);
  };
  socket.on("data", (chunk: Buffer) => {
    let rest = chunk;
    while (!broken) {
      const end = rest.indexOf(0x0a);
      const length = end === -1 ? rest.length : end;
      if (size + length > maxBytes()) return fail("a line is too long");
      if (end === -1) {
        parts.push(rest);
        size += rest.length;
        return;
      }
      finish(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
  });
}

/** One frame as a line. */
export const toLine = (frame: unknown): string => `${JSON.stringify(frame)}\n`;
