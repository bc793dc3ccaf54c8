import { appendFile, writeFile } from "node:fs/promises";

/** A call as the demo's office makes it; `other` is the number outside. */
type Scene = Readonly<{
  other: string;
  direction: "In" | "Out" | "Internal";
  /** Seconds of talk. */
  talk: number;
  result: "Answered" | "Missed" | "Voicemail" | "No answer";
  agent: string;
  extension: string;
}>;

const scene = (
  other: string,
  talk: number,
  agent: string,
  extension: string,
  change: Partial<Pick<Scene, "direction" | "result">> = {},
): Scene => ({ other, talk, agent, extension, direction: "In", result: "Answered", ...change });

/**
 * An office's day in a nutshell, again and again: mostly calls that everything is right with, and a stranger (held), two
 * people with one number and a call that is too long for the CRMs' rules (failed), a hidden number and a call between
 * colleagues (skipped).
 */
const scenes: readonly Scene[] = [
  scene("+447700900134", 429, "Alice Example", "201"),
  scene("+447700900201", 63, "Bob Sample", "202", { direction: "Out" }),
  scene("+447700900783", 187, "Carla Muster", "203"),
  scene("+447700900672", 95, "Dan Specimen", "204"),
  scene("+447700900904", 512, "Alice Example", "201", { direction: "Out" }),
  scene("+447700900345", 0, "", "203", { result: "Missed" }),
  scene("+441614960114", 241, "Carla Muster", "203"),
  scene("+447700900826", 33, "Bob Sample", "202"),
  scene("204", 152, "Alice Example", "201", { direction: "Internal" }),
  scene("+447700900456", 640, "Dan Specimen", "204", { direction: "Out" }),
  scene("+447700900233", 0, "", "201", { result: "Voicemail" }),
  scene("+447700900947", 5_160, "Carla Muster", "203"),
  scene("+447700900561", 276, "Alice Example", "201"),
  scene("Withheld", 121, "Bob Sample", "202"),
  scene("+447700900187", 74, "Dan Specimen", "204"),
  scene("+447700900598", 48, "Alice Example", "201"),
  scene("+447700900377", 0, "Bob Sample", "202", { direction: "Out", result: "No answer" }),
  scene("+447700900745", 305, "Carla Muster", "203"),
];

const office = "+442079460011";
const head = "Date,Time,Caller,Callee,Direction,Duration,Result,Agent,Call ID";
const two = (value: number): string => String(value).padStart(2, "0");

/** One line of the log: a call that ended at `endedAt`. */
export function toLine(index: number, endedAt: number, timeZone: string): string {
  const call = scenes[index % scenes.length] ?? scene(office, 0, "", "201");
  const began = endedAt - call.talk * 1_000;
  const day = new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "short" }).format(began);
  const time = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "medium" }).format(began);
  const length = `${Math.floor(call.talk / 3_600)}:${two(Math.floor(call.talk / 60) % 60)}:${two(call.talk % 60)}`;
  const parties = call.direction === "In" ? [call.other, office] : [call.extension, call.other];
  return [
    day,
    time,
    ...parties,
    call.direction,
    length,
    call.result,
    call.agent,
    `D-${String(index + 1).padStart(6, "0")}`,
  ].join(",");
}

export type LiveFeed = Readonly<{ stop(): Promise<void> }>;

/** Calls that end together. A log is read when it was quiet for some seconds, so a row at a time would be read late. */
const callsAtOnce = 3;

/**
 * A call that has just ended may get more rows and waits a minute for them; one that is reported late is final and goes
 * out at once. Of three calls that are written together, one has just ended.
 */
const lateMs = 12 * 60_000;
const endOf = (index: number, now: number): number => (index % callsAtOnce === 0 ? now : now - lateMs);

/** Goes on writing calls to a log as a phone system does, some rows every `everyMs`. */
export async function startLiveFeed(
  ask: Readonly<{
    file: string;
    everyMs: number;
    timeZone: string;
    now: () => number;
    onError: (error: unknown) => void;
  }>,
): Promise<LiveFeed> {
  const { file, everyMs, timeZone, now } = ask;
  await writeFile(file, `${head}\n`);
  let written = 0;
  let writing = Promise.resolve();
  const write = (): void => {
    const lines = Array.from({ length: callsAtOnce }, () => `${toLine(written, endOf(written++, now()), timeZone)}\n`);
    writing = writing.then(() => appendFile(file, lines.join(""))).catch(ask.onError);
  };
  write();
  const timer = setInterval(write, everyMs);
  return {
    stop() {
      clearInterval(timer);
      return writing;
    },
  };
}
