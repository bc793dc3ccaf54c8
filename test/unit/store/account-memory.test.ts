import { afterEach, beforeEach, expect, test } from "vitest";
import { anIntegration, createLedger, type Ledger } from "../../builders/ledger.ts";

let ledger: Ledger;
let integrationId: number;
const memory = () => ledger.store.accountMemory;
const answer = { status: 200, body: '{"portalId":7}' };
const keep = (request = "who") => memory().keep({ integrationId, request, at: 1_000, sessionId: 3, answer });
const recall = (change: object = {}) =>
  memory().recall({ integrationId, request: "who", since: 500, now: 2_000, sessionId: 4, ...change });

beforeEach(() => {
  ledger = createLedger();
  integrationId = anIntegration(ledger).id;
});
afterEach(() => ledger.dispose());

test("what an earlier session was told is there for the next one, also after the engine was started again", () => {
  keep();
  ledger.reopen();
  expect(recall()).toEqual(answer);
  expect(recall({ request: "what" })).toBeUndefined();
  expect(recall({ integrationId: integrationId + 1 })).toBeUndefined();
});

test("a session asks for itself, and nothing too old or from the future is believed", () => {
  keep();
  expect(recall({ sessionId: 3 })).toBeUndefined();
  expect(recall({ since: 1_001 })).toBeUndefined();
  expect(recall({ now: 999 })).toBeUndefined();
});

test("a session that asks once more wants it anew, and the next one gets it again", () => {
  keep();
  expect(recall()).toEqual(answer);
  expect(recall()).toBeUndefined();
  expect(recall({ sessionId: 5 })).toEqual(answer);
});

test("a newer answer takes the place of the older one; a very long one is not kept", () => {
  keep();
  memory().keep({ integrationId, request: "who", at: 1_500, sessionId: 3, answer: { status: 200, body: "{}" } });
  expect(recall()?.body).toBe("{}");
  memory().keep({
    integrationId,
    request: "long",
    at: 1_500,
    sessionId: 3,
    answer: { ...answer, body: "x".repeat(2e6) },
  });
  expect(recall({ request: "long" })).toBeUndefined();
});

test("it is forgotten for one integration, or for all", () => {
  keep();
  memory().forget(integrationId + 1);
  expect(recall({ sessionId: 4 })).toEqual(answer);
  memory().forget(integrationId);
  expect(recall({ sessionId: 5 })).toBeUndefined();
  keep();
  memory().forget();
  expect(recall({ sessionId: 5 })).toBeUndefined();
});
