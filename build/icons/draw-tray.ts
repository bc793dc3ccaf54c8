import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runTool } from "../electron/run-tool.ts";
import { cacheFolder } from "../../src-main/engine/host/data-folder.ts";
import { electronArguments } from "../electron/electron-arguments.ts";
import { electronPlaces, findElectron } from "../electron/find-electron.ts";

/**
 * Draws the tray's images from their shapes: `node build/icons/draw-tray.ts`, on a screen. One shape for each mark, in
 * 16 px and twice that, for light and dark bars; the light one is macOS's template too.
 */
const marks: Readonly<Record<string, string>> = {
  fine: '<path d="m5.2 8.2 2.4 2.4 5.6-5.4"/><path d="M4.6 13.1h8.8"/>',
  working: '<path d="M9 11V4.6M6.2 7.2 9 4.4l2.8 2.8"/><path d="M4.6 13.6h8.8"/>',
  "needs-you": '<path d="m5 8.2 2.2 2.2 4-4"/><path d="M4.6 13.1h8.8"/>',
  paused: '<path d="M7 4.6v6.2M11 4.6v6.2"/><path d="M4.6 13.6h8.8"/>',
  "not-working": '<path d="m6 5 6 6M12 5l-6 6"/><path d="M4.6 13.6h8.8"/>',
};

const inks = { light: { ink: "#1b211d", dot: "#b0241c" }, dark: { ink: "#f2f5f3", dot: "#ff9a90" } } as const;

function toSvg(mark: string, { ink, dot }: { ink: string; dot: string }): string {
  const needsYou = mark === "needs-you";
  // The dot stands apart from the frame, so that the shape is told also where there is no colour.
  const gap = needsYou
    ? '<mask id="m"><rect width="18" height="18" fill="#fff"/><circle cx="14" cy="4" r="4.6" fill="#000"/></mask>'
    : "";
  const frame = `<g ${needsYou ? 'mask="url(#m)"' : ""} fill="none" stroke="${ink}" stroke-linecap="round" stroke-linejoin="round"><rect x="1.6" y="1.6" width="14.8" height="14.8" rx="4" stroke-width="1.5"/><g stroke-width="1.6">${marks[mark] ?? ""}</g></g>`;
  const sign = needsYou ? `<circle cx="14" cy="4" r="3.4" fill="${dot}"/>` : "";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 18 18">${gap}${frame}${sign}</svg>`;
}

const draw = `
const { app, BrowserWindow } = require("electron");
const { writeFileSync } = require("node:fs");
const jobs = JSON.parse(process.env.DRAW_JOBS);
app.disableHardwareAcceleration();
app.whenReady().then(async () => {
  const window = new BrowserWindow({ show: false, width: 200, height: 200, webPreferences: { offscreen: true } });
  await window.loadURL("about:blank");
  for (const { svg, size, file } of jobs) {
    const script = \`(async () => {
      const image = new Image();
      image.src = "data:image/svg+xml;base64," + \${JSON.stringify(Buffer.from(svg).toString("base64"))};
      await image.decode();
      const canvas = Object.assign(document.createElement("canvas"), { width: \${size}, height: \${size} });
      canvas.getContext("2d").drawImage(image, 0, 0, \${size}, \${size});
      return canvas.toDataURL("image/png").split(",")[1];
    })()\`;
    writeFileSync(file, Buffer.from(await window.webContents.executeJavaScript(script), "base64"));
  }
  app.quit();
});
`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const target = fileURLToPath(new URL("tray", import.meta.url));
const jobs = Object.keys(marks).flatMap((mark) =>
  (["light", "dark"] as const).flatMap((theme) =>
    ([1, 2] as const).map((scale) => ({
      svg: toSvg(mark, inks[theme]),
      size: 16 * scale,
      file: join(target, `${mark}-${theme}${scale === 1 ? "" : "@2x"}.png`),
    })),
  ),
);
const folder = await mkdtemp(join(tmpdir(), "callledger-icons-"));
try {
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "draw", main: "main.js" }));
  await writeFile(join(folder, "main.js"), draw);
  process.env["DRAW_JOBS"] = JSON.stringify(jobs);
  const { executable } = await findElectron(electronPlaces(cacheFolder(process.env), say));
  await runTool(executable, [...electronArguments(say), "--disable-gpu", folder], folder, 60_000);
  say(`${jobs.length} images are in ${target}.`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
