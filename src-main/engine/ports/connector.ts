import type { BudgetObservation, BudgetWindow, Cost } from "../../../src-shared/domain/budget.ts";
import type { ObjectSchema } from "../../../src-shared/domain/crm-schema.ts";
import type { FittedValue } from "../../../src-shared/domain/field-check.ts";
import type { Answer, ConnectorFault, Outcome } from "../../../src-shared/domain/fault.ts";
import type { CrmAccount, CrmType, MadePerson } from "../../../src-shared/domain/integration.ts";
import type { FilteredBody } from "../../../src-shared/domain/ownership.ts";
import type { StoredSettings } from "../../../src-shared/domain/vendor-settings.ts";

/** A step of a delivery: `record`, or `link:<object>:<id>`. */
export type StepName = string;

/** Which step of which delivery a write request tries: it is on disk before the first byte leaves. */
export type Intent = Readonly<{ key: string; step: StepName }>;

export type CrmRequest = Readonly<{
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path and query at the integration's base URL, or at `origin`. */
  path: string;
  /**
   * Scheme, host and port where they are not those of the base URL: the vendor's token host, or the host that its
   * sign-in named. A connector takes it only where it belongs to the vendor.
   */
  origin?: string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; text is sent as it is. */
  body?: unknown;
  /** Units by budget window. */
  cost: Cost;
  /** Empty for reads. A request with intents is a write: it is never sent twice. */
  intents: readonly Intent[];
  /**
   * A read about the account itself (who we are, its fields, our rights) that shows nothing of anybody's records: a run
   * that continues a killed one may go on with the answer that the other got.
   */
  aboutAccount?: boolean;
}>;

/** `json` is undefined where the body is none. `paced`: our budget has no room for another `waitMs`; nothing was sent. `serverTimeMs`: the answer's Date header. */
export type CrmAnswer =
  | Readonly<{
      kind: "answer";
      status: number;
      headers: Readonly<Record<string, string>>;
      body: string;
      json: unknown;
      serverTimeMs?: number;
    }>
  | Readonly<{ kind: "never_left"; detail: string }>
  | Readonly<{ kind: "lost"; detail: string }>
  | Readonly<{ kind: "paced"; waitMs: number; window: string }>;

/**
 * The paced way to one integration. `send` waits for the budget (bounded), writes reservation and attempts to disk,
 * sends once, and corrects the budget from the answer. It adds no authorization: that is the connector's.
 */
export interface CrmSession {
  send(request: CrmRequest): Promise<CrmAnswer>;
}

/** A record to link a call to. */
export type Link = Readonly<{ object: string; id: string }>;

/**
 * One delivery to write. `create`: the record and its links in as few requests as the vendor allows. `update`: the
 * record by its id, never re-created. `link`: only the links that are left.
 */
export type WriteItem = WriteTarget &
  Readonly<
    | { operation: "create"; body: FilteredBody<"create"> | null }
    | { operation: "update"; body: FilteredBody<"update"> | null }
    | { operation: "link"; body: null }
  >;

/** The record that a write is about, and what it is to be linked to. */
export type WriteTarget = Readonly<{
  key: string;
  /** The CRM's id of the call record; null before the first write. */
  remoteId: string | null;
  /** Links still to be made. */
  links: readonly Link[];
  /** Links that we made and that hold no more: taken away where they still stand as we made them. Not with `create`. */
  unlinks?: readonly Link[];
}>;

/** What a write did. `done`: steps that are certain. No fault means that all steps asked for are done. */
export type WriteOutcome = Readonly<{
  done: readonly StepName[];
  remoteId: string | null;
  fault: ConnectorFault | null;
  /** What the CRM said of this item, for the audit. */
  answer?: Answer;
}>;

/** When a record was changed last (epoch ms), and by which user of the CRM (an owner's id); null where it does not tell. */
export type LastEdit = Readonly<{ at: number | null; by: string | null }>;

/** What a read by key found. `fields`: the contract's fields as the CRM holds them. `deleted`: it was there and somebody deleted it; never re-created. `unclear`: the CRM cannot tell (for example several records). */
export type ProbeFinding =
  | Readonly<{
      kind: "found";
      remoteId: string;
      fields: Readonly<Record<string, string | null>>;
      lastEdit?: LastEdit;
    }>
  | Readonly<{ kind: "missing" }>
  | Readonly<{ kind: "deleted"; remoteId: string | null }>
  | Readonly<{
      kind: "unclear";
      detail: string;
      /** The records, where there are several. */
      remoteIds?: readonly string[];
    }>;

