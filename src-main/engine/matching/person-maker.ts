import type { ObjectSchema } from "../../../src-shared/domain/crm-schema.ts";
import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import { type Integration, toMadePerson } from "../../../src-shared/domain/integration.ts";
import type { Clock } from "../ports/clock.ts";
import type { Link, PersonAsk, PersonCandidate, PersonDraft } from "../ports/connector.ts";
import type { MatchAsk, MatchVerdict } from "../ports/matcher.ts";
import type { Mirror, MirrorHit, MirrorStore } from "../ports/mirror.ts";
import type { LedgerEntry, LedgerPlace, PersonLedger } from "../ports/person-ledger.ts";
import { toMatch } from "./match-rules.ts";

export type MakerParts = Readonly<{
  clock: Clock;
  mirror: Mirror;
  store: MirrorStore;
  ledger: PersonLedger;
  /** Twice the request timeout: before that, a person who is not there may still come, ms. */
  quietTimeMs: number;
}>;

/** Between two reads that must both find nobody, ms. */
const secondReadGapMs = 5_000;
/** The CRM's time is known better than this, ms: what lies further ahead was stamped by a clock that was put back since. */
const stampErrsMs = 60_000;

/** Makes the person of a number that nobody has, once: whatever the CRM's index shows, and whenever the process dies. */
export type PersonMaker = Readonly<{ personFor(ask: MatchAsk, number: string): Promise<MatchVerdict> }>;

const placeOf = ({ tenant, crm, account }: Integration): LedgerPlace => ({
  tenant,
  crm,
  accountId: account?.accountId ?? "",
});

function toHit({ object, id, name, field, ownerId, also }: PersonCandidate, number: string): MirrorHit {
  return {
    kind: "person",
    object,
    id,
    name,
    field,
    typed: number,
    isExact: true,
    ownerId,
    also,
    lastActivityAt: null,
  };
}

/** What was changed so that the CRM takes the person. */
const describeFit = (fitted: PersonDraft["fitted"]): string =>
  fitted
    .map(({ field, how, from, to }) =>
      how === "trim"
        ? `, ${field} cut from ${from.length} to ${to.length} characters`
        : `, ${field} written as "${to}" for "${from}"`,
    )
    .join("");

export function createPersonMaker({ clock, mirror, store, ledger, quietTimeMs }: MakerParts): PersonMaker {
  const matched = (number: string, person: MirrorHit, evidence: string): MatchVerdict => ({
    kind: "matched",
    match: toMatch({ number, people: [person], at: clock.now() }, "created", person, evidence),
  });

  /** The person made before: as the copy has it, or merged into another by now. */
  function standing({ id }: Integration, number: string, made: Link): MatchVerdict {
    let at = made;
    for (let fate = store.fateOf(id, at); fate !== null; fate = store.fateOf(id, at)) {
      // Somebody threw out whom we made: making the same person again would be a quarrel.
      if (fate.mergedInto === null) return { kind: "nobody", number, isLive: false };
      at = fate.mergedInto;
    }
    const known = store.get(id, at);
    const person: MirrorHit = {
      kind: "person",
      object: at.object,
      id: at.id,
      name: known?.name ?? number,
      field: "",
      typed: number,
      isExact: true,
      ownerId: known?.ownerId ?? null,
      also: known?.links ?? [],
      lastActivityAt: null,
    };
    const merged = at === made ? "" : `, since merged into ${at.object} ${at.id}`;
    return matched(number, person, `CallLedger made this record for the number${merged}`);
  }

  /** Whether the CRM made somebody is not known: the copy tells, brought up to date after the quiet time. */
  async function recover(ask: MatchAsk, number: string, entry: LedgerEntry): Promise<MatchVerdict | null> {
    const { integration, connector } = ask;
    const gap = entry.missingReads > 0 ? secondReadGapMs : 0;
    // By the CRM's time: ours may have been set since.
    const begunMsAgo = ask.serverNow() - entry.begunAt;
    const leftMs = begunMsAgo < -stampErrsMs ? 0 : quietTimeMs + gap - begunMsAgo;
    const readFrom = clock.now() + leftMs;
    const sentence = "Whether the CRM made the person is not known yet: looked for before anything is made again.";
    if (leftMs > 0) return { kind: "later", untilMs: readFrom, sentence };
    const fault = await mirror.refresh(ask, readFrom);
    if (fault !== null) return { kind: "fault", fault };
    const found = mirror
      .finder(integration)(number)
      .find(({ kind }) => kind === "person");
    if (found !== undefined) {
      ledger.settle(entry.id, { object: found.object, id: found.id }, clock.now());
      return matched(
        number,
        found,
        "CallLedger made this record for the number; it was found after its answer was lost",
      );
    }
    if (entry.missingReads === 0 && !connector.limits.hasUniqueKey) {
      ledger.countMissing(entry.id);
      return { kind: "later", untilMs: clock.now() + secondReadGapMs, sentence };
    }
    ledger.drop(entry.id);
    return null;
  }

  function toVerdict(fault: ConnectorFault, entry: LedgerEntry): MatchVerdict {
    if (fault.kind === "response_lost" || fault.kind === "already_written") {
      const sentence =
        "The CRM was asked to make the person, and its answer was lost: looked for before anything is made again.";
      return { kind: "later", untilMs: clock.now() + quietTimeMs, sentence };
    }
    ledger.drop(entry.id);
    return fault.kind === "rejected" ? { kind: "rejected", fault } : { kind: "fault", fault };
  }

  async function make(asked: MatchAsk, number: string): Promise<MatchVerdict> {
    const { integration, connector, session, serverNow, checkPerson } = asked;
    const as = toMadePerson(integration.unknownCaller) ?? "contact";
    const toAsk = (described: readonly ObjectSchema[]): PersonAsk => ({ number, as, name: null, described });
    const checked = await checkPerson?.((described) => connector.draftPerson(toAsk(described)));
    if (checked !== undefined && checked.refusal !== null) return { kind: "rejected", fault: checked.refusal };
    const ask = toAsk(checked?.described ?? []);
    const entry = ledger.begin(placeOf(integration), number, serverNow());
    const made = await connector.createPerson(session, ask);
    if (!made.ok) return toVerdict(made.fault, entry);
    const { object, id, name, ownerId, also, field } = made.value;
    ledger.settle(entry.id, { object, id }, clock.now());
    const digits = Number(number.slice(1));
    store.put(integration.id, {
      record: {
        kind: "person",
        object,
        id,
        name,
        ownerId,
        phones: [{ field, typed: number }],
        links: also,
        lastActivityAt: null,
        mergedIds: [],
      },
      keys: [{ number: digits, isNational: false, field, typed: number }],
    });
    const fitted = checked === undefined ? [] : connector.draftPerson(ask).fitted;
    const evidence = `nobody had the number; CallLedger made a ${as} for it${describeFit(fitted)}`;
    return matched(number, toHit(made.value, number), evidence);
  }

  return {
    personFor: async (ask, number) => {
      const entry = ledger.find(placeOf(ask.integration), number);
      if (entry?.person !== undefined && entry.person !== null) return standing(ask.integration, number, entry.person);
      const recovered = entry === null ? null : await recover(ask, number, entry);
      return recovered ?? make(ask, number);
    },
  };
}
