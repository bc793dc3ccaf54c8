/** Where a command's words go. With `--json` people read stderr and the last line of stdout is one JSON object. */
export type Output = Readonly<{
  isJson: boolean;
  /** A line for people. */
  say(line: string): void;
  /** A line of the command's data, on stdout whatever the mode. */
  data(line: string): void;
  /** A remark for people that is no part of the answer. */
  note(line: string): void;
  /** The answer of the command: once, last. Without `--json` it is not shown. */
  answer(json: Readonly<Record<string, unknown>>): void;
  /** A display that changes in place on a terminal; elsewhere plain lines now and then. */
  progress: Progress;
}>;

export type Progress = Readonly<{ show(line: string): void; clear(): void }>;

/** How often progress is repeated where it cannot change in place. */
const plainIntervalMs = 5_000;
const liveIntervalMs = 100;

type Streams = Readonly<{ stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream }>;

export function createOutput({ stdout, stderr }: Streams, isJson: boolean, now: () => number): Output {
  const progress = createProgress(stderr, now);
  const say = (line: string) => {
    progress.clear();
    (isJson ? stderr : stdout).write(`${line}\n`);
  };
  return {
    isJson,
    say,
    data(line) {
      progress.clear();
      stdout.write(`${line}\n`);
    },
    note(line) {
      progress.clear();
      stderr.write(`${line}\n`);
    },
    answer(json) {
      progress.clear();
      if (isJson) stdout.write(`${JSON.stringify(json)}\n`);
    },
    progress,
  };
}

/** Shows progress on stderr; what it shows last is what is cleared. */
export function createProgress(stream: NodeJS.WriteStream, now: () => number): Progress {
  let shownAt = Number.NEGATIVE_INFINITY;
  let shown = "";
  const isLive = stream.isTTY;
  return {
    show(line) {
      const due = shownAt + (isLive ? liveIntervalMs : plainIntervalMs) <= now();
      if (!due || line === shown) return;
      shownAt = now();
      shown = line;
      stream.write(isLive ? `\r\u001b[K${line.slice(0, (stream.columns ?? 80) - 1)}` : `${line}\n`);
    },
    clear() {
      if (isLive && shown !== "") stream.write("\r\u001b[K");
      shown = "";
    },
  };
}
