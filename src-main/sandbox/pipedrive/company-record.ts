import type { ObjectName } from "./object-types.ts";

/** One record: standard fields as the API shows them, custom ones by their code. Immutable: a change is another object. */
export type CompanyRecord = {
  readonly id: string;
  readonly object: ObjectName;
  /** Order of creation within the account. */
  readonly order: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly custom: Readonly<Record<string, unknown>>;
  readonly addTime: number;
  readonly updateTime: number;
  readonly deletedAt: number | undefined;
  readonly creatorId: number;
};

/** `2026-11-21T09:40:00Z`: the second version shows whole seconds. */
export function toIsoSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** `2026-11-21 09:40:00`: the first version's form, UTC. */
export function toPlainTime(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace("T", " ");
}

export function idOf(value: unknown): string | undefined {
  return typeof value === "number" || (typeof value === "string" && value !== "") ? String(value) : undefined;
}
