import { z } from "zod";
import { isReason, readAllSeconds } from "../../presets/cell-values.ts";
import { settleDateOrder } from "../../presets/date-settling.ts";
import { createLineFormat, type LinePreset, type LogLine } from "../../presets/line-format.ts";
import type { Ending, RowFacts, RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { toDayStart, type DateOrder } from "../../time/wall-time.ts";
import { quoteValue, skip } from "../log-format.ts";
import { isNoCall, isPageHeader, readDialled, readSmdrLine, type SmdrLine } from "./line.ts";

const enoughShare = 0.5;
const orderSchema = z.enum(["DMY", "MDY", "YMD"]);

/** `06/02/25` in the order of the file as an ISO date, or null. */
function toIsoDate(text: string, order: DateOrder): string | null {
  const [first = Number.NaN, second = Number.NaN, third = Number.NaN] = text.split(/\D/).map(Number);
  const [year, month, day] =
    order === "YMD" ? [first, second, third] : order === "DMY" ? [third, second, first] : [third, first, second];
  const start = toDayStart(2000 + year, month, day);
  return Number.isNaN(start) ? null : new Date(start).toISOString().slice(0, 10);
}

type Parties = Pick<RowFacts, "direction" | "from" | "to" | "agent" | "caller">;

function readParties(line: SmdrLine, { numbers }: RowTools): Parties {
  const dialled = readDialled(line.dial);
  const own = line.ext === "" ? null : numbers.toOwn(line.ext);
  if (dialled.kind === "incoming") {
    const did = dialled.did === "" ? null : numbers.toOwn(dialled.did);
    return { direction: "inbound", from: numbers.toRemote(dialled.number), to: did ?? own, agent: own, caller: null };
  }
  if (dialled.kind === "intercom") {
    const to = numbers.toOwn(dialled.extension);
    return { direction: "internal", from: own, to, agent: to, caller: own };
  }
  return { direction: "outbound", from: own, to: numbers.toDialled(dialled.number), agent: null, caller: own };
}

/** Conditions at the end of the line: not answered, busy. */
function toEnding(line: SmdrLine, talk: number): Ending {
  if (/\bNA\b/.test(line.rest)) return "none";
  if (/\bBU?SY?\b/.test(line.rest) && talk === 0) return "busy";
  return talk > 0 ? "answered" : "none";
}

function toFacts(line: SmdrLine, date: string, tools: RowTools): RowReading {
  const lengths = readAllSeconds({ Ring: line.ring, Duration: line.duration });
  if (isReason(lengths)) return lengths;
  const { Ring: ring, Duration: duration } = lengths;
  const ending = toEnding(line, duration);
  return {
    // The time is that of the end, when the line was printed; a KX-TEA prints the start.
    start: { text: `${date} ${line.time}`, secondsBefore: tools.settings.timeOf === "start" ? 0 : duration + ring },
    key: null,
    ...readParties(line, tools),
    called: "person",
    ending,
    talk: ending === "answered" ? duration : 0,
    ring,
    identity: [line.duration, line.ext, line.dial],
  };
}

function createReader(tools: RowTools, settled: string): (line: LogLine) => RowReading {
  const order = orderSchema.parse(settled);
  return ({ text, terminated }) => {
    if (isPageHeader(text)) return skip("page_header", "the head of a page");
    const line = readSmdrLine(text.replace(/^[\f\s]+(?=\d|\*)/, ""));
    if (line === null) {
      const reason = terminated ? "malformed" : "truncated_tail";
      return skip(reason, `${quoteValue(text.trim())} has no date and time at its beginning`);
    }
    if (isNoCall(line.dial)) return skip("non_call", `${quoteValue(line.dial)} is no call`);
    if (line.date.startsWith("*")) return skip("invalid_date", "the clock was changed while the call went on");
    if (line.duration === "") {
      return terminated
        ? skip("malformed", "the line has no duration")
        : skip("truncated_tail", "the last line is cut");
    }
    const date = toIsoDate(line.date, order);
    if (date === null) return skip("invalid_date", `${quoteValue(line.date)} is no date`);
    return toFacts(line, date, tools);
  };
}

const yearFirstRegions = new Set(["CN", "HU", "JP", "KR", "LT", "TW"]);

/** The part that stays the same for days on end is the year: the first one, or (everywhere else) the last. */
function isYearFirst(lines: readonly string[], region: string | undefined): boolean {
  const dates = lines.flatMap((text) => {
    const line = readSmdrLine(text);
    return line === null || line.date.startsWith("*") ? [] : [line.date.split(/\D/)];
  });
  const first = new Set(dates.map(([part]) => part)).size;
  const last = new Set(dates.map(([, , part]) => part)).size;
  if (first <= 2 && last > 2) return true;
  return first === 1 && last <= 2 && region !== undefined && yearFirstRegions.has(region);
}

const preset: LinePreset = {
  id: "panasonic-smdr",
  title: "Panasonic KX-TDA, TDE or NS SMDR",
  detect: (lines) => {
    const heads = lines.filter(isPageHeader).length;
    const judged = lines.length - heads;
    const fitting = lines.filter((line) => {
      const read = readSmdrLine(line);
      return read !== null && (read.duration !== "" || isNoCall(read.dial));
    }).length;
    if (fitting === 0 || fitting < judged * enoughShare) return null;
    return {
      score: 0.93,
      evidence: [
        `${fitting} of ${judged} lines have a date, a time and a duration such as 00:01'20 at their places`,
        `${heads} lines are heads of pages`,
      ],
    };
  },
  settle: (lines, all, context) => {
    if (context.settings.dateOrder === undefined && isYearFirst(lines, context.settings.region)) {
      return Promise.resolve("YMD");
    }
    async function* dates(): AsyncGenerator<string, void, undefined> {
      for await (const text of all()) {
        const line = readSmdrLine(text);
        if (line !== null && !line.date.startsWith("*")) yield `${line.date.replaceAll(/[.-]/g, "/")} ${line.time}`;
      }
    }
    return settleDateOrder(dates(), context);
  },
  open: createReader,
};

/**
 * Panasonic KX-TDA, TDE and NS SMDR from a serial or TCP port: fixed columns (patterns A, B and C), a head on every page. The
 * time is the end of the call, to the minute; the order of the date follows the country.
 * (Panasonic, KX-NS1000 feature guide, Station Message Detail Recording)
 */
export const panasonicSmdr = createLineFormat(preset);
