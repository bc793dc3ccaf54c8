import { z } from "zod";
import type { ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmSession, Link } from "../../engine/ports/connector.ts";
import type { Client } from "./client.ts";
import { associationsPath, batchMax, pipelinesPath } from "./wire.ts";

const stages = z.looseObject({
  results: z.array(
    z.looseObject({
      stages: z.array(
        z.looseObject({
          id: z.string(),
          metadata: z
            .looseObject({
              isClosed: z.union([z.string(), z.boolean()]).optional(),
              probability: z.string().optional(),
            })
            .optional()
            .catch(undefined),
        }),
      ),
    }),
  ),
});

/** Stages in which a deal is over, won or lost. */
export async function readClosedStages(
  client: Client,
  session: CrmSession,
): Promise<Outcome<ReadonlySet<string>, ConnectorFault>> {
  const reply = await client.call(session, {
    method: "GET",
    path: pipelinesPath("deals"),
    aboutAccount: true,
    kind: "read",
    subject: "other",
    schema: stages,
  });
  if (!reply.ok) return { ok: false, fault: reply.fault.fault };
  const all = reply.value.value.results.flatMap((pipeline) => pipeline.stages);
  return { ok: true, value: new Set(all.filter(({ metadata }) => isOver(metadata)).map(({ id }) => id)) };
}

type Metadata = Readonly<{ isClosed?: string | boolean | undefined; probability?: string | undefined }> | undefined;

/** A stage says that it is closed; where it does not, one that is certain either way is. */
const isOver = (metadata: Metadata): boolean =>
  metadata?.isClosed === undefined
    ? ["0", "0.0", "1", "1.0"].includes(metadata?.probability ?? "")
    : String(metadata.isClosed) === "true";

const linked = z.looseObject({
  results: z.array(
    z.looseObject({
      from: z.looseObject({ id: z.union([z.string(), z.number()]).transform(String) }),
      to: z.array(z.looseObject({ toObjectId: z.union([z.string(), z.number()]).transform(String) })),
    }),
  ),
});

/** Whom deals are about, by deal: neither the list nor the search tells all of it. */
export async function readDealLinks(
  client: Client,
  session: CrmSession,
  found: readonly Readonly<{ id: string }>[],
): Promise<Outcome<ReadonlyMap<string, readonly Link[]>, ConnectorFault>> {
  const about = new Map<string, Link[]>();
  for (const object of ["contacts", "companies"] as const)
    for (let from = 0; from < found.length; from += batchMax) {
      const inputs = found.slice(from, from + batchMax).map(({ id }) => ({ id }));
      const reply = await client.call(session, {
        method: "POST",
        path: associationsPath("deals", `/${object}/batch/read`),
        body: { inputs },
        kind: "read",
        subject: "other",
        schema: linked,
      });
      if (!reply.ok) return { ok: false, fault: reply.fault.fault };
      for (const { from: deal, to } of reply.value.value.results) {
        const links = about.get(deal.id) ?? [];
        links.push(...to.map(({ toObjectId }) => ({ object, id: toObjectId })));
        about.set(deal.id, links);
      }
    }
  return { ok: true, value: about };
}
