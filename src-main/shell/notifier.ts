import { crmNames } from "../../src-shared/domain/crm-names.ts";
import { reasonTexts } from "../../src-shared/domain/reason.ts";
import type { DeadGroupView } from "../../src-shared/ipc/dead-letter-views.ts";
import type { EngineEvent } from "../../src-shared/ipc/events.ts";
import type { TopicItem } from "../../src-shared/ipc/topics.ts";
import type { NoticeKind } from "../../src-shared/ipc/window-views.ts";

/** What a person sees. No names and no numbers of callers: lock screens show it to everybody. */
export type Notice = Readonly<{ key: string; title: string; body: string; route: string; sound: boolean }>;

/** A cause that a person was told of; `goneAt`: when it was last seen to be settled, epoch ms, null while it stands. */
export type ToldCause = Readonly<{ key: string; goneAt: number | null }>;

export type NotifierParts = Readonly<{
  show: (notice: Notice) => void;
  withdraw: (key: string) => void;
  /** Kept over restarts. */
  told: Readonly<{ read(): readonly ToldCause[]; write(causes: readonly ToldCause[]): void }>;
  now: () => number;
  /** Whether a person wants to hear of such things. */
  isOn: (kind: NoticeKind) => boolean;
  /** Whether it is a time at which causes are held, to be told when it is over. */
  isHeld: () => boolean;
}>;

/**
 * One notice for each new cause, until it is settled; more than two causes in five minutes become one. What comes back
 * within an hour (calls that were sent again and failed again) is no news.
 */
export type Notifier = Readonly<{
  attention(groups: readonly DeadGroupView[]): void;
  connections(connections: readonly TopicItem<"connections">[]): void;
  /** The cause of dead letters is gone. */
  healed(group: HealedGroup): void;
  /** A source gives no calls although it should; it is heard again. */
  silent(source: SilentSource): void;
  heard(sourceId: number): void;
  /** Causes that were held are told, if their time has come. */
  wake(): void;
}>;

export type SilentSource = Extract<EngineEvent, { event: "source:silent" }>;
export type HealedGroup = Extract<EngineEvent, { event: "group:healed" }>;

const windowMs = 5 * 60_000;
const mostSingle = 2;
const manyKey = "many";
/** A cause that was settled this long is forgotten. */
const forgetAfterMs = 60 * 60_000;

type Cause = Readonly<{ key: string; notice: Notice }>;
type CauseKind = "group" | "connection";
const noticeKinds: Readonly<Record<CauseKind, NoticeKind>> = { group: "failing", connection: "blocked" };

export function createNotifier(parts: NotifierParts): Notifier {
  let recent: readonly number[] = [];
  const open = new Map<CauseKind, readonly Cause[]>();

  function look(kind: CauseKind, causes: readonly Cause[]): void {
    open.set(kind, causes);
    const before = parts.told.read();
    const standing = new Set(causes.map(({ key }) => key));
    // What is held counts as not told: it is fresh again at the next look.
    const fresh = parts.isHeld() ? [] : causes.filter(({ key }) => !before.some((each) => each.key === key));
    const after = [
      ...before.flatMap((each) => (each.key.startsWith(`${kind}:`) ? keep(each, standing) : [each])),
      ...fresh.map(({ key }) => ({ key, goneAt: null })),
    ];
    if (isDifferent(before, after)) parts.told.write(after);
    if (after.every(({ goneAt }) => goneAt !== null)) parts.withdraw(manyKey);
    if (fresh.length > 0 && parts.isOn(noticeKinds[kind])) tell(fresh);
  }

  function keep(cause: ToldCause, standing: ReadonlySet<string>): readonly ToldCause[] {
    if (standing.has(cause.key)) return [{ ...cause, goneAt: null }];
    if (cause.goneAt === null) parts.withdraw(cause.key);
    const goneAt = cause.goneAt ?? parts.now();
    return parts.now() - goneAt < forgetAfterMs ? [{ ...cause, goneAt }] : [];
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
    healed: (group) => {
      if (parts.isOn("healed") && !parts.isHeld()) parts.show(toHealedNotice(group));
    },
    silent: (source) => {
      if (parts.isOn("silent") && !parts.isHeld()) parts.show(toSilentNotice(source));
    },
    heard: (sourceId) => parts.withdraw(silenceKey(sourceId)),
    wake() {
      for (const [kind, causes] of open) look(kind, causes);
    },
  };
}

const isDifferent = (before: readonly ToldCause[], after: readonly ToldCause[]): boolean =>
  JSON.stringify(before) !== JSON.stringify(after);

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

function toHealedNotice({ integrationId, label, reason, count }: HealedGroup): Notice {
  const calls = count === 1 ? "1 call is" : `${count} calls are`;
  return {
    key: `healed:${integrationId} ${reason}`,
    title: `${label}: ${calls} going out again`,
    body: `This is settled: ${reasonTexts[reason].sentence} You need not do anything.`,
    route: "calls",
    sound: false,
  };
}

const silenceKey = (sourceId: number): string => `silence:${sourceId}`;

function toSilentNotice({ sourceId, since, expected }: SilentSource): Notice {
  const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(since);
  return {
    key: silenceKey(sourceId),
    title: `No calls since ${time}`,
    body: `Usually there are ${expected} by now. See whether the phone system still writes its log.`,
    route: "sources",
    sound: false,
  };
}