/** Somebody to be made for a number that nobody has. `described`: what the CRM told of its objects; values are made to fit that. */
export type PersonAsk = Readonly<{
  number: string;
  as: MadePerson;
  name: string | null;
  described?: readonly ObjectSchema[];
}>;

/** A person who is not there yet: the CRM's object, and what the contract gives a new one. */
export type PersonDraft = Readonly<{ object: string; body: FilteredBody<"create">; fitted: readonly FittedValue[] }>;

/** A person or company of the CRM that has the number asked for, verified by normalising both sides. */
export type PersonCandidate = Readonly<{
  object: string;
  id: string;
  name: string;
  /** The CRM's field that holds the number. */
  field: string;
  ownerId: string | null;
  /** Further records that the call is linked to with this person (the company). */
  also: readonly Link[];
  /** Last activity or change, epoch ms, where the CRM tells. */
  lastActivityAt: number | null;
}>;

/** A record as the local copy of the CRM keeps it. */
export type MirrorRecord = Readonly<{
  kind: "person" | "company" | "deal";
  object: string;
  id: string;
  name: string;
  ownerId: string | null;
  /** Every field that holds a number, custom ones included, as typed. */
  phones: readonly Readonly<{ field: string; typed: string }>[];
  /** A person's company; everybody that a deal is about. */
  links: readonly Link[];
  /** Last activity, epoch ms, where the CRM tells it apart from a mere change. */
  lastActivityAt: number | null;
  /** Ids of records that were merged into this one. */
  mergedIds: readonly string[];
}>;

/** A record that is no longer there (deleted, closed, converted, merged into another). */
export type MirrorGone = Readonly<{ object: string; id: string; mergedInto: Link | null }>;

export type MirrorOwner = Readonly<{ id: string; name: string; email: string | null }>;

/** One kind of request by which the CRM is copied. */
export type MirrorStep = Readonly<{
  name: string;
  /** It is due again so long after it was done, ms; 0: each time. */
  everyMs: number;
  /** It tells every live record of this object: what it did not tell is gone. */
  sweeps?: string;
  /** Not part of the first reading: it tells nothing that the others do not tell then. */
  isLater?: true;
}>;

/**
 * Which page of a step to read. `page` is where the one before ended (null: the first), `mark` what the step told the last
 * time it was done, `sinceMs` the server time since which changes count (null: it was never done), `begunMs` the server time
 * at which the copying began.
 */
export type MirrorPageAsk = Readonly<{
  step: string;
  page: string | null;
  mark: string | null;
  sinceMs: number | null;
  begunMs: number;
}>;

/** `page` null: the step is done. `mark` is given to the step when it is due again. */
export type MirrorPage = Readonly<{
  records: readonly MirrorRecord[];
  gone: readonly MirrorGone[];
  owners?: readonly MirrorOwner[];
  page: string | null;
  mark?: string | null;
}>;

/** How a CRM is copied: a few kinds of request, each read page by page; every page may be read again. */
export type ConnectorMirror = Readonly<{
  /** In the order in which they are read. */
  steps: readonly MirrorStep[];
  /** The copy is brought up to date so often, ms. */
  everyMs: number;
  /** Changes are asked for again from so long before, ms: clocks, overlapping writes, a lagging index. */
  overlapMs: number;
  /** A cursor that the CRM no longer takes is a `rejected` fault; the step then starts over. */
  read(session: CrmSession, ask: MirrorPageAsk): Promise<Outcome<MirrorPage, ConnectorFault>>;
}>;

/** `instead`: this account needs other settings, with which the set-up is to be done; `note` says it to people. */
export type SetupReport = Readonly<{
  created: readonly string[];
  found: readonly string[];
  instead?: Readonly<{ settings: StoredSettings; note: string }>;
}>;

export type ConnectorLimits = Readonly<{
  /** Deliveries in one write. */
  writeRows: number;
  writeBytes: number;
  /** Keys in one read by key. */
  probeKeys: number;
  /** Numbers in one people look-up. */
  peopleNumbers: number;
  /** Requests in flight at once. */
  concurrency: number;
  /** How long a record that was just made may stay hidden from look-ups (a search index), ms; 0 or absent where they read the records themselves. */
  searchLagMs?: number;
  /** Whether the CRM itself refuses a second record with our key; without it, missing must be read twice. */
  hasUniqueKey: boolean;
}>;

