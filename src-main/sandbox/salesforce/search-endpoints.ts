import { z } from "zod";
import type { SandboxAnswer } from "../core/message.ts";
import { listParam, ok, parseBody, route, type OrgCall, type OrgRoute } from "./org-call.ts";
import type { Org } from "./org.ts";
import { searchRecords } from "./record-search.ts";
import { Refusal } from "./refusal.ts";
import { createCursor, parseCondition } from "./soql-parser.ts";
import { splitSoql } from "./soql-words.ts";
import {
  malformedSearch,
  maxSearchRows,
  parseSosl,
  parseTerms,
  wholeTarget,
  type SearchScope,
  type Sosl,
} from "./sosl-parser.ts";

const target = z.object({
  name: z.string(),
  fields: z.array(z.string()).optional(),
  where: z.string().optional(),
  limit: z.int().positive().optional(),
});
const searchBody = z.object({
  q: z.string().min(1),
  in: z.enum(["ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR"]).default("ALL"),
  fields: z.array(z.string()).default(["Id"]),
  sobjects: z.array(target).default([]),
  overallLimit: z.int().positive().default(maxSearchRows),
  defaultLimit: z.int().positive().optional(),
});

/** The search index, by SOSL or by parameters. */
export function searchRoutes(org: Org): readonly OrgRoute[] {
  return [
    route("GET", "/search", (call) => toAnswer(org, call, parseSosl(call.request.query.get("q") ?? ""))),
    route("GET", "/parameterizedSearch", (call) => toAnswer(org, call, fromQuery(call))),
    route("POST", "/parameterizedSearch", (call) => {
      if (!org.config.current().parameterizedSearchPost)
        throw new Refusal(405, "METHOD_NOT_ALLOWED", "HTTP Method 'POST' not allowed. Allowed are GET");
      return toAnswer(org, call, fromBody(parseBody(call, searchBody)));
    }),
  ];
}

function toAnswer(org: Org, { base }: OrgCall, search: Sosl): SandboxAnswer {
  const searchRecordsFound = searchRecords(org, search, base);
  return ok(org.config.current().searchBareArray ? searchRecordsFound : { searchRecords: searchRecordsFound });
}

function fromBody(body: z.output<typeof searchBody>): Sosl {
  return {
    terms: parseTerms(body.q),
    scope: body.in,
    targets: body.sobjects.map(({ name, fields, where, limit }) => ({
      object: name,
      fields: fields ?? body.fields,
      ...wholeTarget,
      where: where === undefined ? undefined : parseCondition(createCursor(splitSoql(where))),
      limit: limit ?? body.defaultLimit,
    })),
    limit: body.overallLimit,
  };
}

function fromQuery(call: OrgCall): Sosl {
  const { query } = call.request;
  const q = query.get("q") ?? "";
  if (q === "") throw malformedSearch("The q parameter is needed and holds the search term.");
  const scope = toScope(query.get("in") ?? "ALL");
  return {
    terms: parseTerms(q),
    scope,
    targets: (listParam(call, "sobject") ?? []).map((object) => ({
      object,
      fields: listParam(call, `${object}.fields`) ?? listParam(call, "fields") ?? ["Id"],
      ...wholeTarget,
      where: toWhere(query.get(`${object}.where`)),
      limit: toLimit(query.get(`${object}.limit`) ?? query.get("defaultLimit")),
    })),
    limit: toLimit(query.get("overallLimit")) ?? maxSearchRows,
  };
}

function toScope(given: string): SearchScope {
  const checked = searchBody.shape.in.safeParse(given.toUpperCase());
  if (!checked.success) throw malformedSearch(`unexpected token: '${given}'`);
  return checked.data;
}

function toWhere(text: string | null) {
  return text === null ? undefined : parseCondition(createCursor(splitSoql(text)));
}

function toLimit(text: string | null): number | undefined {
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
}
