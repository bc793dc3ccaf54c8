import type { Integration } from "../../../src-shared/domain/integration.ts";
import type { Connector, CrmSession } from "./connector.ts";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { DeliveryRow, Match } from "./delivery-store.ts";

/** `matched`: with its evidence. `nobody`: hold. `ambiguous`: a person must choose. `fault`: the look-up failed; nothing was learnt. */
export type MatchVerdict =
  | Readonly<{ kind: "matched"; match: Match }>
  | Readonly<{ kind: "nobody"; number: string }>
  | Readonly<{ kind: "ambiguous"; match: Match; sentence: string }>
  | Readonly<{ kind: "fault"; fault: ConnectorFault }>;

/** Finds the person of each call. One look-up answers for all calls of a number. */
export interface Matcher {
  match(
    ask: Readonly<{
      integration: Integration;
      connector: Connector;
      session: CrmSession;
      rows: readonly DeliveryRow[];
    }>,
  ): Promise<ReadonlyMap<number, MatchVerdict>>;
  /** CRM owner id of a call's agent, or null. */
  ownerOf(
    ask: Readonly<{ integration: Integration; connector: Connector; session: CrmSession; agent: string | null }>,
  ): Promise<string | null>;
  /** Forgets what it cached of an integration, so that the next match looks again. */
  forget(integrationId: number): void;
}
