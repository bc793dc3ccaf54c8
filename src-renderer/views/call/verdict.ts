import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { CallStory, DeliveryStory } from "../../../src-shared/ipc/story-views.ts";
import { say } from "../../words/say.ts";

const isSettled = ({ state }: DeliveryStory): boolean => state === "delivered" || state === "acknowledged";

/** The title of a call: in how many CRMs it is, and who must act. */
export function toVerdict({ deliveries, excluded }: Pick<CallStory, "deliveries" | "excluded">): string {
  const [first] = deliveries;
  if (excluded !== null) return say("call.verdictExcluded");
  if (first === undefined) return say("call.verdictNowhere");
  const done = deliveries.filter(({ state }) => state === "delivered");
  const dead = deliveries.filter(({ state }) => state === "dead");
  if (done.length === deliveries.length) return say("call.verdictAll", { crms: done.length, crm: crmNames[first.crm] });
  const crm = crmNames[dead[0]?.crm ?? first.crm];
  if (done.length === 0 && deliveries.every(isSettled)) return say("call.verdictAcknowledged");
  if (done.length === 0) return say("call.verdictNone", { need: dead.length, crm });
  if (deliveries.every(isSettled)) return say("happened.deliveredSome", { crms: done.length, all: deliveries.length });
  return say("call.verdictSome", { done: done.length, all: deliveries.length, need: dead.length, crm });
}

/** The lane to look at first: the one that needs a person, else the first that is not done. */
export function firstLane(deliveries: readonly DeliveryStory[]): number | null {
  const dead = deliveries.find(({ state }) => state === "dead");
  return (dead ?? deliveries.find((each) => !isSettled(each)) ?? deliveries[0])?.deliveryId ?? null;
}
