import type { ObjectName } from "./object-types.ts";

export type FieldValue = string | number | boolean | null;
export type Values = Readonly<Record<string, FieldValue>>;

/** One record as it is stored: only fields that hold something; derived ones are made when it is read. */
export type OrgRecord = {
  readonly id: string;
  readonly object: ObjectName;
  readonly values: Values;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly modifiedAt: number;
  readonly modifiedBy: string;
  /** Since when it lies in the recycle bin. */
  readonly deletedAt: number | undefined;
  /** The winner of a merge that this record lost. */
  readonly masterId: string | undefined;
};

/** `2026-11-20T02:01:07.000+0000`: Salesforce tells whole seconds. */
export function toDateTime(at: number): string {
  return `${new Date(Math.floor(at / 1000) * 1000).toISOString().slice(0, 19)}.000+0000`;
}

export function toDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
