import type { ConnectorFault } from "../../../src-shared/domain/fault.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import type { Connector, CrmSession, Link, MirrorGone, MirrorOwner, MirrorRecord } from "./connector.ts";

/**
 * `never`: nothing was read yet. `loading`: the first reading is under way. `complete`: everything is there, as of a
 * time. `stale`: everything is there, as of a time too long ago to trust.
 */
export type MirrorState = "never" | "loading" | "complete" | "stale";

/** How far the copy of one integration is. Times are epoch ms of this PC. */
export type MirrorStatus = Readonly<{
  state: MirrorState;
  people: number;
  companies: number;
  deals: number;
  owners: number;
  phones: number;
  /** What the CRM held at this time is in the copy; null before the first reading is done. */
  freshAsOf: number | null;
  loadedAt: number | null;
  /** The reading in progress: its step, where it stands, and steps that are done of all; null when nothing is being read. */
  progress: Readonly<{ step: string; cursor: string | null; stepsDone: number; stepsInAll: number }> | null;
}>;

/** A key under which a typed number is found: the digits of an E.164 number, or those typed without a country code. */
export type PhoneKey = Readonly<{ number: number; isNational: boolean; field: string; typed: string }>;

/** A record with the keys of its numbers. */
export type MirroredRecord = Readonly<{ record: MirrorRecord; keys: readonly PhoneKey[] }>;

/** One step of reading: what the CRM lists by one kind of request. Times marked `server` are the CRM's. */
export type MirrorStepRow = Readonly<{
  step: string;
  isOpen: boolean;
  page: string | null;
  mark: string | null;
  reading: number;
  openedAtServer: number;
  doneAt: number | null;
  doneAsOfServer: number | null;
}>;

export type MirrorRound = Readonly<{
  begunAtServer: number;
  /** Start of the round in progress, or null. */
  roundStartedAt: number | null;
  /** Readings of a higher number are of the round in progress. */
  roundReading: number;
  freshAsOf: number | null;
  loadedAt: number | null;
  /** Numbers changed since the held calls were last looked at. */
  numbersChanged: boolean;
}>;

/** A page of one step, committed with where the step stands. `page` null: the step is done. */
export type MirrorCommit = Readonly<{
  step: string;
  page: string | null;
  mark: string | null;
  records: readonly MirroredRecord[];
  gone: readonly MirrorGone[];
  /** All owners, where the step lists them. */
  owners: readonly MirrorOwner[] | null;
  /** Object of which the step, once it is done, has told every live record: what it did not tell is gone. */
  sweeps: string | null;
  at: number;
}>;

/** A record found under a key, with the text that it was typed as. */
export type MirrorFinding = Readonly<{
  id: number;
  kind: "person" | "company";
  object: string;
  remoteId: string;
  name: string;
  ownerId: string | null;
  links: readonly Link[];
  lastActivityAt: number | null;
  field: string;
  typed: string;
  isNational: boolean;
}>;

/** The stored copy of each integration's people, companies, open deals and owners. */
export interface MirrorStore {
  round(integrationId: number): MirrorRound | null;
  /** Starts the first round, or the next one. */
  beginRound(integrationId: number, ask: Readonly<{ at: number; serverAt: number }>): void;
  /** The round is done: the copy is as fresh as its start. */
  endRound(integrationId: number, at: number): void;
  steps(integrationId: number): readonly MirrorStepRow[];
  openStep(integrationId: number, step: string, serverAt: number): MirrorStepRow;
  /** Starts an open step over, after the CRM no longer took its cursor. */
  restartStep(integrationId: number, step: string): void;
  commitPage(integrationId: number, commit: MirrorCommit): void;
  /** The held calls were looked at. */
  clearChanged(integrationId: number): void;
  find(
    integrationId: number,
    keys: readonly Readonly<{ number: number; isNational: boolean }>[],
  ): readonly MirrorFinding[];
  /** Open deals that name one of these records. */
  openDeals(
    integrationId: number,
    about: readonly Link[],
  ): readonly Readonly<{ id: string; object: string; name: string; ownerId: string | null; about: readonly Link[] }>[];
  owners(integrationId: number): readonly MirrorOwner[];
  /** What became of a record: merged into another, gone, or null where it is live or was never seen. */
  fateOf(integrationId: number, link: Link): Readonly<{ mergedInto: Link | null }> | null;
  /** The record as the copy has it, or undefined. */
  get(integrationId: number, link: Link): MirrorFinding | undefined;
  /** A record that we learnt about outside of a reading: a person who was just created, or one that a write found gone. */
  put(integrationId: number, record: MirroredRecord): void;
  markGone(integrationId: number, gone: MirrorGone, at: number): void;
  counts(integrationId: number): Pick<MirrorStatus, "people" | "companies" | "deals" | "owners" | "phones">;
  /** Forgets the copy of an integration. */
  drop(integrationId: number): void;
  /** Numbers that are the tenant's own side of its calls (E.164), learnt from the calls read so far and settled by people. */
  ownNumbers(tenant: string): ReadonlySet<string>;
}

/** A person or company of the copy that has a number. `isExact`: it was typed with its country code. */
export type MirrorHit = Readonly<{
  kind: "person" | "company";
  object: string;
  id: string;
  name: string;
  field: string;
  typed: string;
  isExact: boolean;
  ownerId: string | null;
  also: readonly Link[];
  lastActivityAt: number | null;
}>;

export type MirrorAsk = Readonly<{
  integration: Integration;
  connector: Connector;
  session: CrmSession;
  /** The CRM's wall time, epoch ms. */
  serverNow: () => number;
}>;

/** The local copy of each CRM's people: answers without asking the CRM, and is kept fresh by pages. */
export interface Mirror {
  status(integrationId: number, steps: readonly string[]): MirrorStatus;
  state(integrationId: number): MirrorState;
  /** Finds everybody who has an E.164 number, with the house's own numbers as they are known now: made for many at once. */
  finder(integration: Pick<Integration, "id" | "tenant" | "settings">): (number: string) => readonly MirrorHit[];
  /** Whether everything that the CRM held at this time (epoch ms of this PC) is in the copy. */
  isFreshSince(integrationId: number, at: number): boolean;
  /** Whether a round should be under way: never read, unfinished, or older than the connector's interval. */
  isDue(integrationId: number, connector: Connector): boolean;
  /** Reads one page of what is due, starting a round where none is under way. `done`: the round is over. */
  readPage(ask: MirrorAsk): Promise<Readonly<{ done: boolean; fault: ConnectorFault | null }>>;
  /** Reads until the copy is fresh since this time; joins a reading that is under way. Null, or the fault that stopped it. */
  refresh(ask: MirrorAsk, since: number): Promise<ConnectorFault | null>;
  /** What the CRM answered to the readings that failed in a row, in this process; `times` 0: the last one was well. */
  trouble(integrationId: number): Readonly<{ times: number; message: string | null }>;
  /** The next round also reads what is read but seldom (deletions), sweeps of everything apart. */
  deepen(integrationId: number): void;
  /** Somebody wants it up to date as of now: it is due, whatever its interval. */
  request(integrationId: number): void;
  /** Whether numbers changed since the held calls were last looked at. */
  hasChanged(integrationId: number): boolean;
  /** The held calls were looked at. */
  clearChanged(integrationId: number): void;
}
