import type { Reporter, SerializedError, TestModule } from "vitest/node";

const countedStates = ["passed", "failed", "skipped"] as const;

/** Ends the long run with one line: what passed, failed and was skipped, in how many files, and how long it took. */
export class SummaryReporter implements Reporter {
  private startedAt = 0;

  onTestRunStart(): void {
    this.startedAt = Date.now();
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const states = modules.flatMap((each) => [...each.children.allTests()].map((one) => one.result().state));
    // A file that broke before its tests were known has none.
    const broken = modules.filter((each) => each.errors().length > 0).length + errors.length;
    const counts = countedStates.map((state) => `${states.filter((each) => each === state).length} ${state}`);
    const minutes = ((Date.now() - this.startedAt) / 60_000).toFixed(1);
    const others = broken > 0 ? `, ${broken} errors outside of tests` : "";
    console.log(`test:long: ${counts.join(", ")}${others}, in ${modules.length} files, ${minutes} min`);
  }
}
