import type { CallChanges } from "./call-changes.ts";

/** Days that are kept: today, and one that a person looks at beside it. */
const keptSpans = 2;

/** What was counted of parts of a span, as long as it holds. */
export type PartCache<C> = Readonly<{
  /** The counts of a part in a view of the ledger as of `asOf`: kept ones, or `count()`, which are then kept. */
  countsOf(part: number, asOf: number, count: () => C): C;
}>;

/** A window follows a day of a million calls: of those only the few that changed since the last look are counted anew. */
export function createStatementCache<C>(changes: CallChanges): Readonly<{
  /** Now, for a view that begins now. */
  stamp(): number;
  ofSpan(from: number, to: number): PartCache<C>;
}> {
  const spans = new Map<string, Map<number, Readonly<{ asOf: number; counts: C }>>>();
  return {
    stamp: changes.stamp,
    ofSpan(from, to) {
      const key = `${from} ${to}`;
      const kept = spans.get(key) ?? new Map<number, Readonly<{ asOf: number; counts: C }>>();
      spans.delete(key);
      spans.set(key, kept);
      for (const oldest of spans.keys()) {
        if (spans.size <= keptSpans) break;
        spans.delete(oldest);
      }
      return {
        countsOf(part, asOf, count) {
          const known = kept.get(part);
          if (known !== undefined && known.asOf <= asOf && changes.lastOf(part) <= known.asOf) return known.counts;
          const counts = count();
          // A view that is older than what is kept knows nothing newer.
          if (known === undefined || known.asOf <= asOf) kept.set(part, { asOf, counts });
          return counts;
        },
      };
    },
  };
}
