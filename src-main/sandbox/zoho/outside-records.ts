import type { OutsideEdit, OutsideFields, OutsideRecords } from "../core/crm-sandbox.ts";
import { parseDuration } from "./call-duration.ts";
import { checkValue } from "./field-values.ts";
import { mergeRecords } from "./merge.ts";
import { moduleNames, toModuleName, type ModuleName } from "./modules.ts";
import { resolveParent } from "./note-rules.ts";
import type { Org } from "./org.ts";
import { withFullName } from "./record-plan.ts";
import { checkUnique } from "./record-rules.ts";
import { toWireRecord } from "./record-wire.ts";
import type { RecordWriter } from "./record-writer.ts";
import { Refusal } from "./refusal.ts";
import type { FieldValue, Values, ZohoRecord } from "./zoho-record.ts";

/** What a colleague does in the CRM's own pages, as another user than the token's. */
export function createOutsideRecords(org: Org, writer: RecordWriter): OutsideRecords {
  const { records } = org;
  const list = (module: ModuleName): readonly ZohoRecord[] =>
    [...records.current(module).iterate()].filter(({ deleted }) => deleted === undefined);
  const find = (object: string, id: string): ZohoRecord | undefined => {
    const module = toModuleName(object);
    return module === undefined ? undefined : records.live(module, id);
  };
  const shown = (record: ZohoRecord): OutsideEdit => ({ ok: true, record: toAllFields(org, record) });
  return {
    objects: moduleNames,
    list: (object) => {
      const module = toModuleName(object);
      return module === undefined ? [] : list(module).map((record) => toAllFields(org, record));
    },
    create: (object, fields) => {
      const module = toModuleName(object);
      if (module === undefined) return missing(object, "");
      return safely(() => {
        const { values, seModule } = takeFields(org, module, {}, fields);
        checkUnique(org, { module, before: undefined, values, position: 0 });
        const owned = values["Owner"] === undefined ? { ...values, Owner: org.otherUser().id } : values;
        return shown(writer.store({ module, values: owned, seModule, actor: org.otherUser() }));
      });
    },
    update: (object, id, fields) => {
      const before = find(object, id);
      if (before === undefined) return missing(object, id);
      return safely(() => {
        const { values, seModule } = takeFields(org, before.module, before.values, fields);
        checkUnique(org, { module: before.module, before, values, position: 0 });
        return shown(writer.change(before, { values, seModule: seModule ?? before.seModule }, org.otherUser()));
      });
    },
    remove: (object, id) => {
      const before = find(object, id);
      if (before === undefined) return missing(object, id);
      writer.remove(before, org.otherUser());
      return shown(before);
    },
    merge: (object, id, otherId) => {
      const master = find(object, id);
      const child = find(object, otherId);
      if (master === undefined || child === undefined) return missing(object, master === undefined ? id : otherId);
      if (master.id === child.id) return { ok: false, status: 400, message: "A record cannot be merged with itself." };
      return shown(mergeRecords(org, writer, master, child, org.otherUser()));
    },
  };
}

/** Every field of the org, those kept from the token's user included. */
function toAllFields(org: Org, record: ZohoRecord): OutsideFields {
  const hidden = [...org.registry.allFields(record.module).values()].filter(
    ({ name }) => !org.registry.fields(record.module).has(name),
  );
  const shown = toWireRecord(org, record);
  return { ...Object.fromEntries(hidden.map(({ name }) => [name, record.values[name] ?? null])), ...shown };
}

function missing(object: string, id: string): OutsideEdit {
  return { ok: false, status: 404, message: `There is no record ${id} in ${object}.` };
}

function safely(edit: () => OutsideEdit): OutsideEdit {
  try {
    return edit();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const status = error.code === "DUPLICATE_DATA" ? 409 : 400;
    return { ok: false, status, message: `${error.message} (${JSON.stringify(error.details)})` };
  }
}

type Taken = { readonly values: Values; readonly seModule: ModuleName | undefined };

/** Values by their fields' forms; a field that does not exist is named, computed ones may be set too. */
function takeFields(org: Org, module: ModuleName, before: Values, fields: OutsideFields): Taken {
  const known = org.registry.allFields(module);
  const taken = new Map<string, FieldValue>(Object.entries(before));
  for (const [name, value] of Object.entries(fields)) {
    if (name === "id" || name.startsWith("$")) continue;
    const field = known.get(name);
    if (field === undefined)
      throw new Refusal(400, "INVALID_DATA", `${module} has no field ${name}`, { api_name: name });
    const checked = checkValue(field, value, { position: 0, field: name });
    if (checked === undefined) taken.delete(name);
    else taken.set(name, checked);
  }
  const values: Values = Object.fromEntries(taken);
  const named = fields["$se_module"];
  const told = typeof named === "string" ? toModuleName(named) : undefined;
  const seModule = module === "Notes" ? resolveParent(fields, undefined, 0) : told;
  return { values: module === "Calls" ? withSeconds(org, values, fields) : withFullName(values), seModule };
}

function withSeconds(org: Org, values: Values, given: OutsideFields): Values {
  const text = values["Call_Duration"];
  if (typeof text !== "string" || given["Call_Duration_in_seconds"] !== undefined) return values;
  const seconds = parseDuration(text, org.config.current().callDurationUnit);
  return seconds === undefined ? values : { ...values, Call_Duration_in_seconds: seconds };
}
