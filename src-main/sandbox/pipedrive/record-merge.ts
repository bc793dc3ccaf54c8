import { z } from "zod";
import { param, parseV1, requireRecord, notFound, route, toData, type ApiRoute } from "./api-call.ts";
import type { Company } from "./company.ts";
import { idOf, type CompanyRecord } from "./company-record.ts";
import { scopeFamily, type CoreObject } from "./object-types.ts";
import { checkPermission } from "./record-rules.ts";
import { primaryPerson, toV1Wire, type Wire } from "./record-wire.ts";

const mergeable = ["persons", "organizations", "deals"] as const;

/** Merging stays with the first version. Data of `merge_with_id` win; which id survives depends on the account. */
export function mergeRoutes(company: Company): readonly ApiRoute[] {
  return mergeable.map((object) =>
    route("PUT", `/v1/${object}/:id/merge`, { cost: 40, scopes: [`${scopeFamily[object]}:full`] }, (call) => {
      checkPermission(company, object, "edit");
      const { merge_with_id: otherId } = parseV1(call, z.looseObject({ merge_with_id: z.int().positive() }));
      const named = requireLive(company, object, param(call, "id"));
      const other = requireLive(company, object, String(otherId));
      const isOther = company.config.current().mergeSurvivor === "merge_with_id";
      const [survivor, loser] = isOther ? [other, named] : [named, other];
      const merged = mergeRecords(company, object, { survivor, loser, winner: other });
      return toData({ ...toV1Wire(company, merged), merge_what_id: Number(loser.id) });
    }),
  );
}

function requireLive(company: Company, object: CoreObject, id: string): CompanyRecord {
  const record = requireRecord(company, object, id, "current");
  if (record.deletedAt !== undefined) throw notFound(company);
  return record;
}

type Merge = { readonly survivor: CompanyRecord; readonly loser: CompanyRecord; readonly winner: CompanyRecord };

/** `winner`: whose data stand where both have some. Phones and addresses of both are kept, and so is what is linked. */
export function mergeRecords(company: Company, object: CoreObject, { survivor, loser, winner }: Merge): CompanyRecord {
  const under = winner.id === survivor.id ? loser : survivor;
  const merged: CompanyRecord = {
    ...survivor,
    fields: { ...under.fields, ...filled(winner.fields), ...lists(winner, under) },
    custom: { ...under.custom, ...filled(winner.custom) },
    updateTime: company.clock.now(),
  };
  company.put(merged);
  company.put({ ...loser, deletedAt: company.clock.now(), updateTime: company.clock.now() });
  relink(company, object, loser.id, Number(survivor.id));
  return merged;
}

function filled(values: Wire): Wire {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) => value !== null && value !== "" && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

function lists(winner: CompanyRecord, under: CompanyRecord): Wire {
  return Object.fromEntries(
    ["phones", "emails"].flatMap((name) => {
      const [first, second] = [toList(winner.fields[name]), toList(under.fields[name])];
      const points = [...first, ...second.map((point) => withoutPrimary(point, first.length))];
      const seen = new Set<string>();
      return [[name, points.filter((point) => isNew(seen, point))]];
    }),
  );
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function withoutPrimary(point: unknown, others: number): unknown {
  return typeof point === "object" && point !== null && others > 0 ? { ...point, primary: false } : point;
}

function isNew(seen: Set<string>, point: unknown): boolean {
  const value = typeof point === "object" && point !== null && "value" in point ? String(point.value) : "";
  if (seen.has(value)) return false;
  seen.add(value);
  return true;
}

const linkFields: Readonly<Record<CoreObject, string>> = {
  persons: "person_id",
  organizations: "org_id",
  deals: "deal_id",
  activities: "activity_id",
};

function relink(company: Company, object: CoreObject, from: string, to: number): void {
  const field = linkFields[object];
  for (const holder of ["activities", "deals", "persons", "callLogs"] as const)
    for (const record of company.current(holder).iterate()) {
      const isLinked = idOf(record.fields[field]) === from;
      const people = object === "persons" ? moveParticipant(record.fields["participants"], from, to) : undefined;
      if (!isLinked && people === undefined) continue;
      company.put({
        ...record,
        fields: {
          ...record.fields,
          ...(isLinked ? { [field]: to } : {}),
          ...(people === undefined ? {} : { participants: people, person_id: primaryPerson(people) }),
        },
      });
    }
}

function moveParticipant(given: unknown, from: string, to: number): readonly unknown[] | undefined {
  if (!Array.isArray(given)) return undefined;
  const isFrom = (each: unknown): boolean =>
    typeof each === "object" && each !== null && "person_id" in each && idOf(each.person_id) === from;
  if (!given.some(isFrom)) return undefined;
  return given.map((each: unknown) => (isFrom(each) && typeof each === "object" ? { ...each, person_id: to } : each));
}
