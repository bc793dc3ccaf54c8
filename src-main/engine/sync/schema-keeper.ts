import type { ObjectSchema } from "../../../src-shared/domain/crm-schema.ts";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import { isWritten } from "../../../src-shared/domain/ownership.ts";
import type { MadePerson } from "../../../src-shared/domain/integration.ts";
import type { CrmSession } from "../ports/connector.ts";
import type { StoredSchema } from "../ports/schema-store.ts";
import type { DispatcherParts, Job } from "./dispatcher-parts.ts";
import type { IntegrationHealth } from "./integration-health.ts";

/** A description is read again after so long, ms. */
const refreshMs = 60 * 60_000;
/** After one that could not be read, ms. */
const retryMs = 5 * 60_000;
/** Refusals that no description told of have it read again, but not more often than this, ms. */
const doubtRestMs = 60_000;
/** Nobody waits for it, unless it is the first one of a run. */
const bulkLane = 3;
const waitingLane = 1;

/**
 * What the CRM says of its own fields: read when a run begins, every hour, and after a refusal that it did not tell of.
 * The newest is kept in the database, for what is told without asking the CRM.
 */
export type SchemaKeeper = Readonly<{
  /** The object that calls are written to, as it was described last; null where it never was. */
  calls(): ObjectSchema | null;
  /** Everything that was described, with the people whom the policy makes. */
  objects(): readonly ObjectSchema[];
  /** Wall time of that description, epoch ms; 0: never. */
  readAt(): number;
  /** Reads what is due. */
  next(): Job | null;
  /** Nothing is sent before the description of this run is there, or cannot be had. */
  isAwaited(): boolean;
  /** Reads it now, within another job; false where the CRM does not tell. */
  refresh(session: CrmSession): Promise<boolean>;
  /** The CRM refused what its description lets through: another one is read soon. */
  doubt(): void;
}>;

type Parts = Pick<DispatcherParts, "integrationId" | "clock" | "schemas" | "connector" | "contract" | "openSession">;

/** Faults that say something of the account as a whole. */
const concernsAll = (fault: ConnectorFault): boolean =>
  fault.kind === "rate_limited" ||
  (fault.kind === "blocked" && (fault.reason === "auth_revoked" || fault.reason === "account_suspended"));

/** `makes`: what the policy makes of a number that nobody has, now. */
export function createSchemaKeeper(
  parts: Parts,
  health: IntegrationHealth,
  makes: () => MadePerson | null = () => null,
): SchemaKeeper {
  const { clock, schemas, connector, integrationId } = parts;
  /** The policy that the last reading was for. */
  let readFor: MadePerson | null = null;
  let known: StoredSchema | undefined = schemas.get(integrationId);
  /** In this run: each looks anew, as it does for the rights. */
  let wasTried = false;
  let isDoubted = false;
  /** Monotonic ms. */
  let restUntil = 0;
  let reading: Promise<boolean> | undefined;

  function isDue(): boolean {
    // A policy that was changed makes others: they were not described.
    if (wasTried && makes() !== null && makes() !== readFor) return true;
    if (clock.monotonic() < restUntil) return false;
    if (known === undefined || !wasTried || isDoubted) return true;
    const age = clock.now() - known.readAt;
    // Read in the future: the clock was set back since, and nobody knows how old it is.
    return age >= refreshMs || age < 0;
  }

  async function read(session: CrmSession): Promise<boolean> {
    const readAt = clock.now();
    readFor = makes();
    const answer = await connector.schema(session, readFor);
    wasTried = true;
    restUntil = clock.monotonic() + (answer.ok ? doubtRestMs : retryMs);
    if (!answer.ok) {
      if (concernsAll(answer.fault)) health.react(answer.fault, true);
      return false;
    }
    isDoubted = false;
    known = { objects: answer.value, readAt };
    schemas.put(integrationId, known, (object, field) => isWritten(parts.contract, object, field));
    return true;
  }

  /** One reading answers for everybody who waits for one. */
  function refresh(session: CrmSession): Promise<boolean> {
    reading ??= read(session).finally(() => {
      reading = undefined;
    });
    return reading;
  }

  return {
    calls: () => known?.objects.find(({ object }) => object === connector.callObject) ?? null,
    objects: () => known?.objects ?? [],
    readAt: () => known?.readAt ?? 0,
    next: () => {
      if (reading !== undefined || !isDue()) return null;
      const started = refresh(parts.openSession(wasTried ? bulkLane : waitingLane, []));
      return async () => void (await started);
    },
    isAwaited: () => !wasTried,
    refresh,
    doubt: () => {
      isDoubted = true;
    },
  };
}
