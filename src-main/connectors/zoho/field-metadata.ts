import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { fieldsPath } from "./wire.ts";

const flag = z.boolean().nullish().catch(null);
const field = z.looseObject({
  api_name: z.string().min(1),
  field_label: z.string().nullish().catch(null),
  data_type: z.string().catch("text"),
  length: z.number().nullish().catch(null),
  read_only: flag,
  field_read_only: flag,
  system_mandatory: flag,
  default_value: z.unknown().optional(),
  unique: z.record(z.string(), z.unknown()).nullish().catch(null),
  operation_type: z.looseObject({ api_create: flag, api_update: flag }).nullish().catch(null),
  pick_list_values: z
    .array(
      z.looseObject({
        actual_value: z.string().nullish().catch(null),
        display_value: z.string().nullish().catch(null),
        type: z.string().nullish().catch(null),
      }),
    )
    .nullish()
    .catch(null),
});
export type Field = Readonly<z.infer<typeof field>>;
export type Fields = ReadonlyMap<string, Field>;

const fieldList = z.looseObject({ fields: z.array(field) });

/** Whether the user of the token can write it by the API. */
export const isWritable = ({ read_only, field_read_only, operation_type }: Field): boolean =>
  read_only !== true && field_read_only !== true && operation_type?.api_create !== false;

/** Zoho tells a field that refuses a second record with its value by a filled `unique`. */
export const isUnique = ({ unique }: Field): boolean =>
  unique !== null && unique !== undefined && Object.keys(unique).length > 0;

/** Values that a picklist takes; undefined for a field that is none. Values that were taken out of use count no more. */
export function optionsOf({ data_type, pick_list_values: values }: Field): ReadonlySet<string> | undefined {
  if (data_type !== "picklist" && data_type !== "multiselectpicklist") return undefined;
  return new Set(
    (values ?? [])
      .filter(({ type }) => type !== "unused")
      .flatMap(({ actual_value, display_value }) =>
        [actual_value, display_value].filter((each) => typeof each === "string"),
      ),
  );
}

const ttlMs = 3_600_000;

export type FieldMetadata = Readonly<{
  /** Every field of a module that the token's user sees; read once an hour. */
  of(session: CrmSession, module: string): Promise<Outcome<Fields, ConnectorFault>>;
  /** What was read last, or undefined; asks nothing. The same object until it is read again. */
  known(module: string): Fields | undefined;
  /** After Zoho refused something about a field: the next look reads anew, of one module or of all. */
  drop(module?: string): void;
}>;

export function createFieldMetadata(client: Client, clock: Clock): FieldMetadata {
  const cached = new Map<string, Readonly<{ fields: Fields; readAt: number; turn: number }>>();
  /** Rises with every drop: what was read in an earlier turn counts no more for the next look. */
  let turn = 0;
  const stale = new Set<string>();
  return {
    of: async (session, module) => {
      const known = cached.get(module);
      const isStale = known === undefined || known.turn !== turn || stale.has(module);
      if (!isStale && clock.monotonic() - known.readAt < ttlMs) return { ok: true, value: known.fields };
      const reply = await client.call(session, {
        method: "GET",
        path: fieldsPath(module),
        kind: "read",
        subject: "other",
        schema: fieldList,
        aboutAccount: true,
        empty: { fields: [] },
      });
      if (!reply.ok) return { ok: false, fault: reply.fault.fault };
      const fields: Fields = new Map(reply.value.value.fields.map((each) => [each.api_name, each]));
      cached.set(module, { fields, readAt: clock.monotonic(), turn });
      stale.delete(module);
      return { ok: true, value: fields };
    },
    known: (module) => cached.get(module)?.fields,
    drop: (module) => {
      if (module === undefined) turn += 1;
      else stale.add(module);
    },
  };
}
