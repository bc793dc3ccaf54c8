import { afterEach, beforeEach, expect, test } from "vitest";
import { anIntegration, createLedger, type Ledger } from "../../builders/ledger.ts";
import { fault } from "../../../src-main/engine/host/engine.ts";

let ledger: Ledger;
const requests = () => ledger.store.requests;
const countIntegrations = () => ledger.store.integrations.list().length;

beforeEach(() => {
  ledger = createLedger();
});
afterEach(() => ledger.dispose());

test("the answer of a change is remembered with its effect, also by the next engine", () => {
  const answer = requests().keep("connect click-1", () => ({ ok: true, value: { id: anIntegration(ledger).id } }));
  expect(answer).toEqual({ ok: true, value: { id: 1 } });
  ledger.reopen();
  expect(requests().recall("connect click-1")).toEqual({ value: { id: 1 } });
  expect(requests().recall("connect click-2")).toBeUndefined();
  expect(countIntegrations()).toBe(1);
});

test("a change that breaks off leaves neither effect nor answer", () => {
  const work = () => {
    anIntegration(ledger);
    throw new Error("the disk is full");
  };
  expect(() => requests().keep("connect click-1", work)).toThrow("the disk is full");
  expect(countIntegrations()).toBe(0);
  expect(requests().recall("connect click-1")).toBeUndefined();
});

test("a fault is not remembered: the same request may be asked again", () => {
  const refused = requests().keep("pause click-1", () => fault("bad_input", "There is no integration 7."));
  expect(refused).toMatchObject({ ok: false });
  expect(requests().recall("pause click-1")).toBeUndefined();
  requests().keep("pause click-1", () => ({ ok: true, value: null }));
  expect(requests().recall("pause click-1")).toEqual({ value: null });
});

test("the newest two thousand are kept", () => {
  for (let click = 1; click <= 2_001; click += 1) requests().keep(`click-${click}`, () => ({ ok: true, value: click }));
  expect(requests().recall("click-1")).toBeUndefined();
  expect(requests().recall("click-2")).toEqual({ value: 2 });
  expect(requests().recall("click-2001")).toEqual({ value: 2_001 });
});
