import { aFolder } from "../../builders/a-folder.ts";
import { describe, expect, test } from "vitest";
import { crmType } from "../../../src-shared/domain/integration.ts";
import { reason } from "../../../src-shared/domain/reason.ts";
import { nextGroup, toSections, toTitle } from "../../../src-renderer/views/attention/causes.ts";
import { moveTo, toGridRows, toWindow } from "../../../src-renderer/views/calls/grid-rows.ts";
import { toDirection, toHappened } from "../../../src-renderer/views/calls/what-happened.ts";
import { countryOf, listCountries } from "../../../src-renderer/views/import/countries.ts";
import { toFileName } from "../../../src-renderer/views/import/file-name.ts";
import { firstChoice } from "../../../src-renderer/views/import/first-choice.ts";
import {
  longestWindow,
  toForecast,
  toGauge,
  toHealth,
} from "../../../src-renderer/views/overview/connection-health.ts";
import { folderState } from "../../../src-shared/ipc/ingest-views.ts";
import { toWaiting } from "../../../src-renderer/views/attention/waiting.ts";
import { toActivityDrawing, type HalfHour } from "../../../src-renderer/views/overview/activity-bars.ts";
import type { Examination, Finding } from "../../../src-shared/ipc/doctor-views.ts";
import { nothingToRead, toVerdictOf } from "../../../src-renderer/views/import/preview.ts";
import { toConnectCommand } from "../../../src-renderer/views/connections/connect-command.ts";
import { toFolderWords, toSourceName } from "../../../src-renderer/views/sources/source-words.ts";
import { type Route, toHash, toRoute } from "../../../src-renderer/state/route.ts";
import { en, type MessageKey } from "../../../src-renderer/words/en.ts";
import { createFormats } from "../../../src-renderer/words/formats.ts";
import { say } from "../../../src-renderer/words/say.ts";
import { aConnection, aDay, aGroup, aLine, noStates } from "../../builders/window-ledger.ts";
import { toPartyText } from "../../../src-renderer/words/party.ts";

const formats = createFormats("en-GB", "Europe/London");
const now = Date.UTC(2026, 10, 19, 14, 31, 50);

describe("places of the window", () => {
  test("are told by the address and back, whatever their ids hold", () => {
    const routes: readonly Route[] = [
      { view: "overview" },
      { view: "calls" },
      { view: "attention", group: null },
      { view: "sources" },
      { view: "connections", id: null },
      { view: "connections", id: 12 },
      { view: "attention", group: "a/b c%" },
      { view: "call", tenant: "acme", callId: "asterisk-cdr-csv//17.1/20261119T080000Z" },
      { view: "call", tenant: null, callId: "100%" },
    ];
    for (const route of routes) expect(toRoute(toHash(route))).toEqual(route);
  });

  test("that are not known lead to the overview", () => {
    for (const hash of ["", "#/", "#/nowhere", "#/call", "#/%E0%A4%A", "javascript:alert(1)"])
      expect(toRoute(hash)).toEqual({ view: "overview" });
    expect(toRoute("call/17.1")).toEqual({ view: "call", callId: "17.1", tenant: null });
    expect(toRoute("connections/../7")).toEqual({ view: "connections", id: null });
    expect(toRoute("import")).toEqual({ view: "sources" });
    expect(toRoute("attention/1a2b")).toEqual({ view: "attention", group: "1a2b" });
  });
});

describe("times and numbers", () => {
  test("are written as people of the zone write them", () => {
    expect(formats.when(now - 60_000, now)).toBe("14:30");
    expect(formats.when(now - 86_400_000, now)).toBe("Wed 14:31");
    expect(formats.when(now - 10 * 86_400_000, now)).toBe("9 Nov");
    expect(formats.when(now - 400 * 86_400_000, now)).toBe("15 Oct 2025");
    expect(formats.dayAndTime(now, now)).toBe("Today 14:31");
    expect(formats.dayAndTime(now - 86_400_000, now)).toBe("Wed 14:31");
    expect(formats.dayAndTime(now - 10 * 86_400_000, now)).toBe("9 Nov 14:31");
    expect([10_000, 3_600_000, 86_400_000].map(formats.span)).toEqual(["10 s", "1 h", "24 h"]);
    expect(formats.day(now)).toBe("Thursday 19 November");
    expect(createFormats("en-GB", "Asia/Tokyo").time(now)).toBe("23:31");
    expect(createFormats("en-US", "America/New_York").time(now)).toBe("09:31 AM");
    expect(formats.number(1_048_212)).toBe("1,048,212");
    expect([0, 59, 401, 3_723].map(formats.talk)).toEqual(["0:00", "0:59", "6:41", "1:02:03"]);
    expect(toPartyText("+442079460312")).toBe("+44 20 7946 0312");
    expect(toPartyText("ext:204")).toBe("ext 204");
    expect(toPartyText("Front desk")).toBe("Front desk");
    expect(formats.list(["HubSpot", "Zoho CRM"])).toBe("HubSpot and Zoho CRM");
  });
});

