import type { ObjectSchema } from "../../../src-shared/domain/crm-schema.ts";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import type { Connector, CrmSession, PersonDraft } from "./connector.ts";
import type { DeliveryRow, Match } from "./delivery-store.ts";

/**
 * `matched`: with its evidence. `nobody`: hold; `isLive`: by a look-up that may lag, not by the copy of the CRM.
 * `ambiguous`: a person must choose. `later`: the answer is not there yet. `rejected`: the CRM refused to make the person.
 * `fault`: the look-up failed; nothing was learnt.
 */
export type MatchVerdict =
  | Readonly<{ kind: "matched"; match: Match }>
  | Readonly<{ kind: "nobody"; number: string; isLive: boolean }>
  | Readonly<{ kind: "ambiguous"; match: Match; rules: MatchTrial["rules"]; sentence: string }>
  | Readonly<{ kind: "later"; untilMs: number; sentence: string }>
  | Readonly<{ kind: "rejected"; fault: Rejection }>
  | Readonly<{ kind: "fault"; fault: ConnectorFault }>;

type Rejection = Extract<ConnectorFault, { kind: "rejected" }>;

export type PersonCheck = Readonly<{ described: readonly ObjectSchema[]; refusal: Rejection | null }>;

export type MatchAsk = Readonly<{
  integration: Integration;
  connector: Connector;
  session: CrmSession;
  /** The CRM's wall time, epoch ms. */
  serverNow: () => number;
  /** What the CRM tells of its objects, and what that says against making such a person (null: nothing). */
  checkPerson?: (draftUnder: (described: readonly ObjectSchema[]) => PersonDraft) => Promise<PersonCheck>;
}>;

/** What was looked at to decide about a number, rule by rule. */
export type MatchTrial = Readonly<{
  verdict: MatchVerdict;
  rules: readonly Readonly<{ rule: string; said: string; decided: boolean }>[];
}>;

/** Finds the person of each call. One look-up answers for all calls of a number. */
export interface Matcher {
  match(ask: MatchAsk & Readonly<{ rows: readonly DeliveryRow[] }>): Promise<ReadonlyMap<number, MatchVerdict>>;
  /** Whether calls of this lane can be matched now: before the copy of the CRM is there, only urgent ones are looked up. */
  isReady(integrationId: number, lane: number): boolean;
  /** Whether the record that a call was matched to is gone by now: it is matched again. */
  isOutdated(row: DeliveryRow): boolean;
  /** CRM owner id of a call's agent, or null, by the owners as they are known now. */
  owners(integration: Integration): (agent: string | null) => string | null;
  /** What would be decided for a number, by the copy as it is; nothing is asked, made or stored. */
  tryOut(ask: Readonly<{ integration: Integration; number: string; agent: string | null }>): MatchTrial;
  /** A write found somebody gone who has this number: it is asked for at the CRM itself the next time. */
  doubt(integrationId: number, number: string): void;
  /** What was learnt before now counts no more: the next match brings the copy up to date first. */
  forget(integrationId: number): void;
}
