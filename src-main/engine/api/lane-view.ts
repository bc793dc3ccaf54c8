import type { Cost } from "../../../src-shared/domain/budget.ts";
import type { Integration } from "../../../src-shared/domain/integration.ts";
import { forecastLanes, paceSpanMs } from "../../../src-shared/domain/lane-forecast.ts";
import type { LaneView } from "../../../src-shared/ipc/report-views.ts";
import type { Connector } from "../ports/connector.ts";
import type { DeliveryStore } from "../ports/delivery-store.ts";
import type { WindowGauge } from "../ports/pace.ts";

export type LaneParts = Readonly<{
  deliveries: Pick<DeliveryStore, "lanes">;
  callCost: (integration: Integration) => Cost;
}>;

/** Every lane of an account: what waits, how fast it goes, and when it is empty. */
export function toLanes(
  { deliveries, callCost }: LaneParts,
  integration: Integration,
  windows: readonly WindowGauge[],
  now: number,
): LaneView[] {
  const { state, restUntil } = integration;
  const standings = deliveries.lanes(integration.id, now - paceSpanMs, now);
  const isBusy = standings.some(({ waiting }) => waiting > 0);
  const cost = isBusy ? callCost(integration) : {};
  const forecast = forecastLanes({ now, state, restUntil, lanes: standings, windows, cost });
  return forecast.map((each, index) => {
    const { waiting = 0, held = 0 } = standings[index] ?? {};
    return { ...each, waiting, held };
  });
}

/** Calls of a batch that is large enough for shares of a request to even out. */
const manyCalls = 1_000;

/** What a new call costs on average, by window. Made once for each way in which an account is set up. */
export function createCallCost(connectorFor: (integration: Integration) => Connector): LaneParts["callCost"] {
  const known = new Map<string, Cost>();
  return (integration) => {
    const key = `${integration.crm} ${JSON.stringify(integration.settings)}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const { cost } = connectorFor(integration).forecast({ creates: manyCalls, updates: 0, people: 0 });
    const each = Object.fromEntries(Object.entries(cost).map(([window, units]) => [window, units / manyCalls]));
    known.set(key, each);
    return each;
  };
}
