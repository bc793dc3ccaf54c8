import type { DemoData } from "../core/crm-sandbox.ts";

/**
 * People and companies of the demo. Their numbers are those of the sample logs, typed the way people type them: E.164,
 * with spaces, with the trunk zero, with 00 in front, in brackets. Two of them share one number, and callers with the
 * numbers 07700 900672, 07700 900156, 0113 496 0122, 0161 496 0341, 07700 900708 and 07700 900598 are known to nobody.
 */
export const demoData: DemoData = {
  companies: [
    { name: "Test Clinic", phone: "+44 20 7946 0187" },
    { name: "Northwind Test", phone: "0113 496 0176" },
    { name: "Acme Example Ltd", phone: "(020) 7946 0101" },
    { name: "Sample Logistics", phone: "+441134960208" },
  ],
  people: [
    person("Priya", "Example", "Test Clinic", undefined, "+44 7700 900134"),
    person("Noah", "Sample", "Northwind Test", undefined, "07700 900201"),
    person("Mia", "Placeholder", undefined, undefined, "0044 7700 900783"),
    person("Owen", "Specimen", "Acme Example Ltd", "020 7946 0365", "(07700) 900-904"),
    person("Jean", "Dupont-Test", undefined, "+33 1 99 00 12 99", "07700900634"),
    person("Ada", "Muster", "Acme Example Ltd", "(020) 7946-0321", "+44 (0)7700 900456"),
    person("Leo", "Example", undefined, undefined, "+447700900826"),
    person("Zoe", "Sample", "Sample Logistics", "0161 496 0168", "07700 900 233"),
    person("Max", "Longcall", "Northwind Test", undefined, "+44 7700 900947"),
    person("Ivy", "Specimen", "Test Clinic", undefined, "07700-900345"),
    person("Tom", "Placeholder", "Test Clinic", undefined, "0044 7700 900561"),
    person("Eva", "Muster", undefined, undefined, "7700 900412"),
    person("Sam", "Example", "Acme Example Ltd", "0161 496 0114", undefined),
    person("Kim", "Sample", "Acme Example Ltd", "+44 161 496 0114", undefined),
    person("Lou", "Specimen", undefined, "+1 (202) 555-0188", undefined),
    person("Ben", "Placeholder", undefined, undefined, "+44-7700-900377"),
    person("Amy", "Muster", undefined, undefined, "07700900187"),
    person("Jon", "Example", "Sample Logistics", "020 7946 0278", "+44.7700.900745"),
    person("Una", "Sample", undefined, undefined, "(0) 7700 900523"),
  ],
  longestCallSeconds: 5000,
};

function person(
  firstName: string,
  lastName: string,
  company: string | undefined,
  phone: string | undefined,
  mobile: string | undefined,
) {
  return { firstName, lastName, company, phone, mobile };
}