describe("what became of a call", () => {
  const facts = { integrationId: 1, crm: "zoho", waitWhy: null, waitsUntil: null, reason: null } as const;
  const happened = (change: Parameters<typeof aLine>[1]) => toHappened(aLine(1, change), formats.time);

  test("is told by its worst CRM", () => {
    expect(happened({})).toEqual({ mark: "delivered", text: "In HubSpot" });
    const failed = { ...facts, state: "dead", reason: "ambiguous_match" } as const;
    const done = { ...facts, integrationId: 2, crm: "hubspot", state: "delivered" } as const;
    expect(happened({ outcome: "failed", deliveries: [done, failed] }).text).toBe("Zoho CRM: several people match");
    const waits = { ...facts, state: "waiting", waitWhy: "retry", waitsUntil: now } as const;
    expect(happened({ outcome: "waiting", deliveries: [waits] }).text).toBe("Zoho CRM at 14:31");
    const held = { ...facts, state: "waiting", waitWhy: "contact" } as const;
    expect(happened({ outcome: "held", deliveries: [held] }).text).toBe("Zoho CRM: no contact yet");
    const paused = { ...facts, state: "waiting", waitWhy: "paused" } as const;
    expect(happened({ outcome: "waiting", deliveries: [paused] }).text).toBe("Zoho CRM is paused");
    const lost = { ...facts, state: "uncertain" } as const;
    expect(happened({ outcome: "checking", deliveries: [lost] }).text).toBe("Zoho CRM: asking if it arrived");
    const acknowledged = { ...facts, state: "acknowledged" } as const;
    expect(happened({ outcome: "delivered", deliveries: [done, acknowledged] }).text).toBe("In 1 of 2 CRMs");
  });

  test("names the rule that left it out", () => {
    const skipped = { outcome: "skipped" as const, deliveries: [] };
    expect(happened({ ...skipped, excluded: "withheld" }).text).toBe("The caller hid the number");
    expect(happened(skipped).text).toBe("For no CRM");
  });

  test("an incoming call that nobody answered is missed", () => {
    expect(toDirection({ direction: "inbound", status: "busy" })).toBe("missed");
    expect(toDirection({ direction: "inbound", status: "voicemail" })).toBe("voicemail");
    expect(toDirection({ direction: "outbound", status: "missed" })).toBe("outbound");
  });
});

describe("the grid", () => {
  test("has a header wherever the day of the zone changes", () => {
    const midnight = Date.UTC(2026, 5, 1, 23);
    const lines = [
      aLine(3, { startedAt: midnight + 1 }),
      aLine(2, { startedAt: midnight }),
      aLine(1, { startedAt: midnight - 1 }),
    ];
    expect(toGridRows(lines, formats.date).map(({ kind }) => kind)).toEqual(["day", "call", "call", "day", "call"]);
  });

  test("keeps only rows in the page that are seen, and some around them", () => {
    const ask = { height: 640, rowHeight: 32, count: 1_000_000, around: 10 };
    expect(toWindow({ ...ask, scrollTop: 0 })).toEqual({ start: 0, end: 31 });
    expect(toWindow({ ...ask, scrollTop: 32_000 })).toEqual({ start: 990, end: 1_031 });
    const end = toWindow({ ...ask, scrollTop: 31_999_360 });
    expect(end.end).toBe(1_000_000);
    expect(end.end - end.start).toBeLessThan(45);
    expect(toWindow({ ...ask, count: 3, scrollTop: -50 })).toEqual({ start: 0, end: 3 });
  });

  test("moves by keys and stops at its ends", () => {
    expect(moveTo("ArrowDown", 0, 3, 10)).toBe(1);
    expect(moveTo("ArrowUp", 0, 3, 10)).toBe(0);
    expect(moveTo("PageDown", 0, 3, 10)).toBe(2);
    expect(moveTo("End", 0, 100, 10)).toBe(99);
    expect(moveTo("Home", 50, 100, 10)).toBe(0);
    expect(moveTo("a", 0, 3, 10)).toBeUndefined();
    expect(moveTo("toString", 0, 3, 10)).toBeUndefined();
    expect(moveTo("End", 0, 0, 10)).toBeUndefined();
  });
});

