import { expect, test } from "vitest";
import { listProjectFiles, readProjectFile } from "../../../build/checks/project-files.ts";

test("every audit entry in the drawing of the data flow is one that the engine writes", () => {
  const drawing = /```mermaid\nflowchart[\s\S]*?```/.exec(readProjectFile("docs/ARCHITECTURE.md"))?.[0] ?? "";
  const labels = [...drawing.matchAll(/-\. "(.*)" \.-> audit/g)].map(([, label = ""]) => label.replace(/\(.*\)/, ""));
  const named = labels
    .flatMap((label) => label.split(/<br\/>|,/).map((part) => part.trim()))
    .filter((part) => part !== "");
  const sources = listProjectFiles("src-main/engine").map(readProjectFile).join("\n");
  expect(named.filter((operation) => !sources.includes(`"${operation}"`))).toEqual([]);
  expect(named.length).toBeGreaterThan(10);
});
