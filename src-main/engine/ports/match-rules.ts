import type { Link } from "./connector.ts";
import type { Match } from "./delivery-store.ts";

/** What a person said about a number: it is this record's. */
export type ToldRule = Readonly<{
  id: number;
  integrationId: number;
  number: string;
  person: Link;
  name: string;
  madeBy: string;
  madeAt: number;
}>;

/** A match that a person changed, with what stood before, so that it can be undone. */
export type Correction = Readonly<{
  id: number;
  deliveryId: number;
  ruleId: number | null;
  madeBy: string;
  madeAt: number;
  before: Match | null;
}>;

/** What people say about matches. */
export interface MatchRuleStore {
  /** The rule in force for a number, or undefined. */
  ruleOf(integrationId: number, number: string): ToldRule | undefined;
  rules(integrationId: number): readonly ToldRule[];
  /** Replaces the rule in force for the number. */
  addRule(rule: Omit<ToldRule, "id">): ToldRule;
  endRule(id: number, at: number): void;
  addCorrection(correction: Omit<Correction, "id">): number;
  /** The newest correction of a delivery that was not undone, or undefined. */
  correctionOf(deliveryId: number): Correction | undefined;
  correctionsOfRule(ruleId: number): readonly Correction[];
  markUndone(id: number, at: number): void;
  /** Deliveries of an integration whose call was with this number, newest first. */
  deliveriesWith(integrationId: number, number: string): readonly number[];
}