describe("causes", () => {
  test("every reason has a title in each CRM's name, with and without a field", () => {
    for (const each of reason.options)
      for (const crm of crmType.options) {
        const title = toTitle(aGroup({ reason: each, crm, count: 2 }));
        expect(title.length).toBeGreaterThan(10);
        expect(title).not.toMatch(/[{}]|undefined|none/);
      }
    expect(toTitle(aGroup({ reason: "field_missing", cause: "CallLedger key" }))).toBe(
      "The field “CallLedger key” is gone from HubSpot",
    );
  });

  test("what a person must decide stands apart, and settling one leads to the next", () => {
    const groups = [aGroup({ id: "a" }), aGroup({ id: "b", reason: "ambiguous_match" }), aGroup({ id: "c" })];
    expect(toSections(groups).map((section) => section.groups.map(({ id }) => id))).toEqual([["a", "c"], ["b"]]);
    expect(nextGroup(groups, "a")).toBe("c");
    expect(nextGroup(groups, "b")).toBe("c");
    expect(nextGroup([aGroup({ id: "a" })], "a")).toBeNull();
  });
});

describe("a connection", () => {
  const health = (change: Parameters<typeof aConnection>[0]) => {
    const { mark, key, values } = toHealth(aConnection(change), now, formats.time);
    return `${mark}: ${say(key, values)}`;
  };
  const window = {
    lengthMs: 1_000,
    limit: 10,
    used: 1,
    usedByOthers: 1,
    usable: 10,
    resetsAt: null,
    blockedUntil: null,
  };

  test("says the worst that holds", () => {
    expect(health({})).toBe("delivered: Working");
    expect(health({ state: "blocked", blockedReason: "auth_revoked", restUntil: now + 1 })).toBe(
      "failed: HubSpot signed us out.",
    );
    expect(health({ state: "blocked", blockedReason: "unknown" })).toBe("failed: HubSpot needs you.");
    expect(health({ state: "paused" })).toBe("held: Paused, nothing is sent");
    expect(health({ restUntil: now + 60_000 })).toBe("waiting: Asked for a rest, goes on at 14:32");
    expect(health({ restUntil: now - 1 })).toBe("delivered: Working");
    expect(health({ deliveries: { ...noStates, uncertain: 2 } })).toBe("checking: Asking whether 2 calls arrived");
    expect(health({ budget: { day: { ...window, blockedUntil: now + 60_000 } } })).toBe(
      "waiting: Waits for the limit, goes on at 14:32",
    );
    expect(health({ budget: { second: { ...window, blockedUntil: now + 500 } } })).toBe("delivered: Working");
  });

  test("shows the longest window, never beyond its end", () => {
    const budget = { second: window, day: { ...window, lengthMs: 86_400_000, used: 8, usedByOthers: 5 } };
    const longest = longestWindow(aConnection({ budget }));
    expect(longest?.lengthMs).toBe(86_400_000);
    expect(toGauge(budget.day)).toEqual({ ours: 80, others: 20 });
    expect(toGauge({ ...window, limit: 0 })).toEqual({ ours: 0, others: 0 });
    expect(longestWindow(aConnection())).toBeUndefined();
  });
});

