import { createHash } from "node:crypto";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import type { TeamSettings, TeamState } from "../../../src-shared/domain/team.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { Team } from "../ports/team.ts";
import type { Told } from "./messages.ts";
import { openRedisLine, RedisProblem, type RedisTarget } from "./redis-line.ts";
import { createTeamAccount } from "./team-account.ts";
import { createTeamLink, type TeamLink } from "./team-link.ts";

export type TeamParts = Readonly<{
  clock: Clock;
  random: Random;
  settings: () => TeamSettings | undefined;
  /** The password that settings speak of. */
  password: (settings: TeamSettings) => Promise<Outcome<string | null, Readonly<{ message: string }>>>;
  trusted: () => readonly string[];
  /** What tells this data folder on this PC from every other. */
  place: string;
  /** Told how this PC stands to its team; null: it works for none now. */
  onState: (state: TeamState | null) => void;
}>;

/** The team as the composition root holds it. */
export type RunningTeam = Team &
  Readonly<{
    /** Whether a Redis can be used for a team, or why not, in words. */
    test(target: Pick<RedisTarget, "url" | "password">): Promise<string | null>;
    close(): Promise<void>;
  }>;

const prefix = "callledger:team:1";
const idOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** One key an account, whatever the integration is called on this PC; the braces keep it whole in a cluster. */
export const keyOfAccount = ({ crm, account }: Pick<Integration, "crm" | "account">): string | undefined =>
  account === null ? undefined : `${prefix}:{${crm}:${idOf(account.accountId)}}`;

const sumOf = (pcs: Told["pcs"]): number => Object.values(pcs).reduce((sum, { share }) => sum + share, 0);

/** Connects when the first account joins, and again when the settings are others. */
export function createTeam(parts: TeamParts): RunningTeam {
  const { clock, settings } = parts;
  const pc = idOf(parts.place);
  let processId: string | undefined;
  let link: Readonly<{ made: string; link: TeamLink }> | undefined;
  let state: TeamState | null = null;

  const become = (next: TeamState | null): void => {
    if (JSON.stringify(next) === JSON.stringify(state)) return;
    state = next;
    parts.onState(next);
  };

  function linkFor(current: TeamSettings): TeamLink {
    const made = JSON.stringify(current);
    if (link?.made === made) return link.link;
    void link?.link.close();
    const { url } = current;
    const fresh = createTeamLink({
      clock,
      open: openRedisLine,
      target: async () => {
        const password = await parts.password(current);
        return password.ok ? { ok: true, value: { url, password: password.value, trusted: parts.trusted } } : password;
      },
    });
    fresh.listen((now) => {
      if (now.kind === "up") become({ state: "shared", since: now.since, pcs: 1, shares: current.share });
      if (now.kind === "down") become({ state: "alone", since: now.since, problem: now.problem });
    });
    link = { made, link: fresh };
    return fresh;
  }

  /** There is no team any more. */
  async function leave(): Promise<void> {
    const left = link?.link;
    link = undefined;
    const closed = left?.close();
    become(null);
    await closed;
  }

  return {
    settings: () => settings() ?? null,
    join: (integration, own) => {
      const current = settings();
      if (current === undefined) {
        void leave();
        return undefined;
      }
      const key = keyOfAccount(integration);
      if (key === undefined) return undefined;
      processId ??= parts.random.hex(16);
      const memberId = `${processId}-${integration.id}`;
      const onTold = (pcs: Told["pcs"]): void => {
        if (state?.state === "shared") become({ ...state, pcs: Object.keys(pcs).length, shares: sumOf(pcs) });
      };
      return createTeamAccount({
        clock,
        link: linkFor(current),
        key,
        memberId,
        pc,
        share: current.share,
        own,
        onTold,
      });
    },
    test: async (target) => {
      try {
        const line = await openRedisLine({ ...target, trusted: parts.trusted });
        try {
          // Windows of no account: a member that comes with nothing and leaves writes all that others would.
          const join = { back: false, roster: [], roll: {}, hours: {}, open: {} };
          const nothing = { win: {}, take: [], drop: [], done: [], book: [], obs: [], join, bye: true };
          await line.visit(`${prefix}:{test}`, JSON.stringify({ m: "test", pc: "test", share: 1, ...nothing }));
          return null;
        } finally {
          line.close();
        }
      } catch (error) {
        if (error instanceof RedisProblem) return error.message;
        throw error;
      }
    },
    close: async () => {
      await leave();
    },
  };
}
