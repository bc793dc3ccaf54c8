import { linkStep } from "../../../src-shared/domain/step.ts";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, Link, StepName } from "../../engine/ports/connector.ts";
import { batchAnswer } from "./batch-answer.ts";
import type { Client } from "./client.ts";
import { batchMax, objectsPath, segment } from "./wire.ts";

/** Which of these records are gone from the CRM (deleted, or merged into one with another id), as link steps. */
export async function findGoneTargets(
  client: Client,
  session: CrmSession,
  links: readonly Link[],
): Promise<Outcome<ReadonlySet<StepName>, ConnectorFault>> {
  const gone = new Set<StepName>();
  for (const object of new Set(links.map((link) => link.object))) {
    const ids = [...new Set(links.filter((link) => link.object === object).map(({ id }) => id))];
    for (let from = 0; from < ids.length; from += batchMax) {
      const asked = ids.slice(from, from + batchMax);
      const reply = await client.call(session, {
        method: "POST",
        path: objectsPath(segment(object), "/batch/read"),
        body: { properties: ["hs_object_id"], inputs: asked.map((id) => ({ id })) },
        kind: "read",
        subject: "linked",
        schema: batchAnswer,
        records: asked.length,
      });
      if (!reply.ok && !isAllGone(reply.fault.fault)) return { ok: false, fault: reply.fault.fault };
      const live = new Set(reply.ok ? reply.value.value.results.map(({ id }) => id) : []);
      for (const id of asked) if (!live.has(id)) gone.add(linkStep({ object, id }));
    }
  }
  return { ok: true, value: gone };
}

const isAllGone = (fault: ConnectorFault): boolean => fault.kind === "rejected" && fault.reason === "person_deleted";