describe("how files are read", () => {
  test("is proposed as the company's last source is read, else as this PC is set", () => {
    const source = {
      id: 1,
      tenant: "acme",
      system: "asterisk",
      path: "/logs",
      format: "auto",
      settings: { region: "IE" },
      folder: aFolder,
    };
    const ask = { tenants: ["acme"], languages: ["en-GB", "de"], timeZone: "Europe/London" };
    const offer = { paths: ["/a"], isFolder: false };
    expect(firstChoice({ ...ask, sources: [], offer })).toMatchObject({ tenant: "acme", region: "GB", watch: false });
    expect(firstChoice({ ...ask, sources: [source], offer: { ...offer, isFolder: true } })).toMatchObject({
      region: "IE",
      timeZone: "Europe/London",
      watch: true,
    });
  });

  test("knows countries by name, and file names of any system", () => {
    expect(listCountries().find(({ code }) => code === "GB")?.name).toBe("United Kingdom");
    expect(countryOf(["en", "de-AT"])).toBe("AT");
    expect(countryOf(["eo"])).toBe("");
    // What Chromium names where the system has no language set.
    expect(countryOf(["en-US@posix", "c", "en-GB"])).toBe("GB");
    expect(toFileName("C:\\calls\\Master.csv")).toBe("Master.csv");
    expect(toFileName("/srv/pbx/cdr/")).toBe("cdr");
  });
});

test("every text of the catalogue can be said, and none holds a word that we do not use", () => {
  const numbers =
    /count|calls|rows|files|waiting|need|missing|crms|done|all|sources|before|skipped|excluded|delivered|onTheWay/;
  const valueOf = (name: string): string | number => (numbers.test(name) ? 2 : "x");
  const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)/g)].map(([, name = ""]) => name);
  for (const [key, text] of Object.entries(en)) {
    const filled = Object.fromEntries(placeholders(text).map((name) => [name, valueOf(name)]));
    expect(say(key as MessageKey, filled), key).not.toMatch(/[{}<>]/);
    const withoutCommands = text.replace(/callledger connect.*/, "");
    expect(withoutCommands, key).not.toMatch(
      /\b(please|oops|successfully|invalid|error occurred|payload|dead letter|tenant|integration)\b|!/i,
    );
  }
});

describe("the forecast of an allowance", () => {
  const dayMs = 86_400_000;
  const window = {
    lengthMs: dayMs,
    limit: 1_000,
    used: 200,
    usedByOthers: 100,
    usable: 10,
    resetsAt: now + dayMs / 2,
    blockedUntil: null,
  };

  test("goes on at the pace so far until the window begins anew, and not past its end", () => {
    expect(toForecast(window, now)).toBe(60);
    expect(toForecast({ ...window, used: 700 }, now)).toBe(100);
  });

  test("is not told where the pace says nothing yet, or no time of a new beginning is known", () => {
    expect(toForecast({ ...window, resetsAt: now + dayMs * 0.95 }, now)).toBeNull();
    expect(toForecast({ ...window, resetsAt: null }, now)).toBeNull();
    expect(toForecast({ ...window, lengthMs: 10_000 }, now)).toBeNull();
    expect(toForecast({ ...window, resetsAt: now - 1 }, now)).toBeNull();
  });
});

describe("the activity of a day", () => {
  const half = (index: number, change: Partial<HalfHour> = {}): HalfHour => ({
    at: Date.UTC(2026, 10, 19, 7, 30) + index * 1_800_000,
    delivered: 0,
    failed: 0,
    skipped: 0,
    open: 0,
    ...change,
  });

  test("stacks what is in a half hour without a gap, under a round top, and leaves empty ones empty", () => {
    const bars = toActivityDrawing([
      half(0, { delivered: 20, failed: 2, open: 3, skipped: 1 }),
      half(3, { delivered: 37 }),
    ]);
    expect(bars?.top).toBe(40);
    const first = bars?.parts.filter(({ x }) => x === 0) ?? [];
    expect(first.map(({ name }) => name)).toEqual(["delivered", "skipped", "waiting", "failed"]);
    first.forEach(({ y, height }, index) => expect(y + height).toBeCloseTo(first[index - 1]?.y ?? 80));
    expect(bars?.parts.filter(({ x }) => x > 0).map(({ name }) => name)).toEqual(["delivered"]);
    expect(bars?.labels.map(({ at }) => formats.hour(at))).toEqual(["08", "10", "12", "14", "16"]);
  });

  test("stays within the drawing for a day around the clock, and is none without calls", () => {
    const bars = toActivityDrawing(Array.from({ length: 50 }, (_, index) => half(index, { delivered: 1_000_000 })));
    expect(Math.max(...(bars?.parts.map(({ x }) => x + (bars?.barWidth ?? 0)) ?? []))).toBeLessThanOrEqual(296);
    expect(Math.min(...(bars?.parts.map(({ y }) => y) ?? []))).toBeGreaterThanOrEqual(10);
    expect(toActivityDrawing([])).toBeNull();
  });
});

