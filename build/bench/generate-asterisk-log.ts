import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { parseArgs } from "node:util";

/**
 * Writes an Asterisk Master.csv of any size, the same bytes for the same seed: incoming and outgoing calls, internal
 * calls, ring groups, queues, transfers, voicemail, withheld callers, repeated rows. All numbers are of the ranges that
 * Ofcom reserves for fiction. Rows stand in the order in which calls end, as Asterisk appends them.
 *
 *   node build/bench/generate-asterisk-log.ts --rows 1000000 --out FILE [--seed 1]
 */
type Random = () => number;

/** mulberry32: small, seeded, good enough for test data. */
function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Row = Readonly<{ end: number; text: string }>;

type Leg = Readonly<{
  src: string;
  dst: string;
  context: string;
  name: string;
  channel: string;
  dstchannel: string;
  app: string;
  data: string;
  /** Epoch seconds. */
  start: number;
  ring: number;
  talk: number;
  disposition: string;
}>;

const ranges = ["07700900", "02079460", "01614960", "01134960"] as const;
const extensions = ["201", "202", "203", "204", "205", "206", "207", "208"] as const;
const dids = ["02079460010", "02079460011", "02079460012"] as const;
const firstStart = Date.UTC(2024, 0, 2, 8) / 1000;

const stamp = (second: number): string => new Date(second * 1000).toISOString().slice(0, 19).replace("T", " ");

function toRow(leg: Leg, uniqueid: string): Row {
  const { start, ring, talk, disposition } = leg;
  const end = start + ring + talk;
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const texts = [leg.src, leg.dst, leg.context, `"${leg.name}" <${leg.src}>`, leg.channel, leg.dstchannel];
  const answered = disposition === "ANSWERED" ? `"${stamp(start + ring)}"` : "";
  const times = `"${stamp(start)}",${answered},"${stamp(end)}",${ring + talk},${talk}`;
  const cells = ["", ...texts, leg.app, leg.data].map(quoted).join(",");
  return { end, text: `${cells},${times},"${disposition}","DOCUMENTATION","${uniqueid}",""\n` };
}

