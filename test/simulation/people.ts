import type { DeadRunKind } from "../../src-shared/domain/dead-run.ts";
import type { Store } from "../../src-main/engine/store/open-store.ts";
import type { CrmType } from "../../src-shared/domain/integration.ts";
import type { Computer } from "./computer.ts";
import type { Guard } from "./invariants.ts";
import { type PhoneLog, keyIn, newestOf } from "./phone-log.ts";
import type { CrmStage } from "./stage.ts";
import type { Chance, World } from "./world.ts";

/** Calls of this status are refused by a rule of the CRM while the rule stands. */
export const refusedStatus = "busy";

export type PeopleParts = Readonly<{
  world: World;
  chance: Chance;
  computer: Computer;
  stages: readonly CrmStage[];
  log: PhoneLog;
  guard: Guard;
  /** Numbers that somebody in the CRM has, and those that nobody has yet. */
  known: readonly string[];
  strangers: readonly string[];
  addPerson: (crm: CrmStage, number: string) => void;
  personOf: (crm: CrmType, number: string) => string | undefined;
  inFlight: () => number;
  /** Whether unknown callers are held until somebody adds them. */
  isHolding: boolean;
  /** Whether most of what is imported is many calls at once, and urgent. */
  isBusy: boolean;
  /** Whether the CRM refuses much, and people try it again. */
  isStrict: boolean;
  /** Records may be deleted by colleagues; not together with a restore, after which nobody can tell. */
  mayRemove: boolean;
}>;

