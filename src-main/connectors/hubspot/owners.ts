import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { ownersPath } from "./wire.ts";

const text = z.string().nullish().catch(null);
const owner = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  email: text,
  firstName: text,
  lastName: text,
  archived: z.boolean().optional().catch(undefined),
});
const page = z.looseObject({
  results: z.array(owner),
  paging: z.looseObject({ next: z.looseObject({ after: z.string() }).optional() }).optional(),
});

export type Owner = Readonly<{ id: string; name: string; email: string | null }>;

function toOwner({ id, email, firstName, lastName }: z.infer<typeof owner>): Owner {
  const name = [firstName, lastName].filter((part) => typeof part === "string" && part !== "").join(" ");
  const address = typeof email === "string" && email !== "" ? email : null;
  return { id, name: name === "" ? (address ?? id) : name, email: address };
}

/** Everybody who can own a record. The ids are owner ids, which differ from user ids. */
export async function listOwners(
  client: Client,
  session: CrmSession,
): Promise<Outcome<readonly Owner[], ConnectorFault>> {
  const owners: Owner[] = [];
  let after: string | null = null;
  do {
    const query = new URLSearchParams({ limit: "100", archived: "false", ...(after === null ? {} : { after }) });
    const reply: Awaited<ReturnType<typeof readPage>> = await readPage(client, session, query);
    if (!reply.ok) return { ok: false, fault: reply.fault.fault };
    const { results, paging } = reply.value.value;
    owners.push(...results.filter(({ archived }) => archived !== true).map(toOwner));
    const next: string | null = paging?.next?.after ?? null;
    // A cursor that stands still would page for ever.
    after = next === after ? null : next;
  } while (after !== null);
  return { ok: true, value: owners };
}

const readPage = (client: Client, session: CrmSession, query: URLSearchParams) =>
  client.call(session, {
    method: "GET",
    path: `${ownersPath}?${query.toString()}`,
    kind: "read",
    subject: "other",
    schema: page,
    aboutAccount: true,
  });
