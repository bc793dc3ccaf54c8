import { toSchemaField, type SchemaField } from "../../../src-shared/domain/crm-schema.ts";
import type { Field } from "./field-list.ts";

/** Longest texts by type of field (Pipedrive's documentation of custom fields; the name has the same). */
const lengths: Readonly<Record<string, number>> = { varchar: 255, varchar_auto: 255, text: 65_536 };

/** What a text of the contract can be of a new person; lists, users and sums take numbers and objects. */
const writtenTypes: ReadonlySet<string> = new Set(["varchar", "varchar_auto", "text", "phone", "date", "time"]);

/** Pipedrive's own fields that a text of the contract can be; the rest it makes up, or takes in another shape. */
const writtenFields: ReadonlySet<string> = new Set(["name", "phones", "job_title", "birthday"]);

const filled: ReadonlySet<string> = new Set(["name", "owner_id"]);

const dayForm = { pattern: String.raw`^\d{4}-\d\d-\d\d$`, words: "a day such as 2026-06-01" };

function toKind(name: string, type: string): Partial<SchemaField> {
  if (name === "phones" || type === "phone") return {};
  if (type === "date") return { kind: "date", form: dayForm };
  return { maxLength: lengths[type] ?? null };
}

/** A field of persons as the making of one may write it. `formsCount`: whether what only a form requires counts, too. */
export function toPersonField({ code: name, label = name, type, isCustom, isRequired }: Field, formsCount: boolean) {
  const may = isCustom ? writtenTypes.has(type) : writtenFields.has(name);
  return toSchemaField({
    name,
    label,
    ...(may ? toKind(name, type) : { kind: "other" }),
    mayCreate: may,
    mayUpdate: may,
    bar: may ? null : "computed",
    // The number stands for a name that the contract does not give; the owner is who makes the person.
    required: isRequired && formsCount && !filled.has(name) ? "form" : "no",
    hasDefault: filled.has(name),
  });
}
