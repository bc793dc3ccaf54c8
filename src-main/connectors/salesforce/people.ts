import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, PersonCandidate } from "../../engine/ports/connector.ts";
import type { Client, Refusal } from "./client.ts";
import type { Describer } from "./describe.ts";
import { listPhoneFields, type PersonObject, personObjects, toCandidate } from "./person.ts";
import { isSameNumber, type PhoneForms, toPhoneForms } from "./phone-forms.ts";
import { queryPage, queriedRecord, textOf, type QueriedRecord } from "./query.ts";
import { dataPath, quoteList } from "./wire.ts";

/** Numbers in one search: its text has to fit into an address of 16,384 bytes. */
export const maxNumbers = 20;

type Result<T> = Promise<Outcome<T, ConnectorFault>>;
type Found = Map<string, readonly PersonCandidate[]>;

export type PeopleFinder = (
  session: CrmSession,
  numbers: readonly string[],
) => Result<ReadonlyMap<string, readonly PersonCandidate[]>>;

/** An object that we may read, with its fields. */
type Source = Readonly<{ person: PersonObject; phones: readonly string[]; selected: readonly string[] }>;

type Hit = Readonly<{ source: Source; record: QueriedRecord }>;

/**
 * Looks people up by number. The search index finds however a number is typed, but lags and cannot be trusted; for
 * numbers that it does not find, the database is asked for the common spellings. What comes back is compared by us.
 */
export function createPeopleFinder(client: Client, describer: Describer): PeopleFinder {
  let sources: readonly Source[] | null = null;
  const listSources = async (session: CrmSession): Promise<Outcome<readonly Source[], Refusal>> => {
    if (sources !== null) return { ok: true, value: sources };
    const listed: Source[] = [];
    for (const person of personObjects) {
      const described = await describer.describe(session, person.object);
      if (!described.ok) {
        // Leads or accounts that the user may not see belong to nobody we could log a call with.
        if (described.fault.status === 404 && person.object !== "Contact") continue;
        return described;
      }
      const { fields } = described.value;
      const phones = listPhoneFields(described.value);
      const selected = [...new Set(["Id", ...person.fields.filter((field) => fields.has(field)), ...phones])];
      const where = person.where !== null && !fields.has("IsConverted") ? null : person.where;
      if (phones.length > 0) listed.push({ person: { ...person, where }, phones, selected });
    }
    sources = listed;
    return { ok: true, value: listed };
  };

  return async (session, numbers) => {
    const found: Found = new Map(numbers.map((number) => [number, []]));
    const forms = [...found.keys()].flatMap((number) => {
      const known = toPhoneForms(number);
      return known === undefined ? [] : [known];
    });
    if (forms.length === 0) return { ok: true, value: found };
    const listed = await listSources(session);
    if (!listed.ok) return { ok: false, fault: listed.fault.fault };
    for (const lookUp of [search, queryForms]) {
      const missing = forms.filter(({ number }) => found.get(number.number)?.length === 0);
      for (let from = 0; from < missing.length; from += maxNumbers) {
        const asked = missing.slice(from, from + maxNumbers);
        const hits = await lookUp(client, session, listed.value, asked);
        if (!hits.ok) return { ok: false, fault: hits.fault.fault };
        for (const each of asked) found.set(each.number.number, collect(each, hits.value));
      }
    }
    return { ok: true, value: found };
  };
}

/** Whoever really has the number: contacts, else leads, else companies. */
function collect(forms: PhoneForms, hits: readonly Hit[]): readonly PersonCandidate[] {
  for (const { object } of personObjects) {
    const people = new Map<string, PersonCandidate>();
    for (const { source, record } of hits) {
      if (source.person.object !== object) continue;
      const field = source.phones.find((name) => isSameNumber(textOf(record, name) ?? "", forms));
      if (field !== undefined) people.set(record.Id, toCandidate(object, record.Id, record, field));
    }
    if (people.size > 0) return [...people.values()];
  }
  return [];
}

type LookUp = (
  client: Client,
  session: CrmSession,
  sources: readonly Source[],
  forms: readonly PhoneForms[],
) => Promise<Outcome<readonly Hit[], Refusal>>;

const searchHit = queriedRecord.extend({ attributes: z.looseObject({ type: z.string() }) });
/** Very old versions answered a bare array. */
const searchAnswer = z.union([
  z.looseObject({ searchRecords: z.array(searchHit) }).transform(({ searchRecords }) => searchRecords),
  z.array(searchHit),
]);

/** Reserved characters of a search term; a wildcard of ours stays one. */
const escapeTerm = (term: string): string => term.replace(/[&|!{}[\]()^~:\\"'+-]/g, (found) => `\\${found}`);

const search: LookUp = async (client, session, sources, forms) => {
  const terms = [...new Set(forms.flatMap((each) => each.terms))].map(escapeTerm);
  const returning = sources.map(({ person, selected }) => {
    const where = person.where === null ? "" : ` WHERE ${person.where}`;
    return `${person.object}(${selected.join(",")}${where})`;
  });
  const sosl = `FIND {${terms.join(" OR ")}} IN PHONE FIELDS RETURNING ${returning.join(", ")}`;
  const reply = await client.call(session, {
    method: "GET",
    path: dataPath(`/search/?q=${encodeURIComponent(sosl)}`),
    kind: "read",
    subject: "query",
    schema: searchAnswer,
  });
  if (!reply.ok) return reply;
  const hits = reply.value.value.flatMap((record) => {
    const source = sources.find(({ person }) => person.object === record.attributes.type);
    return source === undefined ? [] : [{ source, record }];
  });
  return { ok: true, value: hits };
};

const compositeAnswer = z.looseObject({
  compositeResponse: z.array(z.looseObject({ referenceId: z.string(), httpStatusCode: z.number(), body: z.unknown() })),
});

/** One call with a query for each object: the database knows contacts that the search index does not show yet. */
const queryForms: LookUp = async (client, session, sources, forms) => {
  const spellings = quoteList([...new Set(forms.flatMap(({ written }) => written))]);
  const compositeRequest = sources.map(({ person, phones, selected }) => {
    const matches = phones.map((field) => `${field} IN ${spellings}`).join(" OR ");
    const where = person.where === null ? `(${matches})` : `(${matches}) AND ${person.where}`;
    const soql = `SELECT ${selected.join(",")} FROM ${person.object} WHERE ${where}`;
    return { method: "GET", url: dataPath(`/query?q=${encodeURIComponent(soql)}`), referenceId: person.object };
  });
  const reply = await client.call(session, {
    method: "POST",
    path: dataPath("/composite"),
    body: { allOrNone: false, compositeRequest },
    kind: "read",
    subject: "query",
    schema: compositeAnswer,
  });
  if (!reply.ok) return reply;
  const hits: Hit[] = [];
  for (const { referenceId, httpStatusCode, body } of reply.value.value.compositeResponse) {
    const source = sources.find(({ person }) => person.object === referenceId);
    if (source === undefined) continue;
    const page = queryPage.safeParse(body);
    if (httpStatusCode >= 400 || !page.success) return { ok: false, fault: unread(referenceId, httpStatusCode) };
    hits.push(...page.data.records.map((record) => ({ source, record })));
  }
  return { ok: true, value: hits };
};

function unread(object: string, status: number): Refusal {
  const message = `Salesforce did not answer the query for ${object} records.`;
  return { fault: { kind: "transient", proof: "read_only", answer: { status, message } }, status, errors: [] };
}
