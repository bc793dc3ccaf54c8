import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../ports/clock.ts";
import type { Redactor } from "./redactor.ts";

export type LogLevel = "info" | "warning" | "error";
export type LogFacts = Readonly<Record<string, string | number | boolean | null>>;

/** What happened to the engine itself, for those who help: never what calls or people are about. */
export type EngineLog = Readonly<{
  write(level: LogLevel, event: string, facts?: LogFacts, error?: unknown): void;
  /** The newest lines, oldest first. */
  tail(lines: number): readonly string[];
}>;

export type EngineLogOptions = Readonly<{
  dataDir: string;
  clock: Clock;
  /** Every text goes through it: there is no way past. */
  redactor: Redactor;
  maxBytes?: number;
  /** Files beside the one that is written. */
  keep?: number;
}>;

const defaultMaxBytes = 1_000_000;
const defaultKeep = 3;
const maxText = 2_000;
const maxFrames = 20;

/** Where the log lies: `logs/engine.log`, then `engine.1.log` and so on, older by number. */
const fileOf = (dataDir: string, number: number): string =>
  join(dataDir, "logs", number === 0 ? "engine.log" : `engine.${number}.log`);

/** Writes one JSON object a line. That it cannot be written stops nobody's work: the ledger is what counts. */
export function createEngineLog(options: EngineLogOptions): EngineLog {
  const { dataDir, clock, redactor, maxBytes = defaultMaxBytes, keep = defaultKeep } = options;
  const clean = (text: string): string => redactor.redact(text).slice(0, maxText);

  function rotate(): void {
    const current = fileOf(dataDir, 0);
    if (!existsSync(current) || statSync(current).size < maxBytes) return;
    rmSync(fileOf(dataDir, keep), { force: true });
    for (let number = keep - 1; number >= 0; number -= 1)
      if (existsSync(fileOf(dataDir, number))) renameSync(fileOf(dataDir, number), fileOf(dataDir, number + 1));
  }

  function toLine(level: LogLevel, event: string, facts: LogFacts, error: unknown): string {
    const told = Object.entries(facts).map(([name, value]) => [name, typeof value === "string" ? clean(value) : value]);
    const about = error === undefined ? {} : { error: toErrorFacts(redactor.toSafeError(error)) };
    return JSON.stringify({
      at: new Date(clock.now()).toISOString(),
      level,
      event,
      ...Object.fromEntries(told),
      ...about,
    });
  }

  return {
    write(level, event, facts = {}, error) {
      try {
        mkdirSync(join(dataDir, "logs"), { recursive: true });
        rotate();
        appendFileSync(fileOf(dataDir, 0), `${toLine(level, event, facts, error)}\n`, { mode: 0o600 });
      } catch {
        // A full disk is told of by what fails to be stored, not by the log that fails with it.
      }
    },
    tail: (lines) => readTail(dataDir, lines),
  };
}

function toErrorFacts({ name, message, stack = "" }: Error): object {
  const frames = stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, maxFrames)
    .map((line) => line.trim());
  return { name, message: message.slice(0, maxText), frames };
}

/** The newest lines of the log of a data folder, oldest first; none where there is no log. */
function readTail(dataDir: string, lines: number): readonly string[] {
  const files = [1, 0].map((number) => fileOf(dataDir, number)).filter((file) => existsSync(file));
  const all = files.flatMap((file) => readFileSync(file, "utf8").split("\n"));
  return all.filter((line) => line !== "").slice(-lines);
}
