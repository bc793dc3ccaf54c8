import type { CrmType, Integration, IntegrationState } from "../../../src-shared/domain/integration.ts";
import type { Reason } from "../../../src-shared/domain/reason.ts";

export type Tenant = Readonly<{ id: number; slug: string; createdAt: number }>;

export interface TenantStore {
  list(): readonly Tenant[];
  find(slug: string): Tenant | undefined;
  /** Finds or creates. */
  ensure(slug: string, at: number): Tenant;
}

export type IntegrationDraft = Omit<
  Integration,
  "id" | "createdAt" | "state" | "blockedReason" | "blockedDetail" | "restUntil"
>;

export interface IntegrationStore {
  list(): readonly Integration[];
  get(id: number): Integration | undefined;
  /** Also one that was removed: its history names it. */
  recall(id: number): Integration | undefined;
  /** The live integration of this tenant for this CRM account, if any: connecting again updates it. */
  find(tenant: string, crm: CrmType, accountId: string): Integration | undefined;
  add(draft: IntegrationDraft, at: number): Integration;
  update(
    id: number,
    change: Partial<
      Pick<
        Integration,
        "label" | "baseUrl" | "account" | "secret" | "unknownCaller" | "since" | "contract" | "settings"
      >
    >,
    at: number,
  ): Integration;
  /**
   * Pause, block or activate, with an audit entry. Activating makes what waited for it due. `detail`: what exactly is
   * missing, shown as long as it is blocked.
   */
  setState(
    id: number,
    state: IntegrationState,
    ask: Readonly<{ at: number; reason: Reason | null; note: string; detail?: string }>,
  ): Integration;
  setRest(id: number, until: number | null, at: number): void;
  /** Takes it out of use; its history stays. Undelivered deliveries are cancelled with a note. */
  remove(id: number, at: number): void;
}
