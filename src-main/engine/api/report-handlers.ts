import { usableOf } from "../../../src-shared/domain/budget.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { ipcCalls } from "../../../src-shared/ipc/contract.ts";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { WindowView } from "../../../src-shared/ipc/report-views.ts";
import type { WindowWord } from "../ports/budget-store.ts";
import type { WindowGauge } from "../ports/pace.ts";
import type { ApiParts } from "./api-parts.ts";
import { serve, type SubjectHandlers } from "./dispatcher.ts";
import { toTeamView } from "./team-view.ts";
import { readDrift, toDriftSentence } from "./field-drift.ts";
import { toLanes } from "./lane-view.ts";
import { dayBounds } from "../../../src-shared/domain/local-time.ts";

type Parts = Pick<
  ApiParts,
  | "clock"
  | "integrations"
  | "sources"
  | "sourceMemory"
  | "deliveries"
  | "conflicts"
  | "schemas"
  | "people"
  | "peopleStore"
  | "reports"
  | "gauges"
  | "team"
  | "timeZone"
  | "callCost"
  | "budget"
  | "backup"
>;

/** Weeks that the list of calls draws: as many points as a drawing has at most, five years and a half. */
const shownWeeks = 288;

export function createReportHandlers(
  parts: Parts,
): SubjectHandlers<
  "status:get" | "calls:list" | "calls:count" | "calls:weeks" | "reports:statement" | "backup:create"
> {
  const { reports } = parts;
  return {
    "status:get": serve(ipcCalls["status:get"], async () => ({ ok: true, value: toStatus(parts) })),
    "calls:list": serve(ipcCalls["calls:list"], async (ask) => {
      const { calls, next } = reports.listCalls(ask);
      return { ok: true, value: { calls: calls.map((call) => ({ ...call, deliveries: [...call.deliveries] })), next } };
    }),
    "calls:count": serve(ipcCalls["calls:count"], async (ask) => {
      const counts = reports.countCalls(ask);
      return { ok: true, value: { ...counts, outcomes: { ...counts.outcomes } } };
    }),
    "calls:weeks": serve(ipcCalls["calls:weeks"], async () => {
      const weeks = await reports.callWeeks({ now: parts.clock.now(), weeks: shownWeeks, pause: () => nextTurn() });
      return { ok: true, value: { weeks: weeks.map((week) => ({ ...week })) } };
    }),
    "reports:statement": serve(ipcCalls["reports:statement"], async ({ date, timeZone, skippedRows }) => {
      const { from, to } = dayBounds(date, timeZone);
      const conflicts = parts.conflicts.openCounts(from, to);
      const statement = await reports.statementBySteps(date, from, to, () => nextTurn());
      return {
        ok: true,
        value: {
          ...statement,
          timeZone,
          outcomes: { ...statement.outcomes },
          activity: [...statement.activity],
          bySource: [...statement.bySource],
          byIntegration: statement.byIntegration.map((each) => ({
            ...each,
            states: { ...each.states },
            waitingBy: { ...each.waitingBy },
            deadBy: { ...each.deadBy },
            conflicts: conflicts.get(each.integrationId) ?? 0,
            usedByOthers: toOthersUse(
              parts.budget.wordsBetween(each.integrationId, from, to),
              parts.gauges(each.integrationId),
            ),
          })),
          skippedRows: [...reports.skippedRows(from, to, skippedRows)],
        },
      };
    }),
    "backup:create": serve(ipcCalls["backup:create"], ({ to }) => parts.backup(to)),
  };
}

function toStatus({
  team,
  timeZone,
  clock,
  integrations,
  sources,
  sourceMemory,
  deliveries,
  conflicts,
  schemas,
  people,
  peopleStore,
  gauges,
  callCost,
}: Parts) {
  const folders = sources.list();
  const toAccount = (each: Integration) => {
    const windows = gauges(each.id);
    return {
      id: each.id,
      crm: each.crm,
      tenant: each.tenant,
      label: each.label,
      account: each.account?.name ?? null,
      state: each.state,
      blockedReason: each.blockedReason,
      restUntil: each.restUntil,
      budget: Object.fromEntries(windows.map((gauge) => [gauge.name, toWindow(gauge)])),
      lanes: toLanes({ deliveries, callCost }, each, windows, clock.now()),
      deliveries: { ...deliveries.counts(each.id) },
      conflicts: conflicts.openCount(each.id),
      drift: readDrift(schemas, each).map(toDriftSentence),
      mirror: { state: people.state(each.id), freshAsOf: peopleStore.round(each.id)?.freshAsOf ?? null },
    };
  };
  return {
    integrations: integrations.list().map(toAccount),
    deliveries: { ...deliveries.counts() },
    sources: folders.length,
    folders: folders.map(({ id, path }) => {
      const { state, problem, troubleCount } = sourceMemory.view(id, 0);
      return { id, path, state, problem, troubleCount };
    }),
    team: toTeamView({ team, timeZone }),
    nextDueAt: deliveries.nextDueAt(clock.now()),
  };
}

const toWindow = ({ name: _name, window, ...gauge }: WindowGauge): WindowView => ({
  ...gauge,
  usable: usableOf(window, 0),
});

/** The most that was told of each day's limit; what nobody else used is left out, and so are the moments of short windows. */
function toOthersUse(words: readonly WindowWord[], gauges: readonly WindowGauge[]): Record<string, number> {
  const short = new Set(gauges.filter((gauge) => !gauge.window.daily).map(({ name }) => name));
  const most = new Map<string, number>();
  for (const { window, others } of words)
    if (others > 0 && !short.has(window)) most.set(window, Math.max(most.get(window) ?? 0, Math.round(others)));
  return Object.fromEntries(most);
}
