import { afterEach, beforeEach, expect, test } from "vitest";
import { type ImportRig, createImportRig } from "../../builders/import-rig.ts";

let rig: ImportRig;
beforeEach(() => {
  rig = createImportRig();
});
afterEach(() => rig.close());

const log = `Start Time,Caller,Callee,Direction,Duration,Result,Call ID
2025-06-13T08:00:00Z,+447700900826,+442079460012,In,93,Answered,C-1
2025-06-13T09:00:00Z,Withheld,+442079460012,In,60,Answered,C-2
2025-06-13T10:00:00Z,201,204,Internal,30,Answered,C-3
2025-06-13T11:00:00Z,+447700900827,+442079460012,In,4,Answered,C-4
2025-06-01T08:00:00Z,+447700900828,+442079460012,In,70,Answered,C-5
`;

function connect(since: number | null): void {
  const common = { tenant: "test-clinic", crm: "hubspot", label: "HubSpot", baseUrl: null, account: null } as const;
  const secret = { kind: "env", name: "KEY" } as const;
  rig.store.integrations.add(
    { ...common, secret, unknownCaller: "hold", since, contract: "", settings: {} },
    rig.clock.now(),
  );
}

test("withheld and internal calls are left out with their reason, and so is one from before the CRM's start date", async () => {
  connect(Date.UTC(2025, 5, 10));
  rig.write("calls.csv", log);
  const counts = await rig.import("calls.csv", { format: "generic-csv", settings: { region: "GB", timeZone: "UTC" } });
  expect(counts).toMatchObject({ rows: 5, legs: 5, calls: 5, deliveries: 2 });
  expect(counts.excluded).toMatchObject({ withheld: 1, internal: 1, before_start: 1 });
});

test("each exclusion has a switch, and short calls are left out only when asked", async () => {
  connect(null);
  rig.write("calls.csv", log);
  const exclude = { withheld: false, internal: false, shorterThanSeconds: 5 };
  const settings = { region: "GB", timeZone: "UTC", exclude };
  const counts = await rig.import("calls.csv", { format: "generic-csv", settings });
  expect(counts).toMatchObject({ calls: 5, deliveries: 4 });
  expect(counts.excluded).toEqual({ too_short: 1 });
});
