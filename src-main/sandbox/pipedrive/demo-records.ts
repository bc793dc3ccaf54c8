import type { DemoData, OutsideRecords } from "../core/crm-sandbox.ts";
import type { createPipedriveConfiguration } from "./configuration.ts";

/** Companies and people of the demo, and the rule that refuses its longest call. Organizations have no phone here. */
export function seedDemo(
  records: OutsideRecords,
  configuration: ReturnType<typeof createPipedriveConfiguration>,
  { companies, people, longestCallSeconds }: DemoData,
): void {
  const ids = new Map(companies.map(({ name }) => [name, create(records, "organizations", { name })]));
  for (const { firstName, lastName, company, phone, mobile } of people) {
    const phones = [
      ...(phone === undefined ? [] : [{ value: phone, label: "work" }]),
      ...(mobile === undefined ? [] : [{ value: mobile, label: "mobile" }]),
    ];
    const organization = company === undefined ? {} : { org_id: Number(ids.get(company)) };
    create(records, "persons", { name: `${firstName} ${lastName}`, phones, ...organization });
  }
  // Durations are text of hours and minutes, filled with zeros, so they compare as text does.
  const minutes = Math.floor(longestCallSeconds / 60);
  const longest = `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}:59`;
  const changed = configuration.change({
    validationRules: [
      {
        object: "activities",
        on: ["create", "update"],
        when: { field: "duration", op: "gt", value: longest },
        message: `Calls of more than ${minutes} minutes need a supervisor's approval.`,
        field: "duration",
      },
    ],
  });
  if (!changed.ok) throw new Error(changed.message);
}

function create(records: OutsideRecords, object: string, fields: Readonly<Record<string, unknown>>): string {
  const made = records.create(object, fields);
  if (!made.ok) throw new Error(`The demo's data do not fit: ${made.message}`);
  return String(made.record["id"]);
}
