import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sourceSettings } from "../../../src-shared/domain/source-settings.ts";
import { createImportRig, type ImportRig, type StoredCall } from "../../builders/import-rig.ts";
import { parsePath } from "../../builders/parsed-log.ts";

const fixtures = join(import.meta.dirname, "../../fixtures/call-logs");

let rig: ImportRig;
beforeEach(() => {
  rig = createImportRig();
});
afterEach(() => rig.close());

type Expected = { assume: unknown; counts: { rows: number; calls: number } };

/** Logs that a phone system appends to, by line. */
const appended = [
  ["asterisk-cdr-custom", "Master.csv"],
  ["freeswitch-cdr-csv", "Master.csv"],
  ["3cx-cdr-log", "cdr.log"],
  ["3cx-call-log-csv", "CallReport-v18.csv"],
  ["cisco-cucm-cdr", "cdr_StandAloneCluster_01_202506020915_1042"],
  ["avaya-ipoffice-smdr", "SMDR20250602.csv"],
  ["avaya-cm-cdr", "cdr-custom.txt"],
  ["panasonic-smdr", "smdr.log"],
  ["mitel-smdr", "smdr_mitel.txt"],
  ["grandstream-ucm-cdr-csv", "Master_20250602.csv"],
] as const;

const toFacts = ({ logKey, startedAt, direction, status, seconds, agent, legs }: StoredCall) => ({
  logKey,
  startedAt,
  direction,
  status,
  seconds,
  agent,
  legs,
});

const byKey = (left: { logKey: string }, right: { logKey: string }): number => left.logKey.localeCompare(right.logKey);

test.each(appended)(
  "%s: a log that grows while it is imported gives the same calls as the whole",
  async (format, name) => {
    const path = join(fixtures, format, name);
    const expected = JSON.parse(readFileSync(`${path}.expected.json`, "utf8")) as Expected;
    const settings = sourceSettings.parse(expected.assume);
    const text = readFileSync(path, "utf8");
    const lines = text.split(/(?<=\n)/);
    const half = Math.ceil(lines.length / 2);
    rig.write(name, lines.slice(0, half).join(""));
    const first = await rig.import(name, { settings, system: format });
    rig.append(name, lines.slice(half).join(""));
    rig = rig.reopen();
    const second = await rig.import(name, { settings, system: format });
    expect(first.format).toBe(format);
    expect(first.rows + second.rows).toBe(expected.counts.rows);
    const { read } = await parsePath(path, settings);
    const wanted = read.map(({ logKey, record }) => ({
      logKey,
      startedAt: record.startedAt,
      direction: record.direction,
      status: record.status,
      seconds: record.durationSeconds,
      agent: record.agent,
      legs: record.legs,
    }));
    expect(rig.calls().map(toFacts).toSorted(byKey)).toEqual(wanted.toSorted(byKey));
    expect(await rig.import(name, { settings, system: format })).toMatchObject({ rows: 0, unchanged: true });
  },
);

test.each(["freeswitch-xml-cdr", "freeswitch-json-cdr"])(
  "%s: files of legs that come one by one, in any order, give the same calls",
  async (format) => {
    const folder = join(fixtures, format);
    const expected = JSON.parse(readFileSync(join(folder, `${format}.expected.json`), "utf8")) as Expected;
    const settings = sourceSettings.parse(expected.assume);
    const names = readdirSync(folder).filter((name) => !name.endsWith(".expected.json"));
    for (const name of names.toReversed()) {
      rig.write(name, readFileSync(join(folder, name)));
      await rig.import(name, { settings, system: format });
    }
    const { read } = await parsePath(folder, settings);
    const wanted = read.map(({ logKey, record: { status, durationSeconds: seconds, legs } }) => ({
      logKey,
      status,
      seconds,
      legs,
    }));
    const stored = rig.calls().map(({ logKey, status, seconds, legs }) => ({ logKey, status, seconds, legs }));
    expect(stored.toSorted(byKey)).toEqual(wanted.toSorted(byKey));
    expect(stored).toHaveLength(expected.counts.calls);
  },
);
