import { type Lane, laneWeights, lanes } from "../../../src-shared/domain/budget.ts";

/**
 * Weighted turns over the lanes that have work (smooth weighted round robin): a busy lane gets its share, an urgent one
 * comes first, and none starves.
 */
export function createLaneTurns(): Readonly<{ next(ready: readonly Lane[]): Lane | undefined }> {
  const credit = new Map<Lane, number>(lanes.map((lane) => [lane, 0]));
  return {
    next: (ready) => {
      let best: Lane | undefined;
      let total = 0;
      for (const lane of ready) {
        total += laneWeights[lane];
        credit.set(lane, (credit.get(lane) ?? 0) + laneWeights[lane]);
        if (best === undefined || (credit.get(lane) ?? 0) > (credit.get(best) ?? 0)) best = lane;
      }
      if (best !== undefined) credit.set(best, (credit.get(best) ?? 0) - total);
      return best;
    },
  };
}
