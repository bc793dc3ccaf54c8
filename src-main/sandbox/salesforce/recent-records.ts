import { ok, route, type OrgCall, type OrgRoute } from "./org-call.ts";
import { objectTypes, type ObjectName } from "./object-types.ts";
import type { OrgRecord } from "./org-record.ts";
import { apiUser, type Org } from "./org.ts";
import { readValue } from "./record-values.ts";
import { Refusal } from "./refusal.ts";

const shown: readonly ObjectName[] = ["Contact", "Lead", "Account", "Opportunity"];
const most = 200;

/** What the token's user dealt with last: nobody looks at pages here, so that records written last come first. */
export function recentRoutes(org: Org): readonly OrgRoute[] {
  return [
    route("GET", "/recent", (call) => {
      const limit = limitOf(call);
      return ok(recentRecords(org, shown, call.base).slice(0, limit));
    }),
  ];
}

export function recentRecords(org: Org, objects: readonly ObjectName[], base: string): readonly object[] {
  return objects
    .flatMap((object) => [...org.records.readView(object).iterate()])
    .filter(
      (record) => record.deletedAt === undefined && record.modifiedBy === apiUser.id && org.records.isVisible(record),
    )
    .toSorted((left, right) => right.modifiedAt - left.modifiedAt || (left.id < right.id ? 1 : -1))
    .slice(0, most)
    .map((record) => toItem(org, record, base));
}

function limitOf({ request }: OrgCall): number {
  const given = request.query.get("limit");
  const limit = given === null ? most : Number(given);
  if (Number.isInteger(limit) && limit >= 1) return limit;
  throw new Refusal(400, "INVALID_QUERY_SCOPE", "limit: must be a whole number above 0");
}

function toItem(org: Org, record: OrgRecord, base: string): object {
  const { nameField } = objectTypes[record.object];
  const field = org.schema.find(record.object, nameField);
  return {
    attributes: { type: record.object, url: `${base}/sobjects/${record.object}/${record.id}` },
    Id: record.id,
    [nameField]: field === undefined ? null : readValue(org, record, field),
  };
}
