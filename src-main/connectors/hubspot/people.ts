import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, PersonCandidate } from "../../engine/ports/connector.ts";
import type { HubspotRecord } from "./batch-answer.ts";
import type { Client } from "./client.ts";
import { personObjects, type PersonObject } from "./person.ts";
import { findHoldingField, listPhoneFields, type PhoneFields } from "./phone-fields.ts";
import { type PhoneForms, toPhoneForms } from "./phone-forms.ts";
import { type Filter, fitsSearch, maxGroups, searchAll, type SearchAsk } from "./search.ts";

/** Numbers in one search. */
export const maxNumbers = 5;

type Result<T> = Promise<Outcome<T, ConnectorFault>>;
type Found = Map<string, readonly PersonCandidate[]>;

export type PeopleFinder = (
  session: CrmSession,
  numbers: readonly string[],
) => Result<ReadonlyMap<string, readonly PersonCandidate[]>>;

/** Looks people up by number: contacts first, companies for the numbers that no contact has. */
export function createPeopleFinder(client: Client): PeopleFinder {
  const fieldsByObject = new Map<string, PhoneFields>();

  const fieldsOf = async (session: CrmSession, object: string): Result<PhoneFields> => {
    const known = fieldsByObject.get(object);
    if (known !== undefined) return { ok: true, value: known };
    const listed = await listPhoneFields(client, session, object);
    if (!listed.ok) return { ok: false, fault: listed.fault.fault };
    fieldsByObject.set(object, listed.value);
    return listed;
  };

  return async (session, numbers) => {
    const found: Found = new Map(numbers.map((number) => [number, []]));
    const forms = new Map(
      [...found.keys()].flatMap((number) => {
        const known = toPhoneForms(number);
        return known === undefined ? [] : [[number, known] as const];
      }),
    );
    for (const person of personObjects) {
      if (forms.size === 0) break;
      const fields = await fieldsOf(session, person.object);
      if (!fields.ok) return fields;
      for (const toFilters of [toExactFilters, toTailFilters]) {
        const missing = [...forms.values()].filter(({ number }) => found.get(number.number)?.length === 0);
        const fault = await searchFor({ client, session, person, fields: fields.value, toFilters, found }, missing);
        if (fault !== null) return { ok: false, fault };
      }
    }
    return { ok: true, value: found };
  };
}

type ToFilters = (forms: readonly PhoneForms[], fields: PhoneFields) => readonly Filter[];

/** All spellings at once: a value list per field. */
const toExactFilters: ToFilters = (forms, { typed, searchable }) => [
  ...searchable.map((propertyName) =>
    toList(
      propertyName,
      forms.flatMap(({ nationals }) => nationals),
    ),
  ),
  ...typed.map((propertyName) =>
    toList(
      propertyName,
      forms.flatMap(({ written }) => written),
    ),
  ),
];

/** Spellings that no list foresees: HubSpot's digits that end like the number. */
const toTailFilters: ToFilters = (forms, { searchable }) =>
  forms.flatMap(({ tail }) =>
    searchable.map((propertyName) => ({ propertyName, operator: "CONTAINS_TOKEN", value: `*${tail}` }) as const),
  );

const toList = (propertyName: string, values: readonly string[]): Filter => ({
  propertyName,
  operator: "IN",
  values: [...new Set(values.map((value) => value.toLowerCase()))],
});

type Round = Readonly<{
  client: Client;
  session: CrmSession;
  person: PersonObject;
  fields: PhoneFields;
  toFilters: ToFilters;
  found: Found;
}>;

/** One round for these numbers, in as few searches as HubSpot's bounds allow. */
async function searchFor(round: Round, forms: readonly PhoneForms[]): Promise<ConnectorFault | null> {
  if (forms.length === 0) return null;
  const asks = toAsks(round, forms);
  // Too much for one request: halve the numbers. One number alone is split over several requests by its fields.
  if (forms.length > maxNumbers || (forms.length > 1 && (asks.length > 1 || !asks.every(fitsSearch)))) {
    const middle = Math.ceil(forms.length / 2);
    return (await searchFor(round, forms.slice(0, middle))) ?? (await searchFor(round, forms.slice(middle)));
  }
  for (const ask of asks) {
    const records = await searchAll(round.client, round.session, ask);
    if (!records.ok) return records.fault;
    for (const each of forms) collect(round, each, records.value);
  }
  return null;
}

function toAsks({ person, fields, toFilters }: Round, forms: readonly PhoneForms[]): readonly SearchAsk[] {
  const filters = toFilters(forms, fields);
  const properties = [...new Set([...person.properties, ...fields.typed, ...fields.searchable])];
  const asks: SearchAsk[] = [];
  for (let from = 0; from < filters.length; from += maxGroups)
    asks.push({ object: person.object, groups: filters.slice(from, from + maxGroups), properties });
  return asks;
}

function collect({ person, fields, found }: Round, forms: PhoneForms, records: readonly HubspotRecord[]): void {
  const { number } = forms.number;
  const candidates = new Map((found.get(number) ?? []).map((candidate) => [candidate.id, candidate]));
  for (const each of records) {
    const field = findHoldingField(forms, each.properties, fields);
    if (field !== undefined) candidates.set(each.id, person.toCandidate(each, field));
  }
  found.set(number, [...candidates.values()]);
}
