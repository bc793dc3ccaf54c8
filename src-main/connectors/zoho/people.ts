import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, PersonCandidate } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { anyOf, isIn, query, row, textOf, type Row } from "./coql.ts";
import type { FieldMetadata } from "./field-metadata.ts";
import { personModules, toCandidate, type PersonModule } from "./person.ts";
import { isSameNumber, toPhoneForms, type PhoneForms } from "./phone-forms.ts";
import { batchMax, crmPath } from "./wire.ts";

/** Numbers in one look-up: their spellings have to fit into one query. */
export const maxNumbers = 10;

type Result<T> = Promise<Outcome<T, ConnectorFault>>;

export type PeopleFinder = (
  session: CrmSession,
  numbers: readonly string[],
) => Result<ReadonlyMap<string, readonly PersonCandidate[]>>;

/**
 * Looks people up by number: contacts, then leads that are not converted, then accounts. First by the spellings that
 * people use most (one query of the records for all numbers), then, for a number still without anybody, by the digits
 * that every spelling ends with (the search index, which lags, so its hits are read from the records again).
 */
export function createPeopleFinder(client: Client, metadata: FieldMetadata): PeopleFinder {
  const phoneFieldsOf = async (session: CrmSession, module: string): Result<readonly string[]> => {
    const fields = await metadata.of(session, module);
    if (!fields.ok) return fields;
    const phones = [...fields.value.values()].filter(({ data_type: type }) => type === "phone");
    return { ok: true, value: phones.map(({ api_name: name }) => name) };
  };

  return async (session, numbers) => {
    const found = new Map<string, readonly PersonCandidate[]>(numbers.map((number) => [number, []]));
    const forms = [...found.keys()].map(toPhoneForms).filter((known) => known !== undefined);
    for (const person of personModules) {
      const missing = (): readonly PhoneForms[] => forms.filter(({ number }) => found.get(number.number)?.length === 0);
      if (missing().length === 0) break;
      const fields = await phoneFieldsOf(session, person.module);
      if (!fields.ok) return fields;
      if (fields.value.length === 0) continue;
      const round: Round = { client, session, person, fields: fields.value, found };
      const fault = (await findByValue(round, missing())) ?? (await findBySearch(round, missing()));
      if (fault !== null) return { ok: false, fault };
    }
    return { ok: true, value: found };
  };
}

type Round = Readonly<{
  client: Client;
  session: CrmSession;
  person: PersonModule;
  fields: readonly string[];
  found: Map<string, readonly PersonCandidate[]>;
}>;

async function findByValue(round: Round, forms: readonly PhoneForms[]): Promise<ConnectorFault | null> {
  for (let from = 0; from < forms.length; from += maxNumbers) {
    const asked = forms.slice(from, from + maxNumbers);
    const written = [...new Set(asked.flatMap((each) => each.written))];
    const read = await readPeople(round, anyOf(round.fields.map((field) => isIn(field, written))));
    if (!read.ok) return read.fault;
    collect(round, asked, read.value);
  }
  return null;
}

const hits = z.looseObject({ data: z.array(row) });

async function findBySearch(round: Round, forms: readonly PhoneForms[]): Promise<ConnectorFault | null> {
  const ids = new Set<string>();
  for (const { tail } of forms) {
    // Zoho searches for three digits at least.
    if (tail.length < 3) continue;
    const search = new URLSearchParams({ phone: tail, fields: "id", per_page: "200" });
    const reply = await round.client.call(round.session, {
      method: "GET",
      path: crmPath(`${round.person.module}/search?${search.toString()}`),
      kind: "read",
      subject: "other",
      schema: hits,
      empty: { data: [] },
    });
    if (!reply.ok) return reply.fault.fault;
    for (const { id } of reply.value.value.data) ids.add(id);
  }
  const all = [...ids];
  for (let from = 0; from < all.length; from += batchMax) {
    const read = await readPeople(round, isIn("id", all.slice(from, from + batchMax)));
    if (!read.ok) return read.fault;
    collect(round, forms, read.value);
  }
  return null;
}

async function readPeople({ client, session, person, fields }: Round, where: string): Result<readonly Row[]> {
  const read = await query(client, session, {
    module: person.module,
    columns: [...person.columns, ...fields],
    where,
    subject: "other",
  });
  return read.ok ? { ok: true, value: read.value.rows } : { ok: false, fault: read.fault.fault };
}

/** Both sides are normalised: whatever the CRM's spelling, only the number itself counts. */
function collect({ person, fields, found }: Round, forms: readonly PhoneForms[], rows: readonly Row[]): void {
  for (const form of forms) {
    const { number } = form.number;
    const candidates = new Map((found.get(number) ?? []).map((candidate) => [candidate.id, candidate]));
    for (const each of rows) {
      const field = fields.find((name) => {
        const typed = textOf(each, name);
        return typed !== null && isSameNumber(typed, form);
      });
      if (field !== undefined) candidates.set(each.id, toCandidate(person, each, field));
    }
    found.set(number, [...candidates.values()]);
  }
}
