import { expect, test } from "vitest";
import { markerOf, readMarkers } from "../../../../src-main/connectors/pipedrive/marker.ts";

const key = "cl_7gq2mzk4x5wn3vbt6yhc2rd4fa";
const other = "cl_aaaaaaaaaaaaaaaaaaaaaaaaaa";

test("a marker is found whatever the note's HTML became", () => {
  for (const note of [
    `<p>Called back.</p><p>${markerOf(key)}</p>`,
    `Called back.<br>${markerOf(key)}<br/>thanks`,
    `<div>x</div>\n<b>ref:</b>${key}&nbsp;`,
    `Called back. ${markerOf(key)}`,
    `Logged by CallLedger.ref:${key}`,
  ])
    expect([note, readMarkers(note)]).toEqual([note, [key]]);
});

test("only whole keys count, each once", () => {
  expect(readMarkers(`ref:${key} ref:${other} ref:${key}`)).toEqual([key, other]);
  expect(readMarkers(`ref:${key}a`)).toEqual([]);
  expect(readMarkers(`pref:${key}`)).toEqual([]);
  expect(readMarkers(`ref:cl_short`)).toEqual([]);
  expect(readMarkers(null)).toEqual([]);
  expect(readMarkers("")).toEqual([]);
});
