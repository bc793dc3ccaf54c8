import { join } from "node:path";
import { Menu, nativeImage, nativeTheme, Tray, type MenuItemConstructorOptions } from "electron";
import type { TrayAction, TrayLine, TrayMark, TrayView } from "./tray-menu.ts";

export type AppTray = Readonly<{ show(view: TrayView): void; destroy(): void }>;

/** The tray of the system. `iconDir` holds one image for each mark, for light and dark bars, and templates for macOS. */
export function createAppTray(iconDir: string, act: (action: TrayAction) => void): AppTray {
  let tray: Tray | undefined;
  let last: TrayView | undefined;
  const show = (view: TrayView) => {
    last = view;
    const image = loadIcon(iconDir, view.mark);
    if (tray === undefined) {
      tray = new Tray(image);
      // On Windows and Linux a left click opens the window; macOS shows the menu.
      if (process.platform !== "darwin") tray.on("click", () => act({ do: "open", route: "overview" }));
    } else tray.setImage(image);
    tray.setToolTip(view.tooltip);
    tray.setContextMenu(Menu.buildFromTemplate(view.lines.map((line) => toItem(line, act))));
  };
  const onTheme = () => {
    if (last !== undefined) show(last);
  };
  nativeTheme.on("updated", onTheme);
  return {
    show,
    destroy() {
      nativeTheme.off("updated", onTheme);
      tray?.destroy();
      tray = undefined;
    },
  };
}

function loadIcon(iconDir: string, mark: TrayMark) {
  if (process.platform === "darwin") {
    const template = nativeImage.createFromPath(join(iconDir, `${mark}-light.png`));
    template.setTemplateImage(true);
    return template;
  }
  const theme = nativeTheme.shouldUseDarkColors ? "dark" : "light";
  return nativeImage.createFromPath(join(iconDir, `${mark}-${theme}.png`));
}

function toItem(line: TrayLine, act: (action: TrayAction) => void): MenuItemConstructorOptions {
  if (line === "separator") return { type: "separator" };
  const { action, checked, below } = line;
  return {
    label: line.label,
    enabled: action !== undefined || below !== undefined,
    ...(below === undefined ? {} : { submenu: below.map((each) => toItem(each, act)) }),
    ...(checked === undefined ? {} : { type: "checkbox" as const, checked }),
    ...(action === undefined ? {} : { click: () => act(action) }),
  };
}
