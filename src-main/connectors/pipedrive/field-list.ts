import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { apiPath, costs, pageMax } from "./wire.ts";

const fieldPage = z.looseObject({
  success: z.literal(true),
  data: z.array(
    z.looseObject({
      field_code: z.string(),
      field_type: z.string().optional().catch(undefined),
      field_name: z.string().optional().catch(undefined),
      is_custom_field: z.boolean().optional().catch(undefined),
      options: z
        .array(z.looseObject({ id: z.number() }))
        .nullish()
        .catch(null),
      required_fields: z
        .looseObject({ enabled: z.boolean().optional().catch(undefined) })
        .nullish()
        .catch(null),
    }),
  ),
  additional_data: z.looseObject({ next_cursor: z.string().nullish() }).nullish(),
});

/** `isRequired`: where people fill in a form. `options`: ids, of lists. */
export type Field = Readonly<{
  code: string;
  label?: string | undefined;
  type: string;
  isCustom: boolean;
  isRequired: boolean;
  options: readonly number[] | null;
}>;
const paths = { persons: "personFields", organizations: "organizationFields", activities: "activityFields" } as const;

/** The fields of an object. Those of activities take an admin's scope. */
export async function listFields(
  client: Client,
  session: CrmSession,
  object: keyof typeof paths,
): Promise<Outcome<readonly Field[], ConnectorFault>> {
  const fields: Field[] = [];
  let cursor: string | null = null;
  do {
    const reply: Awaited<ReturnType<typeof readPage>> = await readPage(client, session, paths[object], cursor);
    if (!reply.ok) return { ok: false, fault: reply.fault.fault };
    const { data, additional_data: more } = reply.value.value;
    fields.push(
      ...data.map((found) => ({
        code: found.field_code,
        label: found.field_name,
        type: found.field_type ?? "",
        isCustom: found.is_custom_field ?? false,
        isRequired: found.required_fields?.enabled === true,
        options: found.options?.map(({ id }) => id) ?? null,
      })),
    );
    const next: string | null = more?.next_cursor ?? null;
    cursor = next === cursor ? null : next;
  } while (cursor !== null);
  return { ok: true, value: fields };
}

function readPage(client: Client, session: CrmSession, path: string, cursor: string | null) {
  const query = new URLSearchParams({
    limit: String(pageMax),
    include_fields: "required_fields",
    ...(cursor === null ? {} : { cursor }),
  });
  return client.call(session, {
    method: "GET",
    path: `${apiPath(path)}?${query.toString()}`,
    kind: "read",
    subject: "other",
    schema: fieldPage,
    aboutAccount: true,
    cost: costs.list,
  });
}
