import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { type Reason, reasonTexts } from "../../../src-shared/domain/reason.ts";
import type { AccountMemory } from "../ports/account-memory.ts";
import type { Clock } from "../ports/clock.ts";
import type { Connector, CrmSession } from "../ports/connector.ts";
import type { IntegrationStore } from "../ports/integration-store.ts";
import type { Random } from "../ports/random.ts";
import { type Rest, shortRestMs } from "./availability.ts";
import type { ServerClock } from "./server-clock.ts";

/** Backoff of an integration whose requests fail one after another. Base and cap in ms. */
const backoffMs = 1_000;
const backoffCapMs = 5 * 60_000;
/** What is told of a block at most, characters. */
const detailLength = 1_000;
/** What a person has to give: a check that asks for everything says what it is, where the refusal of one write does not. */
const isToGive = (reason: Reason | null): boolean => reason === "permission_denied" || reason === "setup_missing";
/** A blocked integration is checked again this often, so that it heals by itself, ms. */
const blockedRecheckMs = 5 * 60_000;

export type HealthParts = Readonly<{
  integrationId: number;
  clock: Clock;
  server: ServerClock;
  random: Random;
  integrations: IntegrationStore;
  connector: Connector;
  openReading: () => CrmSession;
  /** Learns the account after a good check: plan and limits. */
  onAccount: (integration: Integration) => void;
  accountMemory: AccountMemory;
}>;

/**
 * A field of the contract that the CRM lacks or does not let us write is no reason to stop: the calls that need it are
 * refused one by one, for a reason that groups them. The account was identified before its fields were looked at.
 */
const isOfOneField = (fault: ConnectorFault): boolean => fault.kind === "rejected" && fault.field !== undefined;

/** Whether an integration can be worked with: signed in, not resting, not waiting for a person. */
export type IntegrationHealth = Readonly<{
  integration(): Integration;
  /** Checks the sign-in once per run, again after a block, and whenever the CRM's time is not known any more. */
  mayWork(): Promise<boolean>;
  /** What a fault means for the integration as a whole; a read that fails belongs to no delivery. */
  react(fault: ConnectorFault, isRead: boolean): void;
  /** A request was answered well. */
  succeed(): void;
  rest(): Rest;
  /** Whether work may go on without asking again. */
  isOpen(): boolean;
}>;

export function createIntegrationHealth(parts: HealthParts): IntegrationHealth {
  const { clock, integrations, connector } = parts;
  let isChecked = false;
  let nextCheckAt = 0;
  /** Monotonic ms: a wall clock that is set back must not make a rest of seconds one of hours. */
  let resting: Rest = { until: 0, cause: "retry" };
  /** The vendor's word as it was stored from here; the rest above knows it by the better clock. */
  let storedRest: number | null = null;
  let failures = 0;
  /** Blocked by the refusal of a write, which seldom names what is missing. */
  let isUnnamed = false;

  const integration = (): Integration => {
    const found = integrations.get(parts.integrationId);
    if (found === undefined) throw new Error("the integration is gone from the store");
    return found;
  };

  /** Nothing is tried for `ms`. The vendor's word is kept across restarts; our own patience is not. */
  function restFor(ms: number, cause: Rest["cause"]): void {
    const until = clock.monotonic() + Math.ceil(ms);
    if (until <= resting.until) return;
    resting = { until, cause };
    if (cause !== "pace" || ms <= shortRestMs) return;
    storedRest = clock.now() + Math.ceil(ms);
    integrations.setRest(parts.integrationId, storedRest, clock.now());
  }

  function rest(): Rest {
    const { restUntil } = integration();
    const vendorsWord = restUntil === null || restUntil === storedRest ? 0 : restUntil;
    const ours = { until: clock.now() + Math.ceil(resting.until - clock.monotonic()), cause: resting.cause };
    return vendorsWord > ours.until ? { until: vendorsWord, cause: "pace" } : ours;
  }

  function block(reason: Reason, message: string | undefined): void {
    isChecked = false;
    parts.accountMemory.forget(parts.integrationId);
    nextCheckAt = clock.monotonic() + blockedRecheckMs;
    const known = integration();
    const detail = message?.slice(0, detailLength);
    const isTold = known.blockedReason === reason && (detail === undefined || detail === known.blockedDetail);
    if (known.state === "paused" || (known.state === "blocked" && isTold)) return;
    const note = message ?? reasonTexts[reason].sentence;
    const said = detail === undefined ? {} : { detail };
    integrations.setState(parts.integrationId, "blocked", { at: clock.now(), reason, note, ...said });
  }

  /** Finds out what a blocked integration lacks; the block stays. */
  async function nameWhatIsMissing(): Promise<void> {
    isUnnamed = false;
    const answer = await connector.check(parts.openReading(), "thorough");
    if (!answer.ok && answer.fault.kind === "blocked") block(answer.fault.reason, answer.fault.answer.message);
  }

  /** The CRM is out of reach or out of order: everything rests a little, longer each time in a row. */
  function backOff(): void {
    failures += 1;
    restFor(parts.random.next() * Math.min(backoffCapMs, backoffMs * 2 ** Math.min(failures, 20)), "retry");
  }

  function react(fault: ConnectorFault, isRead: boolean): void {
    switch (fault.kind) {
      case "blocked":
        isUnnamed = !isRead && isToGive(fault.reason);
        return block(fault.reason, fault.answer.message);
      case "rate_limited":
        return restFor(fault.retryAfterMs, "pace");
      case "paced":
        return restFor(fault.waitMs, "pace");
      case "rejected":
        return isRead ? block(fault.reason, fault.answer.message) : undefined;
      case "transient":
        return isRead || fault.proof === "never_left" ? backOff() : undefined;
      case "response_lost":
        return backOff();
      case "already_written":
      case "batch_too_large":
        return undefined;
    }
  }

  /** Names the account, learns its plan and the CRM's clock, before the first write of a run. */
  async function check(): Promise<boolean> {
    const known = integration();
    // As long as something is to be given, all of it is asked for: what a write needs, a quick check does not find.
    const depth = known.state === "blocked" && isToGive(known.blockedReason) ? "thorough" : "quick";
    const answer = await connector.check(parts.openReading(), depth);
    if (!answer.ok && (known.account === null || !isOfOneField(answer.fault))) {
      react(answer.fault, true);
      return false;
    }
    const account = answer.ok ? answer.value : known.account;
    if (account === null) throw new Error("a check without an account went on");
    if (known.account !== null && known.account.accountId !== account.accountId) {
      block(
        "setup_missing",
        `The key belongs to another account (${account.name}) than the one connected (${known.account.name}).`,
      );
      return false;
    }
    failures = 0;
    isChecked = true;
    const isSame = JSON.stringify(known.account) === JSON.stringify(account);
    parts.onAccount(isSame ? known : integrations.update(known.id, { account }, clock.now()));
    if (known.state === "blocked") {
      const note = `${crmNames[known.crm]} accepts us again.`;
      integrations.setState(known.id, "active", { at: clock.now(), reason: null, note });
    }
    return true;
  }

  return {
    integration,
    mayWork: async () => {
      const current = integration();
      if (current.state === "paused") return false;
      if (current.state === "blocked" && clock.monotonic() < nextCheckAt) {
        if (isUnnamed && rest().until <= clock.now()) await nameWhatIsMissing();
        return false;
      }
      if (rest().until > clock.now()) return false;
      return (isChecked && parts.server.isKnown()) || check();
    },
    react,
    succeed: () => {
      failures = 0;
    },
    rest,
    isOpen: () => rest().until <= clock.now() && integration().state === "active",
  };
}
