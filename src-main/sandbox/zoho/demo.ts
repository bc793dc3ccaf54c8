import type { DemoData, OutsideRecords } from "../core/crm-sandbox.ts";
import type { createZohoConfiguration } from "./configuration.ts";

type Configuration = ReturnType<typeof createZohoConfiguration>;

/** The demo's people and companies, and the rule that refuses its longest call. */
export function seedDemo(records: OutsideRecords, configuration: Configuration, demo: DemoData): void {
  const accounts = new Map<string, unknown>();
  for (const { name, phone } of demo.companies) {
    const made = create(records, "Accounts", { Account_Name: name, Phone: phone });
    accounts.set(name, made["id"]);
  }
  for (const { firstName, lastName, company, phone, mobile } of demo.people) {
    create(records, "Contacts", {
      First_Name: firstName,
      Last_Name: lastName,
      Phone: phone,
      Mobile: mobile,
      Account_Name: company === undefined ? undefined : accounts.get(company),
    });
  }
  const changed = configuration.change({
    validationRules: [
      {
        object: "Calls",
        on: ["create", "update"],
        when: { field: "Call_Duration_in_seconds", op: "gt", value: demo.longestCallSeconds },
        message: "Calls longer than the office hours allow must be entered by hand.",
        field: "Call_Duration",
      },
    ],
  });
  if (!changed.ok) throw new Error(`The demo's rule is none: ${changed.message}`);
}

function create(records: OutsideRecords, object: string, fields: Readonly<Record<string, unknown>>) {
  const made = records.create(object, fields);
  if (!made.ok) throw new Error(`The demo's ${object} could not be made: ${made.message}`);
  return made.record;
}
