import { zoneOffsetMs } from "../core/time-zone.ts";
import type { ModuleName } from "./modules.ts";

/** Who made a change: a user of the org. */
export type Actor = { readonly id: string; readonly name: string };

/** What a converted lead became. */
export type Conversion = {
  readonly contactId: string;
  readonly accountId: string | undefined;
  readonly dealId: string | undefined;
  readonly at: number;
  readonly by: Actor;
};

/** Null is never stored: an empty field is absent. Times are epoch ms, lookups ids, numbers numbers. */
export type FieldValue = string | number | boolean | readonly string[];
export type Values = Readonly<Record<string, FieldValue>>;

/** One version of a record; a change makes another. All times are whole seconds. */
export type ZohoRecord = {
  readonly id: string;
  readonly module: ModuleName;
  readonly values: Values;
  /** Module of What_Id on a call. */
  readonly seModule: ModuleName | undefined;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly createdBy: Actor;
  readonly modifiedBy: Actor;
  /** `isPurged`: taken out of the recycle bin before its time. */
  readonly deleted: { readonly at: number; readonly by: Actor; readonly isPurged?: boolean } | undefined;
  readonly conversion: Conversion | undefined;
};

/** Times have no fractions in the CRM. */
export function toWholeSecond(time: number): number {
  return Math.floor(time / 1000) * 1000;
}

/** `2026-11-21T09:30:00+00:00`, in the offset that the org's zone has at that time. */
export function toZohoTime(time: number, zone: string): string {
  const offset = zoneOffsetMs(zone, time);
  const minutes = Math.abs(offset) / 60_000;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const sign = offset < 0 ? "-" : "+";
  return `${new Date(time + offset).toISOString().slice(0, 19)}${sign}${two(minutes / 60)}:${two(minutes % 60)}`;
}

const timePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:?\d{2})$/;

/** Epoch ms of a time as the API takes it: ISO 8601 with an offset and without fractions; undefined for anything else. */
export function parseZohoTime(text: string): number | undefined {
  if (!timePattern.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

export function textOf(record: ZohoRecord, field: string): string {
  const value = record.values[field];
  return typeof value === "string" ? value : "";
}
