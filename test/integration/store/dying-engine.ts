import { openStore } from "../../../src-main/engine/store/open-store.ts";
import { aLeg, aReadCall, createCountingRandom, firstStart, foldRows } from "../../builders/ledger.ts";
import { createVirtualClock } from "../../builders/virtual-clock.ts";

/** Works on a ledger until it is killed: holds a request open, or imports batch after batch. */
const [dataDir = "", word = "attempt"] = process.argv.slice(2);
const clock = createVirtualClock();
const store = openStore({ dataDir, clock, random: createCountingRandom(), mode: "write" });
const identity = { tenant: "acme", system: "pbx", path: "/logs/Master.csv", fileId: null };
const place = { line: 1, size: 1, modifiedAt: 1, headHash: "h", tailHash: "t", state: "{}" };
if (store.integrations.list().length === 0)
  store.integrations.add(
    {
      tenant: "acme",
      crm: "hubspot",
      label: "Acme",
      baseUrl: null,
      account: null,
      secret: { kind: "keychain" },
      unknownCaller: "hold",
      since: null,
      contract: "",
      settings: {},
    },
    clock.now(),
  );

const [known] = store.ingest.findFiles(identity, { headHash: "h" });
let offset = known?.position.offset ?? 0;
const readingId = store.ingest.startReading({
  identity,
  sourceId: null,
  format: "pbx",
  startedAt: clock.now(),
  lane: 2,
});

/** One batch of fifty calls whose keys go on where the file was left. */
function readBatch(): void {
  const calls = Array.from({ length: 50 }, (_, index) =>
    aReadCall(String(offset + index), [aLeg({ at: firstStart + offset + index })]),
  );
  offset += calls.length;
  store.ingest.commitBatch(
    { readingId, at: clock.now(), calls, skipped: [], rows: calls.length, position: { ...place, offset } },
    foldRows,
  );
}

function holdRequestOpen(): void {
  const session = store.deliveries.openSession(clock.now());
  store.deliveries.claim({ ids: [1], session, now: clock.now() });
  const draft = { deliveryId: 1, steps: ["record"], key: "cl_1", revision: 1, payloadHash: "ab", at: clock.now() };
  store.deliveries.commitAttempts([draft], () => {
    store.budget.reserve(1, { cost: { second: 1 }, lane: 2, at: clock.now(), sessionId: session.id });
  });
  process.stdout.write("attempt\n");
  setInterval(() => undefined, 60_000);
}

readBatch();
if (word === "attempt") holdRequestOpen();
else {
  process.stdout.write("batches\n");
  setInterval(readBatch, 0);
}
