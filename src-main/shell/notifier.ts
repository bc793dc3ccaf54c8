import { crmNames } from "../../src-shared/domain/integration.ts";
import { reasonTexts } from "../../src-shared/domain/reason.ts";
import type { DeadGroupView } from "../../src-shared/ipc/dead-letter-views.ts";
import type { TopicItem } from "../../src-shared/ipc/topics.ts";

/** What a person sees. No names and no numbers of callers: lock screens show it to everybody. */
export type Notice = Readonly<{ key: string; title: string; body: string; route: string; sound: boolean }>;

export type NotifierParts = Readonly<{
  show: (notice: Notice) => void;
  withdraw: (key: string) => void;
  /** Causes that were told and are not settled yet; kept over restarts. */
  told: Readonly<{ read(): readonly string[]; write(keys: readonly string[]): void }>;
  now: () => number;
  isOn: () => boolean;
}>;

/** One notice for each new cause, until it is settled; more than two causes in five minutes become one. */
export type Notifier = Readonly<{
  attention(groups: readonly DeadGroupView[]): void;
  connections(connections: readonly TopicItem<"connections">[]): void;
}>;

const windowMs = 5 * 60_000;
const mostSingle = 2;
const manyKey = "many";

type Cause = Readonly<{ key: string; notice: Notice }>;

export function createNotifier(parts: NotifierParts): Notifier {
  let recent: readonly number[] = [];
  const open = new Map<string, readonly Cause[]>();

  function look(kind: string, causes: readonly Cause[]): void {
    open.set(kind, causes);
    const told = new Set(parts.told.read());
    const standing = new Set(causes.map(({ key }) => key));
    const settled = [...told].filter((key) => key.startsWith(`${kind}:`) && !standing.has(key));
    const fresh = causes.filter(({ key }) => !told.has(key));
    if (settled.length === 0 && fresh.length === 0) return;
    for (const key of settled) {
      told.delete(key);
      parts.withdraw(key);
    }
    for (const { key } of fresh) told.add(key);
    parts.told.write([...told]);
    if (told.size === 0) parts.withdraw(manyKey);
    if (fresh.length > 0 && parts.isOn()) tell(fresh);
  }

  function tell(fresh: readonly Cause[]): void {
    const now = parts.now();
    recent = [...recent.filter((at) => now - at < windowMs), ...fresh.map(() => now)];
    if (recent.length <= mostSingle) {
      for (const { notice } of fresh) parts.show(notice);
      return;
    }
    const all = [...open.values()].flat();
    for (const { key } of all) parts.withdraw(key);
    parts.show({
      key: manyKey,
      title: `${all.length} things need you`,
      body: "Nothing is lost. Open CallLedger to see them.",
      route: "attention",
      sound: false,
    });
  }

  return {
    attention: (groups) => look("group", groups.filter(({ count }) => count > 0).map(toGroupCause)),
    connections: (connections) =>
      look("connection", connections.filter(({ state }) => state === "blocked").map(toBlockedCause)),
  };
}

function toGroupCause({ id, crm, count, reason }: DeadGroupView): Cause {
  const key = `group:${id}`;
  const { sentence } = reasonTexts[reason];
  const calls = count === 1 ? "1 call waits for you." : `${count} calls wait for you.`;
  return {
    key,
    notice: {
      key,
      title: `${crmNames[crm]}: ${sentence}`,
      body: `${calls} Nothing is lost.`,
      route: `attention/${id}`,
      sound: false,
    },
  };
}

function toBlockedCause({ id, crm, blockedReason }: TopicItem<"connections">): Cause {
  const why = blockedReason ?? "unknown";
  const key = `connection:${id} ${why}`;
  const { sentence, nextStep } = reasonTexts[why];
  return {
    key,
    notice: {
      key,
      title: `${crmNames[crm]}: ${sentence}`,
      body: nextStep,
      route: "connections",
      sound: why === "auth_revoked",
    },
  };
}
