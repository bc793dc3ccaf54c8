import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deliveryMoves } from "../../src-shared/domain/delivery.ts";
import { projectRoot } from "./project-files.ts";

/** Where the drawing stands in the document. */
export const drawingFile = "docs/ARCHITECTURE.md";
const begin = "<!-- states: made by `npm run docs:states` -->";
const end = "<!-- /states -->";

type Moves = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The table of legal moves as a mermaid drawing: events that lead from one state to the same other share an arrow. */
export function drawStates(moves: Moves = deliveryMoves): string {
  const arrows = Object.entries(moves).flatMap(([from, events]) => {
    const targets = [...new Set(Object.values(events))];
    return targets.map((to) => {
      const labels = Object.keys(events).filter((event) => events[event] === to);
      return `  ${from} --> ${to}: ${labels.join(", ")}`;
    });
  });
  return ["```mermaid", "stateDiagram-v2", "  [*] --> queued", ...arrows, "```"].join("\n");
}

/** The document with the drawing between its marks replaced. Throws where the marks are missing. */
export function putDrawing(document: string, drawing: string): string {
  const [before, rest] = document.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${drawingFile} lacks the marks of the drawing`);
  return `${before}${begin}\n\n${drawing}\n\n${end}${after}`;
}

if (import.meta.main) {
  const file = join(projectRoot, drawingFile);
  writeFileSync(file, putDrawing(readFileSync(file, "utf8"), drawStates()));
}
