import { z } from "zod";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Client, Refusal } from "./client.ts";
import { propertiesPath } from "./wire.ts";

/** A property's definition, as far as we use it. */
export const property = z.looseObject({
  name: z.string(),
  label: z.string().optional().catch(undefined),
  groupName: z.string().optional().catch(undefined),
  type: z.string().optional().catch(undefined),
  fieldType: z.string().optional().catch(undefined),
  hasUniqueValue: z.boolean().optional().catch(undefined),
  calculated: z.boolean().optional().catch(undefined),
  /** Values that an enumeration takes; those of owners and pipelines are kept elsewhere. */
  options: z
    .array(z.looseObject({ value: z.string() }))
    .optional()
    .catch(undefined),
  externalOptions: z.boolean().optional().catch(undefined),
  archived: z.boolean().optional().catch(undefined),
  modificationMetadata: z
    .looseObject({ readOnlyValue: z.boolean().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});
export type Property = z.infer<typeof property>;

export const propertyList = z.looseObject({ results: z.array(property) });

export const isWritable = ({ calculated, archived, modificationMetadata }: Property): boolean =>
  calculated !== true && archived !== true && modificationMetadata?.readOnlyValue !== true;

/** Every live property of an object, by name. */
export async function listProperties(
  client: Client,
  session: CrmSession,
  object: string,
): Promise<Outcome<ReadonlyMap<string, Property>, Refusal>> {
  const reply = await client.call(session, {
    method: "GET",
    path: `${propertiesPath(object)}?archived=false`,
    kind: "read",
    subject: "other",
    schema: propertyList,
    aboutAccount: true,
  });
  if (!reply.ok) return reply;
  return { ok: true, value: new Map(reply.value.value.results.map((each) => [each.name, each])) };
}
