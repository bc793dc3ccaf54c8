import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { Clock } from "../ports/clock.ts";
import type { MirrorPage } from "../ports/connector.ts";
import type {
  Mirror,
  MirrorAsk,
  MirrorFinding,
  MirrorHit,
  MirrorRound,
  MirrorState,
  MirrorStepRow,
  MirrorStore,
} from "../ports/mirror.ts";
import { homeCodesOf } from "./home-codes.ts";
import { pendingSteps } from "./mirror-steps.ts";
import { readNational, toPhoneKeys, toWantedNumber, type WantedNumber } from "./phone-keys.ts";

/** A copy older than this is brought up to date before anything is matched by it, ms. */
export const staleMs = 15 * 60_000;

const noTrouble = { times: 0, message: null } as const;

type PageEnd = Readonly<{ done: boolean; fault: ConnectorFault | null }>;

const toHit = (found: MirrorFinding): MirrorHit => ({
  kind: found.kind,
  object: found.object,
  id: found.remoteId,
  name: found.name,
  field: found.field,
  typed: found.typed,
  isExact: !found.isNational,
  ownerId: found.ownerId,
  also: found.links,
  lastActivityAt: found.lastActivityAt,
});

/** The local copy of each integration's people (see the port). */
export function createMirror({ store, clock }: Readonly<{ store: MirrorStore; clock: Clock }>): Mirror {
  /** The page being read of each integration: one at a time. */
  const turns = new Map<number, Promise<unknown>>();
  /** When somebody asked for it last. */
  const requestedAt = new Map<number, number>();
  const deep = new Set<number>();
  const troubles = new Map<number, Readonly<{ times: number; message: string | null }>>();

  const ageOf = ({ freshAsOf }: MirrorRound): number =>
    freshAsOf === null || freshAsOf > clock.now() ? Number.POSITIVE_INFINITY : clock.now() - freshAsOf;

  const isFreshSince = (id: number, at: number): boolean => {
    const freshAsOf = store.round(id)?.freshAsOf ?? null;
    // What is as of later than now was read before the clock was put back.
    return freshAsOf !== null && freshAsOf >= at && freshAsOf <= clock.now();
  };

  function stateOf(id: number): MirrorState {
    const round = store.round(id);
    if (round === null) return "never";
    if (round.loadedAt === null) return "loading";
    return ageOf(round) > staleMs ? "stale" : "complete";
  }

  function beginRound({ integration, serverNow }: MirrorAsk): MirrorRound {
    const known = store.round(integration.id);
    if (known !== null && known.roundStartedAt !== null) return known;
    store.beginRound(integration.id, { at: clock.now(), serverAt: serverNow() });
    const begun = store.round(integration.id);
    if (begun === null) throw new Error("the round was not stored");
    return begun;
  }

  function commit({ integration }: MirrorAsk, step: MirrorStepRow, sweeps: string | null, page: MirrorPage): void {
    store.commitPage(integration.id, {
      step: step.step,
      page: page.page,
      mark: page.mark ?? step.mark,
      records: page.records.map((record) => ({ record, keys: toPhoneKeys(record.phones) })),
      gone: page.gone,
      owners: page.owners ?? null,
      sweeps,
      at: clock.now(),
    });
  }

  async function readOne(ask: MirrorAsk): Promise<PageEnd> {
    const { integration, connector, session, serverNow } = ask;
    const round = beginRound(ask);
    const rows = store.steps(integration.id);
    const wanted = { now: clock.now(), isDeep: deep.has(integration.id) };
    const [next] = pendingSteps(connector.mirror, rows, round, wanted);
    if (next === undefined) {
      deep.delete(integration.id);
      store.endRound(integration.id, clock.now());
      return { done: true, fault: null };
    }
    const known = rows.find(({ step }) => step === next.name);
    const step = known?.isOpen === true ? known : store.openStep(integration.id, next.name, serverNow());
    const answer = await connector.mirror.read(session, {
      step: next.name,
      page: step.page,
      mark: step.mark,
      sinceMs: step.doneAsOfServer === null ? null : step.doneAsOfServer - connector.mirror.overlapMs,
      begunMs: round.begunAtServer - connector.mirror.overlapMs,
    });
    if (answer.ok) {
      commit(ask, step, next.sweeps ?? null, answer.value);
      return { done: false, fault: null };
    }
    if (answer.fault.kind !== "rejected" || step.page === null) return { done: false, fault: answer.fault };
    // The CRM no longer takes the cursor: every page may be read again.
    store.restartStep(integration.id, next.name);
    return { done: false, fault: null };
  }

  function remember(id: number, { fault }: PageEnd): void {
    // Our own budget is no trouble of the CRM's.
    if (fault?.kind === "paced") return;
    const message = fault !== null && "answer" in fault ? (fault.answer.message ?? null) : null;
    troubles.set(id, fault === null ? noTrouble : { times: (troubles.get(id)?.times ?? 0) + 1, message });
  }

  const readPage: Mirror["readPage"] = (ask) => {
    const { id } = ask.integration;
    const mine = (turns.get(id) ?? Promise.resolve())
      .then(() => readOne(ask))
      .then((end) => {
        remember(id, end);
        return end;
      });
    turns.set(
      id,
      mine.catch(() => undefined),
    );
    return mine;
  };

  /** A number without a country code is one of a country of the house; where none is known, of the number's own. */
  function isHeld(found: MirrorFinding, wanted: WantedNumber, home: ReadonlySet<string> | null): boolean {
    if (!found.isNational) return true;
    const read = readNational(found.typed, wanted);
    return read === "full" || (read === "national" && (home === null || home.has(wanted.callingCode)));
  }

  return {
    state: stateOf,
    isFreshSince,
    readPage,
    status: (id, steps) => {
      const round = store.round(id);
      const rows = store.steps(id);
      const open = rows.find(({ isOpen }) => isOpen);
      const isReading = round !== null && round.roundStartedAt !== null;
      return {
        state: stateOf(id),
        ...store.counts(id),
        freshAsOf: round?.freshAsOf ?? null,
        loadedAt: round?.loadedAt ?? null,
        progress: isReading
          ? {
              step: open?.step ?? "",
              cursor: open?.page ?? null,
              stepsDone: rows.filter(({ isOpen, reading }) => !isOpen && reading > round.roundReading).length,
              stepsInAll: steps.length,
            }
          : null,
      };
    },
    isDue: (id, connector) => {
      const round = store.round(id);
      const requested = Math.min(requestedAt.get(id) ?? 0, clock.now());
      requestedAt.set(id, requested);
      return (
        round === null ||
        round.roundStartedAt !== null ||
        ageOf(round) >= connector.mirror.everyMs ||
        !isFreshSince(id, requested)
      );
    },
    refresh: async (ask, since) => {
      let wanted = since;
      for (;;) {
        // The clock may be set back meanwhile: no reading is ever as fresh as a time that is to come.
        wanted = Math.min(wanted, clock.now());
        if (isFreshSince(ask.integration.id, wanted)) return null;
        const { fault } = await readPage(ask);
        if (fault !== null) return fault;
      }
    },
    finder: ({ id, tenant, settings }) => {
      const home = homeCodesOf(settings["country"], store.ownNumbers(tenant));
      return (number) => {
        const wanted = toWantedNumber(number);
        if (wanted === undefined) return [];
        const hits = new Map<string, MirrorHit>();
        for (const found of store.find(id, wanted.keys)) {
          const key = `${found.object}:${found.remoteId}`;
          if (!hits.has(key) && isHeld(found, wanted, home)) hits.set(key, toHit(found));
        }
        return [...hits.values()];
      };
    },
    trouble: (id) => troubles.get(id) ?? noTrouble,
    deepen: (id) => void deep.add(id),
    request: (id) => void requestedAt.set(id, clock.now()),
    hasChanged: (id) => store.round(id)?.numbersChanged === true,
    clearChanged: (id) => store.clearChanged(id),
  };
}
