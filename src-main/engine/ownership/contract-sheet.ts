import type { FieldValue } from "../../../src-shared/domain/mapping.ts";
import type { FieldMode, FieldRule, OwnershipContract } from "../../../src-shared/domain/ownership.ts";

/** One field of a contract as people read it. */
export type ContractLine = Readonly<{ object: string; field: string; own: FieldMode; value: string; note: string }>;

const meanings: Readonly<Record<FieldMode, string>> = {
  agent: "CallLedger's: written, and rewritten only while the CRM still holds what CallLedger last wrote",
  "fill-blank": "written only while it is empty",
  append: "added to, never replaced",
  crm: "the team's: never written",
};

const aliases = (map: Readonly<Record<string, string>> | undefined): string =>
  map === undefined
    ? ""
    : ` (${Object.entries(map)
        .map(([from, to]) => `${from} as ${to}`)
        .join(", ")})`;

/** What a field gets, in words. */
function describeValue(value: FieldValue): string {
  if ("const" in value) return `always "${value.const}"`;
  if ("template" in value) return `the text "${value.template}"${aliases(value.map)}`;
  return `${value.from}${value.as === undefined ? "" : ` as ${value.as}`}${aliases(value.map)}`;
}

/** How a value is made to fit where the CRM would not take it. */
function describeFit({ trim, alias }: Exclude<FieldRule, { own: "crm" }>): string {
  const cut = trim === true ? ["cut to the field's length"] : [];
  const others = Object.entries(alias ?? {}).map(([from, to]) => `${from} as ${to}`);
  const named = others.length === 0 ? [] : [`where the list lacks it, ${others.join(", ")}`];
  return [...cut, ...named].map((each) => `; ${each}`).join("");
}

function toLine(object: string, field: string, rule: FieldRule): ContractLine {
  const value = rule.own === "crm" ? "" : `${describeValue(rule.value)}${describeFit(rule)}`;
  return { object, field, own: rule.own, value, note: rule.note ?? "" };
}

/** Every field of a contract, in its order. */
export function toContractLines({ objects }: OwnershipContract): readonly ContractLine[] {
  return Object.entries(objects).flatMap(([object, { fields }]) =>
    Object.entries(fields).map(([field, rule]) => toLine(object, field, rule)),
  );
}

const cell = (text: string): string =>
  text
    .replaceAll("|", String.raw`\|`)
    .replaceAll(/\s*\n\s*/g, " ")
    // Texts with marks of HTML are shown, not rendered.
    .replaceAll("<", "&lt;");
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;

/** The contract as a Markdown page that an administrator of the CRM can sign off. `day`: of the page, in words. */
export function toContractPage(
  contract: OwnershipContract,
  about: Readonly<{ crm: string; label: string; account: string; day: string }>,
): string {
  const lines = toContractLines(contract);
  const tables = Object.keys(contract.objects).flatMap((object) => [
    `## ${object}`,
    "",
    row(["Field", "Whose", "What is written", "Note"]),
    row(["---", "---", "---", "---"]),
    ...lines
      .filter((line) => line.object === object)
      .map(({ field, own, value, note }) => row([`\`${field}\``, own, value, note])),
    "",
  ]);
  const modes = Object.entries(meanings).map(([mode, meaning]) => `- **${mode}**: ${meaning}.`);
  return [
    `# What CallLedger writes to ${about.crm}`,
    "",
    `Integration "${about.label}", account ${about.account}, as of ${about.day}. A field that is not named here is never written.`,
    "",
    ...modes,
    "",
    ...tables,
    "Agreed by: ______________________  Date: ____________",
    "",
  ].join("\n");
}
