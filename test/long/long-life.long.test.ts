import { expect, test } from "vitest";
import { type LifeDay, live } from "../builders/long-life.ts";

const keptDays = 7;
const callsADay = 200;

test(
  "thirty days on a virtual clock: memory, the work of a look for calls, and the data do not grow beyond what is kept",
  { timeout: 1_800_000 },
  async () => {
    const life = await live({ days: 30, callsADay, keptDays, stops: [5, 30] });
    const of = (day: number): LifeDay => {
      const found = life.days[day - 1];
      if (found === undefined) throw new Error(`there is no day ${day}`);
      return found;
    };
    const [short, long] = life.held;
    const perCall = (of(30).bytes - of(12).bytes) / (18 * callsADay);
    console.log(
      `30 days: ${of(30).delivered} calls; data ${of(12).bytes} bytes on day 12, ${of(30).bytes} on day 30 (${Math.round(perCall)} a call that stays); ` +
        `audit ${of(12).rows["audit"]} and ${of(30).rows["audit"]} entries; log ${Math.max(...life.days.map(({ logBytes }) => logBytes))} bytes at most; ` +
        `an engine of ${short?.afterDays} days held ${short?.bytes} bytes, one of ${long?.afterDays} days ${long?.bytes}`,
    );
    expect(life).toMatchObject({ copies: 0, missing: 0, balanced: true, troubles: [] });
    expect(of(30).delivered).toBe(30 * callsADay);
    expect(life.verification.ok).toBe(true);

    // The work of a look for calls: those that are new, on the first day as on the last.
    for (const { visited } of life.days) expect(visited).toEqual([callsADay / 4, 0]);
    // What is kept for a week stands still after it; calls stay.
    for (const table of ["audit", "audit_payload", "attempt", "crm_check", "budget_entry", "phone"]) {
      const [settled, last] = [of(12).rows[table] ?? 0, of(30).rows[table] ?? 0];
      expect(last, table).toBeLessThanOrEqual(settled * 1.15 + 20);
    }
    expect(of(30).rows["call"]).toBe(30 * callsADay);
    expect(perCall).toBeLessThan(3_000);
    expect(Math.max(...life.days.map(({ logBytes }) => logBytes))).toBeLessThan(16_000_000);
    expect(of(30).backups).toBe(3);
    // Requests of a day that only read: no more than at the beginning, however many calls there were.
    expect(of(30).reads).toBeLessThanOrEqual(of(3).reads * 1.5);
    // An engine that ran for weeks holds no more than one of days.
    expect(long?.bytes ?? 0).toBeLessThan((short?.bytes ?? 0) * 1.5 + 4_000_000);
  },
);
