import { linkStep } from "../../../src-shared/domain/step.ts";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, Link, StepName } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { isIn, query } from "./coql.ts";
import { batchMax } from "./wire.ts";

/** The first of these that a call is with goes into What_Id; a lead excludes a contact. */
const relatedOrder = ["Leads", "Deals", "Accounts"];

/** How a call's links stand in its record: Zoho knows one contact and one other record for a call. */
export function toLinkFields(links: readonly Link[]): Readonly<Record<string, unknown>> {
  const related = relatedOrder
    .map((module) => links.find(({ object }) => object === module))
    .find((link) => link !== undefined);
  const contact = related?.object === "Leads" ? undefined : links.find(({ object }) => object === "Contacts");
  return {
    ...(contact === undefined ? {} : { Who_Id: { id: contact.id } }),
    ...(related === undefined ? {} : { What_Id: { id: related.id }, $se_module: related.object }),
  };
}

/** Links whose record is gone, hidden, or a lead that became a contact. Read from the records themselves. */
export async function findGoneLinks(
  client: Client,
  session: CrmSession,
  links: readonly Link[],
): Promise<Outcome<ReadonlySet<StepName>, ConnectorFault>> {
  const gone = new Set<StepName>();
  for (const module of new Set(links.map(({ object }) => object))) {
    const ids = [...new Set(links.filter(({ object }) => object === module).map(({ id }) => id))];
    for (let from = 0; from < ids.length; from += batchMax) {
      const asked = ids.slice(from, from + batchMax);
      const found = await query(client, session, { module, columns: [], where: isIn("id", asked), subject: "person" });
      if (!found.ok) return { ok: false, fault: found.fault.fault };
      const live = new Set(found.value.rows.map(({ id }) => id));
      for (const id of asked) if (!live.has(id)) gone.add(linkStep({ object: module, id }));
    }
  }
  return { ok: true, value: gone };
}
