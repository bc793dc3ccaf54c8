import type { DemoData, OutsideEdit, OutsideRecords } from "../core/crm-sandbox.ts";

/** The demo's people: contacts of their company's account, or leads where they have none. */
export function seedDemo(records: OutsideRecords, { companies, people }: DemoData): void {
  const accounts = new Map(
    companies.map(({ name, phone }) => [name, idOf(records.create("Account", { Name: name, Phone: phone ?? null }))]),
  );
  for (const { firstName, lastName, company, phone, mobile } of people) {
    const person = { FirstName: firstName, LastName: lastName, Phone: phone ?? null, MobilePhone: mobile ?? null };
    if (company === undefined) idOf(records.create("Lead", { ...person, Company: "Private" }));
    else idOf(records.create("Contact", { ...person, AccountId: accounts.get(company) ?? null }));
  }
}

function idOf(edit: OutsideEdit): string {
  if (!edit.ok) throw new Error(`The demo's data do not fit the sandbox: ${edit.message}`);
  return String(edit.record["Id"]);
}
