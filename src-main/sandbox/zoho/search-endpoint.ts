import { toEmptyAnswer, toJsonAnswer, type SandboxAnswer } from "../core/message.ts";
import type { KnownField } from "./field-registry.ts";
import type { ModuleName } from "./modules.ts";
import type { Org } from "./org.ts";
import { isOfConversion, maxPage, visibleRecords } from "./read-endpoints.ts";
import { readValue, toWireRecord } from "./record-wire.ts";
import { invalidData, Refusal } from "./refusal.ts";
import { meetsCriterion, parseCriteria, type Criteria } from "./search-criteria.ts";
import { listParam, moduleParam, numberParam, route, type ZohoCall, type ZohoRoute } from "./zoho-call.ts";
import { checkView } from "./view-endpoints.ts";
import { moduleAccess } from "./write-endpoints.ts";
import type { ZohoRecord } from "./zoho-record.ts";

const maxFound = 2000;
const askings = ["criteria", "email", "phone", "word"] as const;

export function searchRoutes(org: Org): readonly ZohoRoute[] {
  return [
    route(
      "GET",
      "/crm/:version/:module/search",
      (call) => {
        const module = moduleParam(call);
        const scopes = ["ZohoSearch.securesearch.READ", `ZohoCRM.modules.${module}.READ`];
        return { scopes, right: { module, permission: "read" } };
      },
      (call) => search(org, call),
    ),
    route("GET", "/crm/:version/:module/actions/count", moduleAccess("read"), (call) =>
      toJsonAnswer(200, { count: countRecords(org, call) }),
    ),
  ];
}

/** The search index lags behind the records, and shows what it holds of them, not what they are now. */
function search(org: Org, call: ZohoCall): SandboxAnswer {
  const module = moduleParam(call);
  const test = toTest(org, module, call);
  const perPage = numberParam(call, "per_page", { fallback: maxPage, max: maxPage });
  const page = numberParam(call, "page", { fallback: 1, max: Number.MAX_SAFE_INTEGER });
  if (page * perPage > maxFound)
    throw new Refusal(400, "LIMIT_REACHED", "maximum response iteration limit reached", { limit: String(maxFound) });
  const found = [...org.records.searchView(module).iterate()]
    .filter((record) => isShown(org, record) && isOfConversion(record, call.request.query.get("converted")))
    .filter(test);
  const rows = found.slice((page - 1) * perPage, page * perPage);
  if (rows.length === 0) return toEmptyAnswer(204);
  const fields = listParam(call, "fields");
  return toJsonAnswer(200, {
    data: rows.map((record) => toWireRecord(org, record, fields)),
    info: { per_page: perPage, count: rows.length, page, more_records: found.length > page * perPage },
  });
}

/** All records of a module or of a view, or those that a search would find. Throws a `Refusal` for both at once. */
function countRecords(org: Org, call: ZohoCall): number {
  const module = moduleParam(call);
  const { query } = call.request;
  const asked = askings.filter((name) => query.has(name));
  checkView(module, call);
  if (asked.length > 0 && query.has("cvid")) {
    const names = ["cvid", ...asked].map((name) => ({ param_name: name }));
    const message = "Please use either Cvid or Search Params. Combination of both the params is not allowed";
    throw new Refusal(400, "AMBIGUITY_DURING_PROCESSING", message, { ambiguity_due_to: names });
  }
  if (asked.length === 0) return visibleRecords(org, module, call).length;
  return [...org.records.searchView(module).iterate()]
    .filter((record) => isShown(org, record) && isOfConversion(record, query.get("converted")))
    .filter(toTest(org, module, call)).length;
}

/** Deleted records may stay in the index for a while. */
function isShown(org: Org, record: ZohoRecord): boolean {
  if (org.records.isHidden(record)) return false;
  return record.deleted === undefined || org.clock.now() < record.deleted.at + org.config.current().deletedLingerMs;
}

function toTest(org: Org, module: ModuleName, { request }: ZohoCall): (record: ZohoRecord) => boolean {
  const fields = [...org.registry.fields(module).values()];
  const name = askings.find((each) => request.query.has(each));
  const value = name === undefined ? "" : (request.query.get(name) ?? "");
  switch (name) {
    case undefined:
      throw new Refusal(400, "EXPECTED_PARAM_MISSING", "One of the expected parameter is missing", {
        param_names: askings,
      });
    case "phone":
      return toPhoneTest(fields, value, org.config.current().searchNormalises);
    case "email":
      return (record) => textsOf(record, fields, "email").some((held) => held.toLowerCase() === value.toLowerCase());
    case "word":
      if (value.length < 2) throw invalidData({ param_name: "word", minimum_length: 2 });
      return (record) => fields.some(({ name: field }) => holdsWord(record, field, value));
    case "criteria": {
      const criteria = parseCriteria(value);
      checkColumns(criteria, org, module);
      return (record) => meets(criteria, record);
    }
  }
}

function holdsWord(record: ZohoRecord, field: string, word: string): boolean {
  const held = record.values[field];
  return typeof held === "string" && held.toLowerCase().includes(word.toLowerCase());
}

function textsOf(record: ZohoRecord, fields: readonly KnownField[], type: KnownField["type"]): readonly string[] {
  return fields
    .filter((field) => field.type === type)
    .map(({ name }) => record.values[name])
    .filter((held) => typeof held === "string");
}

/** Digits are compared, whole or in part; other spellings of the same number only where the switch says so. */
function toPhoneTest(
  fields: readonly KnownField[],
  asked: string,
  normalises: boolean,
): (record: ZohoRecord) => boolean {
  if (asked.length < 3 || asked.length > 50 || !/^\+?[0-9\s\-().]+$/.test(asked))
    throw invalidData({ param_name: "phone", regex: "^[+]?[0-9\\s\\-\\(\\)\\.]+$" });
  const wanted = toDigits(asked);
  const tail = toTail(wanted);
  return (record) =>
    textsOf(record, fields, "phone").some((held) => {
      const digits = toDigits(held);
      return digits.includes(wanted) || (normalises && wanted.length >= 7 && toTail(digits) === tail);
    });
}

function toDigits(text: string): string {
  return text.replace(/(?:ext|x)\.?\s*\d+$/i, "").replace(/\D/g, "");
}

/** The last nine digits tell a number whatever stands before them: country code, trunk zero, 00. */
function toTail(digits: string): string {
  return digits.slice(-9);
}

function checkColumns(criteria: Criteria, org: Org, module: ModuleName): void {
  if (criteria.kind !== "criterion") {
    for (const part of criteria.parts) checkColumns(part, org, module);
    return;
  }
  const field = org.registry.fields(module).get(criteria.field);
  if (criteria.field === "id" || (field !== undefined && field.type !== "textarea")) return;
  throw new Refusal(400, "INVALID_QUERY", "Invalid query formed", {
    reason: "the field is not available in search",
    api_name: criteria.field,
  });
}

function meets(criteria: Criteria, record: ZohoRecord): boolean {
  if (criteria.kind !== "criterion") {
    const meetsPart = (part: Criteria): boolean => meets(part, record);
    return criteria.kind === "and" ? criteria.parts.every(meetsPart) : criteria.parts.some(meetsPart);
  }
  const held = readValue(record, criteria.field);
  const wanted = /^\d{4}-\d{2}-\d{2}T/.test(criteria.value) ? String(Date.parse(criteria.value)) : criteria.value;
  return meetsCriterion(held === undefined ? "" : String(held), criteria.operator, wanted);
}