/** What the people in the office and in the CRM do. Each act is one that the program offers, or an edit in the CRM. */
export function createPeople(parts: PeopleParts) {
  const { world, chance, computer, stages, log, guard } = parts;
  const anyNumber = (): string => chance.pick(chance.isHit(0.15) ? parts.strangers : parts.known);
  const anyStage = (): CrmStage => chance.pick(stages);
  const store = (): Store => computer.start().store;

  /** Groups of dead letters of these causes, as the button on a group does it: what a kill cuts short goes on by itself. */
  function moveDead(reasons: readonly string[], kind: DeadRunKind, note: string): void {
    const { deadRunner } = computer.start();
    const { deadRuns } = store();
    const at = world.engineClock.now();
    for (const { id, reason } of deadRuns.groups()) {
      const target = reasons.includes(reason) ? deadRuns.resolve(id, at) : undefined;
      if (target !== undefined) deadRunner.begin({ kind, target: id, actor: "a person", note, at }, target);
    }
  }

  /** A record in the CRM that nothing of ours is at work on. */
  function quietCall(stage: CrmStage) {
    if (parts.inFlight() > 0) return undefined;
    const calls = stage.calls();
    const lines = new Map(guard.deliveries().map((line) => [`${line.crm} ${line.remoteId ?? ""}`, line]));
    const quiet = calls.filter(({ id }) => lines.get(`${stage.crm} ${id}`)?.state === "delivered");
    if (quiet.length === 0) return undefined;
    const call = chance.pick(quiet);
    const logged = log.calls().find((each) => keyIn(each, stage.crm) === call.key);
    return logged === undefined ? undefined : { call, logged };
  }

  /** Calls that are on their way to a CRM at this moment. */
  function sentNow(): ReturnType<PhoneLog["calls"]> {
    const sending = new Set(guard.deliveries().flatMap(({ state, logKey }) => (state === "sending" ? [logKey] : [])));
    return log.calls().filter(({ logKey }) => sending.has(logKey));
  }

  function addVersion(call: ReturnType<PhoneLog["calls"]>[number]): typeof call {
    const isRefused = newestOf(call).status === refusedStatus;
    return log.addVersion(
      call,
      isRefused && chance.isHit(0.7) ? refusedStatus : chance.pick(["answered", "failed"] as const),
    );
  }

  function revise(calls: ReturnType<PhoneLog["calls"]>): void {
    log.read(store(), calls.map(addVersion), 1);
  }

  function importNew(count: number): void {
    const calls = Array.from({ length: count }, () =>
      log.ring(
        anyNumber(),
        chance.isHit(parts.isStrict ? 0.4 : 0.08) ? refusedStatus : chance.pick(["answered", "failed"] as const),
      ),
    );
    log.read(store(), calls, chance.pick(parts.isBusy ? ([0, 1] as const) : ([0, 1, 2, 3] as const)));
  }

  const acts: Readonly<Record<string, () => void>> = {
    import: () => importNew(chance.between(1, 7)),
    /** More than the CRM takes at once. */
    importMany: () => importNew(chance.between(15, 30)),
    importAgain: () => log.read(store(), log.calls(), 1),
    /** Most corrections follow their calls at once, while these are on their way. */
    revise: () => {
      const newest = log.calls().slice(-chance.between(1, 8));
      if (newest.length > 0) revise(chance.isHit(0.6) ? newest : [chance.pick(log.calls())]);
    },
    editAndRevise: () => {
      const stage = anyStage();
      const found = quietCall(stage);
      if (found === undefined) return;
      const { call, logged } = found;
      const value = `Talked to Alice ${chance.between(1, 999)}`;
      stage.editCall(call.id, stage.vendor.titleField, value);
      guard.noteEdit({ crm: stage.crm, id: call.id, field: stage.vendor.titleField, value });
      revise([logged]);
    },
    removeRecord: () => {
      const stage = anyStage();
      const found = parts.mayRemove ? quietCall(stage) : undefined;
      if (found === undefined) return;
      guard.noteRemoved(stage.crm, found.call.id);
      stage.removeCall(found.call.id);
      if (chance.isHit(0.6)) revise([found.logged]);
    },
    addPerson: () => {
      const number = chance.pick(parts.strangers);
      if (!parts.isHolding) return;
      for (const stage of stages) if (parts.personOf(stage.crm, number) === undefined) parts.addPerson(stage, number);
    },
    pause: () => {
      const { integrations } = store();
      const chosen = chance.pick(integrations.list());
      const state = chosen.state === "active" ? "paused" : "active";
      integrations.setState(chosen.id, state, { at: world.engineClock.now(), reason: null, note: "" });
      computer.start().sync.wake();
    },
    revoke: () => anyStage().configure({ plainTokenRevoked: chance.isHit(0.4) }),
    replay: () => moveDead(["rule_rejected", "value_rejected"], "replay", ""),
    acknowledge: () => moveDead(["rule_rejected", "value_rejected", "record_deleted"], "acknowledge", "expected"),
    /** A look into the CRM: is what counts as delivered still there, and there once. */
    lookInto: () => {
      const { checks, integrations } = store();
      const at = world.engineClock.now();
      const { id: integrationId } = chance.pick(integrations.list());
      const kind = chance.pick(["read_back", "read_back", "copies"] as const);
      const draft = { integrationId, kind, askedBy: "a person", at };
      checks.ask(draft, { size: 10, deliveredBefore: at, random: chance.next });
      computer.start().sync.wake();
    },
  };
  const weights: Readonly<Record<string, number>> = {
    import: 10,
    importMany: parts.isBusy ? 5 : 1,
    importAgain: 2,
    revise: 5,
    editAndRevise: 5,
    removeRecord: 2,
    addPerson: 1,
    pause: 2,
    revoke: 1,
    replay: parts.isStrict ? 12 : 3,
    acknowledge: parts.isStrict ? 4 : 1,
    lookInto: 2,
  };
  const drawn = Object.entries(weights).flatMap(([name, weight]) => Array.from({ length: weight }, () => name));

  const first = parts.isBusy ? "importMany" : "import";

  return {
    /** Something that people do; may throw what the store throws. */
    act(): void {
      const name = log.calls().length === 0 ? first : chance.pick(drawn);
      world.trace(`people: ${name}`);
      acts[name]?.();
      if (name.startsWith("import") || name.endsWith("evise")) computer.start().sync.wake();
    },
    /** Later rows of calls come while these are on their way. */
    correct(): void {
      const calls = sentNow();
      if (calls.length === 0) return;
      world.trace(`people: ${calls.length} calls on their way are corrected`);
      revise(calls);
      computer.start().sync.wake();
    },
    /** Everybody puts things in order: what was paused goes on, keys are valid, and the whole log is read once more. */
    tidyUp(): void {
      for (const stage of stages) stage.configure({ plainTokenRevoked: false });
      const { integrations } = store();
      for (const { id, state } of integrations.list())
        if (state === "paused")
          integrations.setState(id, "active", { at: world.engineClock.now(), reason: null, note: "" });
      log.read(store(), log.calls(), 1);
      if (parts.isStrict && chance.isHit(0.5)) acts["acknowledge"]?.();
    },
  };
}
