import { expect, test } from "vitest";
import { readProjectFile } from "../../../build/checks/project-files.ts";
import { pageColours } from "../../../src-main/shell/page-colours.ts";

test("the window is painted in the page's own ground before the page is there", () => {
  const grounds = [...readProjectFile("src-renderer/styles/tokens.css").matchAll(/--window: (#[0-9a-f]{6});/g)];
  expect(grounds.map(([, colour]) => colour)).toEqual([pageColours.light, pageColours.dark]);
});
