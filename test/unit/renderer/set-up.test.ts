import { beforeEach, describe, expect, test } from "vitest";
import { createReadingStore } from "../../../src-renderer/state/reading-store.ts";
import { addAnswer, isSure, nameColumn, toColumnRows } from "../../../src-renderer/views/import/mapping-choice.ts";
import { tableOf } from "../../../src-renderer/views/import/preview.ts";
import { toExamples, toSplit } from "../../../src-renderer/views/first-run/examples.ts";
import { firstOpenStep, isCompanyName, whatIsMissing } from "../../../src-renderer/views/first-run/steps.ts";
import { aConnection, aLine } from "../../builders/window-ledger.ts";
import { createScriptedBridge, type ScriptedBridge } from "../../builders/scripted-bridge.ts";

let script: ScriptedBridge;
beforeEach(() => {
  script = createScriptedBridge();
});

describe("a table that nobody knows", () => {
  test("is one whose columns are guessed or asked for; every column of its header has a row", () => {
    const file = (format: string | null, codes: readonly string[] = []) => ({
      file: `/logs/${format ?? "x"}.csv`,
      format,
      rows: 1,
      isWhole: true,
      findings: codes.map((code) => ({
        code,
        level: "stop",
        file: "",
        line: null,
        field: null,
        count: 0,
        says: "",
        does: "",
      })),
    });
    const preview = (...files: readonly object[]) =>
      ({ status: "ready", files, fault: null }) as unknown as Parameters<typeof tableOf>[0];
    expect(tableOf(null)).toBeNull();
    expect(tableOf(preview(file("asterisk-cdr-csv")))).toBeNull();
    expect(tableOf(preview(file("asterisk-cdr-csv"), file("generic-csv")))).toBe("/logs/generic-csv.csv");
    expect(tableOf(preview(file(null, ["question"])))).toBe("/logs/x.csv");
    const mapped = { field: "from", column: "Von", confidence: 0.8, evidence: [], examples: [], others: [] };
    const proposal = { header: ["Von", "Kosten"], columns: [mapped] } as unknown as Parameters<typeof toColumnRows>[0];
    expect(toColumnRows(proposal)).toEqual([
      { column: "Von", mapped },
      { column: "Kosten", mapped: null },
    ]);
    expect([isSure(mapped), isSure({ confidence: 0.6 })]).toEqual([true, false]);
  });

  test("gathers what is said about it, and a column means one thing", () => {
    const first = addAnswer(undefined, { words: { ein: "inbound" } });
    const second = addAnswer(first, { words: { aus: "outbound" }, dateOrder: "DMY" });
    expect(second).toEqual({ words: { ein: "inbound", aus: "outbound" }, dateOrder: "DMY" });
    const named = nameColumn(second, "Von", "from");
    expect(nameColumn(named, "Von", "remote").columns).toEqual({ remote: "Von" });
    expect(addAnswer(named, { columns: { to: "An" } }).columns).toEqual({ from: "Von", to: "An" });
  });

  test("is looked at anew with every answer, the newest answer counts, and its settings are read with", async () => {
    const reading = createReadingStore(script.bridge);
    const choice = { region: "GB", timeZone: "", answers: { dateOrder: "DMY" as const } };
    reading.propose({ paths: ["/logs/a.csv"], isFolder: false });
    void reading.ask("/logs/a.csv", { region: "GB", timeZone: "" });
    void reading.ask("/logs/a.csv", choice);
    expect(script.asked.map(({ input }) => input.settings)).toEqual([
      { region: "GB" },
      { dateOrder: "DMY", region: "GB" },
    ]);
    await script.answer({ file: "old" });
    expect(reading.getState().proposed).toMatchObject({ path: "/logs/a.csv", value: null });
    await script.answer({ file: "new" });
    expect(reading.getState().proposed).toMatchObject({ value: { file: "new" }, fault: null });
    void reading.ask("/logs/a.csv", choice);
    await script.fail("bad_input", "It is locked.");
    expect(reading.getState().proposed).toMatchObject({ value: { file: "new" }, fault: { message: "It is locked." } });
    await reading.start({ ...choice, tenant: "acme", system: "", watch: false });
    expect(script.asked.at(-1)).toMatchObject({
      name: "ingest:import",
      input: { settings: { dateOrder: "DMY", region: "GB" } },
    });
  });
});

describe("the first run", () => {
  const nothing = { company: "", connections: [], sources: 0, readings: 0 };

  test("goes on where it was left, and says what a step lacks", () => {
    const connected = { ...nothing, company: "acme", connections: [aConnection()] };
    expect(firstOpenStep(nothing)).toBe("company");
    expect(firstOpenStep(connected)).toBe("log");
    expect(firstOpenStep({ ...connected, sources: 1 })).toBe("look");
    expect(firstOpenStep({ ...connected, readings: 1 })).toBe("look");
    expect(whatIsMissing("company", nothing)).toBe("first.missingCompany");
    expect(whatIsMissing("company", connected)).toBeNull();
    expect(whatIsMissing("crm", nothing)).toBe("first.missingCrm");
    expect(whatIsMissing("crm", connected)).toBeNull();
    expect(whatIsMissing("log", connected)).toBe("first.missingLog");
    expect(whatIsMissing("look", nothing)).toBeNull();
    expect(["acme", "Acme-2", "a.b_c"].every(isCompanyName)).toBe(true);
    expect(["", "-a", "two words", "a/b", "x".repeat(64)].some(isCompanyName)).toBe(false);
  });

  test("shows one call of each kind, and what was read in two", () => {
    const kinds = [
      aLine(9),
      aLine(8),
      aLine(7, { direction: "outbound" }),
      aLine(6, { excluded: "internal", direction: "internal" }),
      aLine(5, { status: "missed" }),
    ];
    expect(toExamples(kinds).map(({ rowId }) => rowId)).toEqual([9, 7, 6, 5]);
    expect(toExamples([])).toEqual([]);
    const outcomes = {
      failed: 0,
      checking: 0,
      waiting: 3,
      held: 0,
      sending: 0,
      queued: 2,
      delivered: 0,
      acknowledged: 0,
      skipped: 4,
    };
    expect(toSplit({ counted: 9, isWhole: true, outcomes }).map(({ count }) => count)).toEqual([5, 4]);
  });
});
