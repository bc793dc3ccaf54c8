import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync(new URL("../../../src-renderer/styles/tokens.css", import.meta.url), "utf8");
const declared = (block: string): ReadonlyMap<string, string> =>
  new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name = "", value = ""]) => [name, value]));
const [lightCss = "", darkCss = ""] = css.split("@media (prefers-color-scheme: dark)");
const themes = { light: declared(lightCss), dark: declared(darkCss.split("@media (prefers-contrast")[0] ?? "") };

/** Relative luminance of WCAG 2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ["surface", "window", "raised", "hover", "selected"];
const texts = ["text", "text-2", "text-3", "ink"];
const stateNames = ["queued", "sending", "waiting", "held", "checking", "delivered", "failed", "ack"];
const marks = ["delivered-mark", "waiting-mark", "failed-mark", "skipped-mark", "control"];

test("black on white has the contrast that the standard gives", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
  expect(contrast("#767676", "#ffffff")).toBeCloseTo(4.54, 1);
});

for (const theme of ["light", "dark"] as const)
  describe(`the ${theme} theme`, () => {
    const colour = (name: string): string => {
      const value = themes[theme].get(name);
      if (value === undefined) throw new Error(`the ${theme} theme has no colour --${name}`);
      return value;
    };

    test("has texts of at least 4.5 on everything they stand on", () => {
      for (const ground of grounds)
        for (const text of texts)
          expect(contrast(colour(text), colour(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      expect(contrast(colour("on-ink"), colour("ink"))).toBeGreaterThanOrEqual(4.5);
    });

    test("has words of states of at least 4.5, on the page and on their tint", () => {
      for (const name of stateNames) {
        expect(contrast(colour(name), colour("surface")), name).toBeGreaterThanOrEqual(4.5);
        expect(contrast(colour(name), colour(`${name}-tint`)), `${name} on its tint`).toBeGreaterThanOrEqual(4.5);
      }
    });

    test("has marks and edges of controls of at least 3", () => {
      for (const name of marks) expect(contrast(colour(name), colour("surface")), name).toBeGreaterThanOrEqual(3);
    });
  });
