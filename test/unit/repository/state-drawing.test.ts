import { expect, test } from "vitest";
import { readProjectFile } from "../../../build/checks/project-files.ts";
import { drawStates, drawingFile, putDrawing } from "../../../build/checks/state-drawing.ts";
import { deliveryMoves } from "../../../src-shared/domain/delivery.ts";

test("the drawing of the delivery states in the documents is that of the table", () => {
  const document = readProjectFile(drawingFile);
  expect(document, "run `npm run docs:states`").toBe(putDrawing(document, drawStates()));
});

test("the drawing holds every move, and a move that is added changes it", () => {
  const drawing = drawStates();
  for (const [from, events] of Object.entries(deliveryMoves)) {
    for (const [event, to] of Object.entries(events))
      expect(drawing).toMatch(new RegExp(`^  ${from} --> ${to}: .*\\b${event}\\b`, "m"));
  }
  expect(drawStates({ ...deliveryMoves, acknowledged: { replay: "queued", revise: "queued" } })).not.toBe(drawing);
});
