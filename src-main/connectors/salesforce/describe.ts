import { z } from "zod";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Client, Refusal } from "./client.ts";
import { describePath } from "./wire.ts";

const flag = z.boolean().optional().catch(undefined);

/** A field's description, as far as we use it. */
const field = z.looseObject({
  name: z.string(),
  type: z.string().catch("string"),
  createable: flag,
  updateable: flag,
  unique: flag,
  externalId: flag,
  idLookup: flag,
  custom: flag,
  label: z.string().optional().catch(undefined),
  /** Characters, and digits of a whole number; 0 where the type has none. */
  length: z.number().optional().catch(undefined),
  digits: z.number().optional().catch(undefined),
  nillable: flag,
  defaultedOnCreate: flag,
  calculated: flag,
  restrictedPicklist: flag,
  picklistValues: z
    .array(z.looseObject({ value: z.string(), active: flag }))
    .optional()
    .catch(undefined),
});
export type Field = Readonly<z.infer<typeof field>>;

const description = z.looseObject({ name: z.string(), createable: flag, updateable: flag, fields: z.array(field) });

/** An object as the signed-in user sees it: a field that is hidden from the user is not there. */
export type ObjectDescription = Readonly<{
  name: string;
  createable: boolean;
  updateable: boolean;
  fields: ReadonlyMap<string, Field>;
}>;

export type Describer = Readonly<{
  /** What is known since the last reading, or read once. */
  describe(session: CrmSession, object: string): Promise<Outcome<ObjectDescription, Refusal>>;
  /** Read anew. */
  refresh(session: CrmSession, object: string): Promise<Outcome<ObjectDescription, Refusal>>;
}>;

/** Reads descriptions of objects once per connector: they cost a call each and seldom change. */
export function createDescriber(client: Client): Describer {
  const known = new Map<string, ObjectDescription>();
  const refresh: Describer["refresh"] = async (session, object) => {
    const reply = await client.call(session, {
      method: "GET",
      path: describePath(object),
      kind: "read",
      subject: "other",
      schema: description,
      aboutAccount: true,
    });
    if (!reply.ok) return reply;
    const { name, createable, updateable, fields } = reply.value.value;
    const described = {
      name,
      createable: createable !== false,
      updateable: updateable !== false,
      fields: new Map(fields.map((each) => [each.name, each])),
    };
    known.set(object, described);
    return { ok: true, value: described };
  };
  return {
    refresh,
    describe: async (session, object) => {
      const found = known.get(object);
      return found === undefined ? refresh(session, object) : { ok: true, value: found };
    },
  };
}

/** Whether an upsert may address records by this field and the org refuses a second record with its value. */
export const isUniqueKey = ({ unique, idLookup, externalId }: Field): boolean =>
  unique === true && (idLookup === true || externalId === true);