describe("what waits by itself", () => {
  const time = formats.time;
  test("are calls without a contact, paused accounts and those that rest, and nothing that needs a person", () => {
    const connections = [
      aConnection({ id: 1, deliveries: { ...noStates, waiting: 4 } }),
      aConnection({ id: 2, state: "paused", deliveries: { ...noStates, queued: 2 } }),
      aConnection({ id: 3, restUntil: now + 60_000, deliveries: { ...noStates, waiting: 9 } }),
      aConnection({ id: 4, state: "blocked", restUntil: now + 60_000, deliveries: { ...noStates, waiting: 7 } }),
    ];
    const waiting = toWaiting({ connections, today: aDay({ outcomes: { held: 22 } }) }, now, time);
    expect(waiting.map(({ id, count, filter }) => [id, count, filter])).toEqual([
      ["held", 22, "held"],
      ["crm 2", 2, "waiting"],
      ["crm 3", 9, "waiting"],
    ]);
    expect(toWaiting({ connections: null, today: null }, now, time)).toEqual([]);
  });
});

test("the command that connects an account names the CRM, the company and where its key goes, and never a key", () => {
  expect(toConnectCommand("hubspot", "acme")).toBe(
    "CALLLEDGER_TOKEN=YOUR_TOKEN callledger connect hubspot --tenant acme",
  );
  for (const crm of crmType.options)
    expect(toConnectCommand(crm, "acme")).toMatch(
      new RegExp(`^CALLLEDGER_TOKEN=\\S*YOUR_\\S* callledger connect ${crm} --tenant acme( --sign-in)?$`),
    );
});

describe("a look at files before they are read", () => {
  const found = (...levels: readonly Finding["level"][]): Pick<Examination, "findings"> => ({
    findings: levels.map((level) => ({
      code: "bad_rows",
      level,
      file: "a.csv",
      line: null,
      field: null,
      count: 1,
      says: "",
      does: "",
    })),
  });
  const file = (...levels: readonly Finding["level"][]): Examination => ({
    file: "a.csv",
    format: null,
    rows: 1,
    isWhole: true,
    ...found(...levels),
  });

  test("gives each file the mark of the worst that was found in it", () => {
    expect(
      [found(), found("note"), found("note", "warning"), found("warning", "stop")].map(
        (each) => toVerdictOf(each).mark,
      ),
    ).toEqual(["delivered", "delivered", "waiting", "failed"]);
  });

  test("stops a reading only where no file can be read, and all were looked at", () => {
    const ready = (...files: readonly Examination[]) => ({ status: "ready" as const, files, fault: null });
    expect(nothingToRead(ready(file("stop"), file("stop")))).toBe(true);
    expect(nothingToRead(ready(file("stop"), file("warning")))).toBe(false);
    expect(nothingToRead(ready())).toBe(false);
    expect(nothingToRead({ ...ready(file("stop")), status: "looking" })).toBe(false);
    expect(nothingToRead(null)).toBe(false);
  });
});

describe("a watched folder", () => {
  test("is called by its phone system, or by its own name where that has none", () => {
    expect(toSourceName({ system: "Front desk", path: "/srv/cdr" })).toBe("Front desk");
    expect(toSourceName({ system: "", path: "C:\\PBX\\cdr" })).toBe("cdr");
  });

  test("has a mark and words for every way it may stand", () => {
    for (const state of folderState.options)
      expect(say(toFolderWords({ state, troubleCount: 0 }).key, { count: 0 })).not.toBe("");
    expect(toFolderWords({ state: "watched", troubleCount: 0 }).mark).toBe("delivered");
    expect(toFolderWords({ state: "watched", troubleCount: 2 }).mark).toBe("waiting");
    expect(toFolderWords({ state: "missing", troubleCount: 2 }).mark).toBe("failed");
  });
});
