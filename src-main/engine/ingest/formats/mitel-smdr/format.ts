import { z } from "zod";
import { readSeconds } from "../../presets/cell-values.ts";
import { createYearCounter, settleFirstYear, type MonthDay } from "../../presets/date-settling.ts";
import { createLineFormat, type LinePreset, type LogLine } from "../../presets/line-format.ts";
import type { Ending, RowFacts, RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { quoteValue, skip } from "../log-format.ts";
import { findWidth, isTrunk, readSmdrLine, type SmdrLine } from "./line.ts";

const enoughShare = 0.5;

const stateSchema = z.strictObject({
  width: z.union([z.literal(4), z.literal(7)]),
  /** Year of the first line. */
  year: z.int(),
});

type Parties = Pick<RowFacts, "direction" | "from" | "to" | "agent" | "caller">;

/** An extension, or an attendant as written. */
function toOwn(party: string, { numbers }: RowTools): string | null {
  return numbers.isExtension(party) ? numbers.toOwn(party) : null;
}

const toAgent = (party: string, tools: RowTools): string | null =>
  toOwn(party, tools) ?? (/^ATT/i.test(party) ? party : null);

function readParties(line: SmdrLine, tools: RowTools): Parties {
  const { numbers } = tools;
  // Who took the call over talked last.
  const last = line.third === "" || isTrunk(line.third) ? line.called : line.third;
  if (isTrunk(line.calling)) {
    const dialled = line.dnis === "" ? null : numbers.toOwn(line.dnis);
    return {
      direction: "inbound",
      from: numbers.toRemote(line.ani === "" ? line.digits : line.ani),
      to: dialled ?? toOwn(line.called, tools),
      agent: toAgent(last, tools),
      caller: null,
    };
  }
  const from = toOwn(line.calling, tools);
  const caller = from ?? toAgent(line.calling, tools);
  const target = line.called === "" ? line.digits : line.called;
  if (isTrunk(line.called) || !numbers.isExtension(target)) {
    return { direction: "outbound", from, to: numbers.toDialled(line.digits), agent: null, caller };
  }
  return { direction: "internal", from, to: numbers.toOwn(target), agent: toAgent(last, tools), caller };
}

/** Completion: answered, busy, error or no answer, toll denied and other refusals. */
function toEnding({ completion, answer }: SmdrLine, talk: number): Ending {
  if (completion === "B") return "busy";
  if (completion === "T" || completion === "I" || completion === "O") return talk > 0 ? "answered" : "failed";
  return talk > 0 && answer !== "***" ? "answered" : "none";
}

function toFacts(line: SmdrLine, year: number, tools: RowTools): RowReading {
  const talk = readSeconds("duration", line.duration);
  if (typeof talk !== "number") return talk;
  const ending = toEnding(line, talk);
  const pad = (value: number): string => String(value).padStart(2, "0");
  return {
    start: { text: `${year}-${pad(line.month)}-${pad(line.day)} ${line.time}` },
    key: null,
    ...readParties(line, tools),
    called: "person",
    ending,
    talk: ending === "answered" ? talk : 0,
    ring: /^\d+$/.test(line.answer) ? Number(line.answer) : 0,
    identity: [line.duration, line.calling, line.called, line.digits],
  };
}

function createReader(tools: RowTools, settled: string): (line: LogLine) => RowReading {
  const { width, year } = stateSchema.parse(JSON.parse(settled));
  const years = createYearCounter(year);
  return ({ text, terminated }) => {
    const line = readSmdrLine(text, width);
    if (line === null) {
      const reason = terminated ? "malformed" : "truncated_tail";
      return skip(reason, `${quoteValue(text.trim())} does not fit the columns of the log`);
    }
    // The called party stands at the end: without it a line that lacks its end is cut.
    if (!terminated && line.called === "" && line.completion === "")
      return skip("truncated_tail", "the last line is cut");
    return toFacts(line, years.read(line), tools);
  };
}

const preset: LinePreset = {
  id: "mitel-smdr",
  title: "Mitel MiVoice Business SMDR",
  detect: (lines) => {
    const found = findWidth(lines);
    if (found === null || found.fitting < lines.length * enoughShare) return null;
    return {
      score: 0.92,
      evidence: [
        `${found.fitting} of ${lines.length} lines have a date without year, a time, a duration and parties of ${found.width} places`,
      ],
    };
  },
  settle: async (lines, all, context) => {
    const width = findWidth(lines)?.width ?? 4;
    async function* dates(): AsyncGenerator<MonthDay, void, undefined> {
      for await (const text of all()) {
        const line = readSmdrLine(text, width);
        if (line !== null) yield line;
      }
    }
    return JSON.stringify({ width, year: await settleFirstYear(dates(), context) });
  },
  open: createReader,
};

/**
 * Mitel MiVoice Business and SX SMDR: fixed columns, month and day without year, the start to the minute, trunks as `T101`.
 * (Mitel help, SMDR, Recorded Information)
 */
export const mitelSmdr = createLineFormat(preset);