/** Deliveries by what they need: new records, rewrites, people to be made first. */
export type CallWork = Readonly<{ creates: number; updates: number; people: number }>;

/** What work takes when it goes out in full batches and nothing goes wrong. `cost`: units by budget window. */
export type Forecast = Readonly<{ requests: number; cost: Cost }>;

/** How much a check asks: what a run needs to begin, or all that it will ever need. */
export type CheckDepth = "quick" | "thorough";

/**
 * One CRM behind one port. Expected failures are values; it throws only for bugs. Every method may be called
 * again after a crash at any point.
 */
export interface Connector {
  readonly crm: CrmType;
  /** The CRM's object that holds calls, as the contract names it (`calls`). */
  readonly callObject: string;
  /** Where the vendor's API lives when the integration names no other address. */
  readonly defaultBaseUrl: string;
  readonly limits: ConnectorLimits;
  /** The vendor's limits for this account, before anything was learnt from headers. */
  windows(account: CrmAccount | null): readonly BudgetWindow[];
  /** What an answer's headers and body tell about the windows; empty where they are silent. */
  observe(request: CrmRequest, answer: Extract<CrmAnswer, { kind: "answer" }>): readonly BudgetObservation[];
  /**
   * Signs in, names the account, and finds what is missing (scopes, fields). Writes nothing. `thorough`: a person waits
   * for it; every scope and right that will be needed is asked for, and all that is missing is told at once.
   */
  check(session: CrmSession, depth?: CheckDepth): Promise<Outcome<CrmAccount, ConnectorFault>>;
  /** Puts what the agent needs into the CRM (the key field); safe to repeat. */
  setup(session: CrmSession): Promise<Outcome<SetupReport, ConnectorFault>>;
  /**
   * Objects that calls are written to, as the CRM describes them to the signed-in user, read anew: fields with length,
   * kind, values and rights, and the rules of administrators that can be read. A few requests, whatever the number of calls.
   * `makes`: the object of such people, too; it is left out where the CRM does not tell.
   */
  schema(session: CrmSession, makes?: MadePerson | null): Promise<Outcome<readonly ObjectSchema[], ConnectorFault>>;
  /** Outcomes by key, one for each item, never by position. */
  write(session: CrmSession, items: readonly WriteItem[]): Promise<ReadonlyMap<string, WriteOutcome>>;
  /**
   * Reads by key. A fault means nothing was learnt; `sinceMs` (server time) bounds look-ups by time where the vendor needs
   * one. `known`: ids of records that are known to be there, by key, for vendors who find a record only by its id.
   */
  probe(
    session: CrmSession,
    keys: readonly string[],
    sinceMs: number,
    known?: ReadonlyMap<string, string>,
  ): Promise<Outcome<ReadonlyMap<string, ProbeFinding>, ConnectorFault>>;
  /**
   * Ids of the live records that carry each of these keys, written since a server time. Only of vendors whose read by key
   * tells no more than one of them.
   */
  copies?(
    session: CrmSession,
    keys: readonly string[],
    sinceMs: number,
  ): Promise<Outcome<ReadonlyMap<string, readonly string[]>, ConnectorFault>>;
  /** Everybody who has one of these E.164 numbers; a number nobody has maps to an empty list. */
  people(
    session: CrmSession,
    numbers: readonly string[],
  ): Promise<Outcome<ReadonlyMap<string, readonly PersonCandidate[]>, ConnectorFault>>;
  /** What `createPerson` would write; asks nobody. */
  draftPerson(ask: PersonAsk): PersonDraft;
  /** Creates a person for a number that nobody has (policy `contact` or `lead`). */
  createPerson(session: CrmSession, ask: PersonAsk): Promise<Outcome<PersonCandidate, ConnectorFault>>;
  /** Owner id in the CRM by agent (e-mail, name or extension as written in the log), or null. */
  owners(session: CrmSession): Promise<Outcome<readonly MirrorOwner[], ConnectorFault>>;
  /** How its people, companies, deals and owners are copied. */
  readonly mirror: ConnectorMirror;
  /** What so much work takes, without what a run asks beside it (sign-in, fields, people). */
  forecast(work: CallWork): Forecast;
  /** Link of a record for people, or null. */
  recordUrl(account: CrmAccount | null, object: string, id: string): string | null;
}
