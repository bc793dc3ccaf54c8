import { standsInText, toPattern } from "../core/wildcard.ts";
import type { ObjectName } from "./object-types.ts";
import { toObjectName } from "./object-types.ts";
import type { OrgRecord } from "./org-record.ts";
import { phoneTailIndex } from "./org-records.ts";
import type { Org } from "./org.ts";
import { recordTable, toRecordRow } from "./org-tables.ts";
import { findsPhone } from "./phone-tokens.ts";
import { readValue } from "./record-values.ts";
import { Refusal } from "./refusal.ts";
import { compileCondition } from "./soql-condition.ts";
import { toProjection } from "./soql-projection.ts";
import { sortRows } from "./soql-run.ts";
import { wholeTarget, type SearchScope, type SearchTarget, type Sosl } from "./sosl-parser.ts";

/** What the search index finds, as answered records. It lags, and shows only what the token's user may see. */
export function searchRecords(org: Org, search: Sosl, base: string): readonly object[] {
  const { searchMinTermLength } = org.config.current();
  const terms = search.terms.filter((term) => term.length >= searchMinTermLength);
  const targets = search.targets.length > 0 ? search.targets : defaultTargets;
  const found = targets.flatMap((target) => searchObject(org, search, target, terms, base));
  return found.slice(0, search.limit);
}

const defaultTargets: readonly SearchTarget[] = ["Account", "Contact", "Lead", "Opportunity"].map((object) => ({
  object,
  fields: ["Id"],
  ...wholeTarget,
}));

function searchObject(
  org: Org,
  { scope }: Pick<Sosl, "scope">,
  { object: name, fields, where, orderBy, limit, offset }: SearchTarget,
  terms: readonly string[],
  base: string,
): readonly object[] {
  const object = toObjectName(name);
  if (object === undefined) throw new Refusal(400, "INVALID_TYPE", `sObject type '${name}' is not supported.`);
  const table = recordTable(org, object, base);
  const project = toProjection(table, { kind: "fields", paths: fields });
  const test = where === undefined ? () => true : compileCondition(table, where, org.clock.now());
  const rows = findHits(org, object, terms, scope)
    .map((record) => toRecordRow(org, record, base))
    .filter(test);
  return sortRows(table, { orderBy }, rows)
    .slice(offset, limit === undefined ? undefined : offset + limit)
    .map((row) => project(row));
}

function findHits(org: Org, object: ObjectName, terms: readonly string[], scope: SearchScope): readonly OrgRecord[] {
  const hits = new Set<OrgRecord>();
  for (const term of terms) {
    for (const record of candidates(org, object, term, scope)) {
      if (record.deletedAt === undefined && org.records.isVisible(record) && matches(org, record, term, scope))
        hits.add(record);
    }
  }
  return [...hits].toSorted((left, right) => (left.id < right.id ? -1 : 1));
}

/** For a term that ends in four digits only records with such a phone are looked at. */
function candidates(org: Org, object: ObjectName, term: string, scope: SearchScope): Iterable<OrgRecord> {
  const view = org.records.searchView(object);
  const tail = scope === "PHONE" ? /\d{4}$/.exec(term)?.[0] : undefined;
  return tail === undefined ? view.iterate() : view.find(phoneTailIndex, tail);
}

const scopeTypes: Readonly<Record<SearchScope, readonly string[]>> = {
  ALL: ["string", "phone", "email", "combobox", "picklist", "textarea", "url"],
  SIDEBAR: ["string", "phone", "email"],
  NAME: [],
  EMAIL: ["email"],
  PHONE: ["phone"],
};
/** `*` stands for any characters, `?` for exactly one. */
const wildcards = { "*": "any", "?": "one" } as const;
const nameFields = new Set(["Name", "FirstName", "LastName", "Subject"]);

function matches(org: Org, record: OrgRecord, term: string, scope: SearchScope): boolean {
  const words = /^[\d\s]+$/.test(term) ? [term.replace(/\s/g, "")] : term.split(/\s+/);
  const texts = org.schema
    .fields(record.object)
    .filter(({ name, type }) => scopeTypes[scope].includes(type) || (scope === "NAME" && nameFields.has(name)))
    .map((field) => ({ isPhone: field.type === "phone", text: readValue(org, record, field) }))
    .filter((each): each is { isPhone: boolean; text: string } => typeof each.text === "string");
  return words.every((word) => texts.some(({ isPhone, text }) => hasWord(org, text, word, isPhone)));
}

function hasWord(org: Org, text: string, word: string, isPhone: boolean): boolean {
  if (isPhone && /^\d+$/.test(word)) return findsPhone(text, word, org.config.current().searchIgnoresPunctuation);
  return standsInText(toPattern(word.toLowerCase(), wildcards, { escapes: false }), text.toLowerCase());
}
