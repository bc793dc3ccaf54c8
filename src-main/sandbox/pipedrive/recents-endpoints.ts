import { listParam, route, toData, toOffsetPage, type ApiRoute } from "./api-call.ts";
import type { Company } from "./company.ts";
import { coreObjects, singular } from "./object-types.ts";
import { toV1Wire } from "./record-wire.ts";
import { badRequest } from "./refusal.ts";

/** What changed since a time, in the first version's shapes; deleted items carry `active_flag: false` or are left out. */
export function recentsRoutes(company: Company): readonly ApiRoute[] {
  return [
    route("GET", "/v1/recents", { cost: 20, scopes: ["recents:read"] }, (call) => {
      const given = call.request.query.get("since_timestamp") ?? "";
      if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(given))
        throw badRequest("Bad request: since_timestamp must be YYYY-MM-DD HH:MM:SS");
      const since = Date.parse(`${given.replace(" ", "T")}Z`);
      const items = listParam(call, "items");
      const { recentsShowsDeleted } = company.config.current();
      const changed = coreObjects
        .filter((object) => items === undefined || items.includes(singular[object]))
        .flatMap((object) => [...company.shown(object).iterate()])
        .filter((record) => record.updateTime >= since && company.isVisible(record) && !company.isPurged(record))
        .filter(({ deletedAt }) => recentsShowsDeleted || deletedAt === undefined)
        .toSorted((left, right) => left.updateTime - right.updateTime || left.order - right.order);
      const { page, additional } = toOffsetPage(call, changed, 100, 500);
      const data = page.map((record) => {
        const item = coreObjects.find((object) => object === record.object);
        return {
          item: item === undefined ? "" : singular[item],
          id: Number(record.id),
          data: toV1Wire(company, record),
        };
      });
      return toData(data, 200, additional);
    }),
  ];
}
