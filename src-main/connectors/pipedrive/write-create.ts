import { linkStep, recordStep } from "../../../src-shared/domain/step.ts";
import type { OwnershipContract } from "../../../src-shared/domain/ownership.ts";
import type { CrmSession, Link, WriteItem, WriteOutcome } from "../../engine/ports/connector.ts";
import { toAnswer } from "../http/bounded-answer.ts";
import { activityAnswer } from "./activity.ts";
import type { CallLogs } from "./call-logs.ts";
import type { Client } from "./client.ts";
import type { Company } from "./company.ts";
import type { KeyMap } from "./key-map.ts";
import { explainTargets } from "./link-targets.ts";
import { apiPath, costs } from "./wire.ts";
import { failed } from "../http/write-outcomes.ts";
import { toWireBody } from "./write-item.ts";

export type WriterParts = Readonly<{
  client: Client;
  company: Company;
  contract: OwnershipContract;
  keyMap: KeyMap;
  /** Null where the integration writes activities only. */
  callLogs: CallLogs | null;
}>;

const idsOf = (links: readonly Link[], object: string): readonly number[] =>
  links.filter((link) => link.object === object).map(({ id }) => Number(id));

/** Links as an activity holds them. `person_id` is read only: it follows the primary participant. */
export function toLinkFields(links: readonly Link[]): Readonly<Record<string, unknown>> {
  const people = idsOf(links, "persons");
  const [organization] = idsOf(links, "organizations");
  const [deal] = idsOf(links, "deals");
  return {
    ...(people.length === 0
      ? {}
      : { participants: people.map((id, position) => ({ person_id: id, primary: position === 0 })) }),
    ...(organization === undefined ? {} : { org_id: organization }),
    ...(deal === undefined ? {} : { deal_id: deal }),
  };
}

/** One call with its links in one request; it is not sent where its key is known to be there. */
export async function createCall(parts: WriterParts, session: CrmSession, item: WriteItem): Promise<WriteOutcome> {
  const { client, keyMap, callLogs } = parts;
  const steps = [recordStep, ...item.links.map(linkStep)];
  const known = keyMap.find(item.key);
  if (known !== undefined) {
    const said = toAnswer({ message: `Pipedrive has this call already, as activity ${known}.` });
    if (callLogs === null || !callLogs.owes(item.key))
      return failed(item, { kind: "already_written", answer: said }, [], known);
    return finish(parts, session, item, { remoteId: known, steps, said });
  }
  const reply = await client.call(session, {
    method: "POST",
    path: apiPath("activities"),
    body: { ...toWireBody(item), ...toLinkFields(item.links) },
    kind: "write",
    subject: "create",
    schema: activityAnswer,
    cost: costs.write,
    intents: steps.map((step) => ({ key: item.key, step })),
  });
  if (!reply.ok) return failed(item, await explainTargets(client, session, item.links, reply.fault.fault));
  const remoteId = String(reply.value.value.data.id);
  keyMap.learn(item.key, remoteId);
  callLogs?.expect(item.key);
  return finish(parts, session, item, { remoteId, steps, said: reply.value.said });
}

type Written = Readonly<{ remoteId: string; steps: readonly string[]; said: NonNullable<WriteOutcome["answer"]> }>;

/** The activity is there; the call log, where the integration writes one, comes next and belongs to the same record. */
async function finish(
  { callLogs }: WriterParts,
  session: CrmSession,
  item: WriteItem,
  { remoteId, steps, said }: Written,
): Promise<WriteOutcome> {
  const fault = callLogs === null ? null : await callLogs.write(session, item, remoteId);
  if (fault === null) return { done: steps, remoteId, fault: null, answer: said };
  return failed(item, fault, [], remoteId);
}
