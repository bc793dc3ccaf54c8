import type { DemoData, OutsideRecords } from "../core/crm-sandbox.ts";

/** Companies and people of the demo, as somebody in the CRM would have typed them. */
export function seedPeople(records: OutsideRecords, { companies, people }: DemoData): void {
  const ids = new Map(companies.map(({ name, phone }) => [name, create(records, "companies", { name, phone })]));
  for (const { firstName, lastName, company, phone, mobile } of people) {
    const companyId = company === undefined ? undefined : ids.get(company);
    const associations = companyId === undefined ? {} : { associations: { companies: [companyId] } };
    create(records, "contacts", {
      firstname: firstName,
      lastname: lastName,
      company,
      phone,
      mobilephone: mobile,
      ...associations,
    });
  }
}

function create(records: OutsideRecords, object: string, fields: Readonly<Record<string, unknown>>): string {
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const edit = records.create(object, given);
  if (!edit.ok) throw new Error(`The demo's data do not fit: ${edit.message}`);
  return String(edit.record["id"]);
}