/** Everything that one call writes. */
function createCallMaker(random: Random) {
  let channels = 0;
  const pick = (items: readonly string[]): string => items[Math.floor(random() * items.length)] ?? "";
  const below = (limit: number): number => Math.floor(random() * limit);
  const outside = (): string => `${pick(ranges)}${String(below(1000)).padStart(3, "0")}`;
  const channel = (device: string): string => `PJSIP/${device}-${(channels += 1).toString(16).padStart(8, "0")}`;

  const inbound = (start: number): readonly Leg[] => {
    const src = random() < 0.04 ? "anonymous" : outside();
    const agent = pick(extensions);
    const base = { src, dst: pick(dids), context: "from-trunk", name: src, channel: channel("voip-trunk") };
    const kind = random();
    const dial = { ...base, dstchannel: channel(agent), app: "Dial", data: `PJSIP/${agent},30,tr` };
    if (kind < 0.55) return [{ ...dial, start, ring: 2 + below(20), talk: 5 + below(900), disposition: "ANSWERED" }];
    if (kind < 0.65) return [{ ...dial, start, ring: 5 + below(25), talk: 0, disposition: "NO ANSWER" }];
    if (kind < 0.75) {
      const ring = 10 + below(10);
      const mailbox = { ...base, dstchannel: "", app: "VoiceMail", data: `${agent}@default,u` };
      return [
        { ...dial, start, ring, talk: 0, disposition: "NO ANSWER" },
        { ...mailbox, start: start + ring, ring: 0, talk: 5 + below(60), disposition: "ANSWERED" },
      ];
    }
    if (kind < 0.85) {
      const talk = 20 + below(300);
      const next = pick(extensions);
      const moved = {
        ...dial,
        dst: next,
        context: "from-internal-xfer",
        dstchannel: channel(next),
        data: `PJSIP/${next},30,tr`,
      };
      return [
        { ...dial, start, ring: 4, talk, disposition: "ANSWERED" },
        { ...moved, start: start + 4 + talk, ring: 0, talk: 10 + below(200), disposition: "ANSWERED" },
      ];
    }
    if (kind < 0.95) {
      const queue = { ...base, app: "Queue", data: "support,t,,,60" };
      return [
        { ...queue, dstchannel: channel(pick(extensions)), start, ring: 4, talk: 0, disposition: "NO ANSWER" },
        {
          ...queue,
          dstchannel: channel(agent),
          start: start + 4,
          ring: 5,
          talk: 30 + below(900),
          disposition: "ANSWERED",
        },
      ];
    }
    const group = { ...base, app: "Dial", data: "PJSIP/202&PJSIP/203,25,tr", start, ring: 18, talk: 0 };
    return ["202", "203"].map((member) => ({ ...group, dstchannel: channel(member), disposition: "NO ANSWER" }));
  };

  const outbound = (start: number): readonly Leg[] => {
    const src = pick(extensions);
    const number = outside();
    const answered = random() < 0.7;
    const disposition = answered ? "ANSWERED" : pick(["NO ANSWER", "NO ANSWER", "BUSY", "FAILED"]);
    const talk = answered ? 5 + below(900) : 0;
    const ends = { channel: channel(src), dstchannel: channel("voip-trunk") };
    const dial = { app: "Dial", data: `PJSIP/${number}@voip-trunk,60`, name: `Extension ${src}` };
    const places = { src, dst: `9${number}`, context: "from-internal" };
    return [{ ...places, ...ends, ...dial, start, ring: 3 + below(20), talk, disposition }];
  };

  const internal = (start: number): readonly Leg[] => {
    const src = pick(extensions);
    const dst = pick(extensions);
    const ends = {
      channel: channel(src),
      dstchannel: channel(dst),
      name: `Extension ${src}`,
      context: "from-internal",
    };
    const dial = { app: "Dial", data: `PJSIP/${dst},30` };
    return [{ src, dst, ...ends, ...dial, start, ring: 4, talk: 10 + below(200), disposition: "ANSWERED" }];
  };

  return (start: number): readonly Leg[] => {
    const kind = random();
    if (kind < 0.55) return inbound(start);
    return kind < 0.9 ? outbound(start) : internal(start);
  };
}

/** The rows of a log in the order in which they are appended. Endless. */
function* makeRows(random: Random): Generator<string, void, undefined> {
  const makeCall = createCallMaker(random);
  let waiting: Row[] = [];
  let start = firstStart;
  for (let call = 1; ; call += 1) {
    start += Math.floor(random() * 40);
    const uniqueid = `${start}.${call}`;
    const rows = makeCall(start).map((leg) => toRow(leg, uniqueid));
    const ended = waiting.filter(({ end }) => end <= start).toSorted((left, right) => left.end - right.end);
    waiting = [...waiting.filter(({ end }) => end > start), ...rows];
    for (const { text } of ended) {
      yield text;
      // One row in two thousand is written twice, as account logs copy them.
      if (random() < 0.0005) yield text;
    }
  }
}

/** Writes a log of exactly that many rows. */
export async function generateAsteriskLog(file: string, rows: number, seed = 1): Promise<void> {
  const out = createWriteStream(file, { highWaterMark: 1024 * 1024 });
  let block: string[] = [];
  let left = rows;
  for (const row of makeRows(createRandom(seed))) {
    if (left === 0) break;
    left -= 1;
    block.push(row);
    if (block.length < 5000 && left > 0) continue;
    if (!out.write(block.join(""))) await once(out, "drain");
    block = [];
  }
  out.end();
  await finished(out);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { rows: { type: "string" }, out: { type: "string" }, seed: { type: "string", default: "1" } },
  });
  const rows = Number(values.rows);
  if (values.out === undefined || !Number.isInteger(rows) || rows < 0) {
    throw new Error("usage: generate-asterisk-log.ts --rows N --out FILE [--seed N]");
  }
  await generateAsteriskLog(values.out, rows, Number(values.seed));
}
