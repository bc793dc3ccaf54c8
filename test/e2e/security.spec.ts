import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { appFolder, expect, test as base } from "./app-fixture.ts";
import { startCountingServer, type CountingServer } from "./counting-server.ts";
import { callRaw, waitForEngine } from "./page-calls.ts";

/** Each promise of docs/security by an attack on the running app: the page is taken to be in an attacker's hands. */
const test = base.extend<Readonly<{ outside: CountingServer }>>({
  outside: async ({}, use) => {
    const server = await startCountingServer();
    await use(server);
    await server.close();
  },
});

const home = "app://callledger/index.html";

/** Lets what the attack set off come to its end: two turns of the page and one of the main process. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await page.evaluate(() => fetch("index.html").then((answer) => answer.text()));
}

test("1, 8: nothing is loaded from elsewhere: no script, no image, no fetch, no socket, no beacon", async ({
  app,
  outside,
}) => {
  const failures = await app.page.evaluate(async (url) => {
    const load = (name: string, attribute: string) =>
      new Promise<string>((resolve) => {
        const element = document.createElement(name);
        element.addEventListener("load", () => resolve("loaded"));
        element.addEventListener("error", () => resolve("refused"));
        element.setAttribute(attribute, `${url}/${name}`);
        document.body.append(element);
      });
    const link = () => {
      const element = document.createElement("link");
      element.rel = "stylesheet";
      element.href = `${url}/style`;
      return new Promise<string>((resolve) => {
        element.addEventListener("load", () => resolve("loaded"));
        element.addEventListener("error", () => resolve("refused"));
        document.head.append(element);
      });
    };
    const fetched = await fetch(`${url}/fetch`).then(
      () => "loaded",
      () => "refused",
    );
    const socket = await new Promise<string>((resolve) => {
      try {
        const open = new WebSocket(url.replace("http", "ws"));
        open.addEventListener("open", () => resolve("loaded"));
        open.addEventListener("error", () => resolve("refused"));
      } catch {
        resolve("refused");
      }
    });
    navigator.sendBeacon(`${url}/beacon`, "calls");
    return [await load("script", "src"), await load("img", "src"), await link(), fetched, socket];
  }, outside.url);
  expect(failures).toEqual(["refused", "refused", "refused", "refused", "refused"]);
  expect(await app.page.evaluate(() => "wasTakenOver" in window)).toBe(false);
  await settle(app.page);
  expect(outside.requests).toEqual([]);
});

test("2: the page has no Node", async ({ app }) => {
  const found = await app.page.evaluate(() =>
    ["require", "process", "module", "Buffer", "global", "__dirname", "electron", "ipcRenderer"].filter(
      (name) => name in window,
    ),
  );
  expect(found).toEqual([]);
});

test("3: what the page does to its own language does not reach the preload", async ({ app }) => {
  await waitForEngine(app.page);
  const answer = await app.page.evaluate(async () => {
    const seen: unknown[] = [];
    const spy = (...given: unknown[]) => {
      seen.push(given);
      return undefined;
    };
    const api = window.callledger;
    const { concat, push } = Array.prototype;
    const { call } = Function.prototype;
    // A page that shared its world with the preload would now be called with Electron's own objects.
    Object.assign(Array.prototype, { concat: spy, push: spy });
    Object.assign(Function.prototype, { call: spy });
    Reflect.set(window, "callledger", { call: () => "mine" });
    const stolen = await api.call({ name: "shell:info", input: {}, requestId: "12345678-a" });
    Object.assign(Array.prototype, { concat, push });
    Object.assign(Function.prototype, { call });
    return { count: seen.length, stolen, replaced: window.callledger !== api };
  });
  expect(answer).toMatchObject({ count: 0, replaced: false, stolen: { ok: true } });
});

test("3, 4, 6, 8, 9, 10, 11: the window's switches are the safe ones", async ({ app }) => {
  const preferences = await app.electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => {
      const contents = window.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
      return contents.getLastWebPreferences();
    }),
  );
  expect(preferences).toHaveLength(1);
  expect(preferences[0]).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
  });
  for (const name of ["nodeIntegrationInWorker", "navigateOnDragDrop"])
    expect(preferences[0]?.[name] ?? false).toBe(false);
  expect(preferences[0]?.["enableBlinkFeatures"] ?? "").toBe("");
});

test("5: a request for a permission is refused", async ({ app }) => {
  const answers = await app.page.evaluate(async () => {
    const refused = (work: Promise<unknown>) =>
      work.then(
        () => "given",
        (error: Error) => error.name,
      );
    const position = new Promise((resolve, reject) => {
      navigator.geolocation.getCurrentPosition(resolve, (error) =>
        reject(Object.assign(new Error(), { name: `${error.code}` })),
      );
    });
    return {
      camera: await refused(navigator.mediaDevices.getUserMedia({ video: true, audio: true })),
      screen: await refused(navigator.mediaDevices.getDisplayMedia({ video: true })),
      position: await refused(position),
      notifications: await Notification.requestPermission(),
      clipboard: await refused(navigator.clipboard.readText()),
      midi: await refused(navigator.requestMIDIAccess({ sysex: true })),
    };
  });
  expect(answers).toMatchObject({ position: "1", notifications: "denied" });
  expect(Object.entries(answers).filter(([, answer]) => answer === "given" || answer === "granted")).toEqual([]);
});

test("6, 18: no file of the PC can be read, by any spelling", async ({ app, dataDir }) => {
  const secret = join(dataDir, "secret.txt");
  await writeFile(secret, "the secret");
  const tries = [
    `file://${secret}`,
    `file:///etc/passwd`,
    "app://callledger/../../../package.json",
    "app://callledger/..%2f..%2f..%2fpackage.json",
    "app://callledger/%2e%2e/%2e%2e/main.cjs",
    "app://callledger/..\\..\\main.cjs",
    "app://callledger//etc/passwd",
    "app://elsewhere/index.html",
    "app://callledger@elsewhere/index.html",
    "app://callledger/main.cjs",
    "app://callledger/index-nothere.js",
  ];
  const got = await app.page.evaluate(
    (urls) =>
      Promise.all(
        urls.map((url) =>
          fetch(url).then(
            (answer) => (answer.ok ? `${url} was read` : "refused"),
            () => "refused",
          ),
        ),
      ),
    tries,
  );
  expect(got).toEqual(tries.map(() => "refused"));
  expect(await app.page.evaluate(() => fetch("index.html").then(({ status }) => status))).toBe(200);
});

test("7: scripts that are written into the page do not run, and nothing is compiled from text", async ({ app }) => {
  const result = await app.page.evaluate(async () => {
    const violations: string[] = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
      violations.push(effectiveDirective),
    );
    const inline = document.createElement("script");
    inline.textContent = "window.wasTakenOver = true";
    document.body.append(inline);
    document.body.insertAdjacentHTML("beforeend", '<img src="x" onerror="window.wasTakenOver = true">');
    // Its handler is compiled when it is to run: when the image turns out not to be there.
    const failed = new Promise((resolve) =>
      document.images.item(document.images.length - 1)?.addEventListener("error", resolve),
    );
    document.body.insertAdjacentHTML("beforeend", "<style>body { display: none }</style>");
    const data = document.createElement("script");
    data.src = "data:text/javascript,window.wasTakenOver=true";
    document.body.append(data);
    // In a turn of the page's own: what a debugger runs may compile.
    const compiled = await new Promise((resolve) =>
      requestAnimationFrame(() => {
        try {
          resolve(new Function("return 'compiled'")());
        } catch {
          resolve("refused");
        }
      }),
    );
    const base = document.createElement("base");
    base.href = "https://attacker.example/";
    document.head.append(base);
    await failed;
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    return { violations, compiled, taken: "wasTakenOver" in window, base: document.baseURI };
  });
  expect(result).toMatchObject({ compiled: "refused", taken: false });
  expect(result.base).not.toContain("attacker");
  for (const directive of ["script-src-elem", "script-src-attr", "style-src-elem", "base-uri"])
    expect(result.violations).toContain(directive);
});

test("7: every answer of the app's scheme carries the policy", async ({ app }) => {
  const policies = await app.page.evaluate(async () => {
    const parts = [...document.querySelectorAll<HTMLScriptElement>("script[src]")].map(({ src }) => src);
    const answers = await Promise.all(["index.html", "nothing.html", ...parts].map((url) => fetch(url)));
    return answers.map(({ headers }) => headers.get("content-security-policy") ?? "none");
  });
  expect(policies.length).toBeGreaterThan(2);
  for (const policy of policies) {
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*|data:|blob:/);
  }
});

test("11, 12: a webview is an empty element", async ({ app, outside }) => {
  await app.page.evaluate((url) => {
    const view = document.createElement("webview");
    view.setAttribute("src", url);
    view.setAttribute("allowpopups", "");
    view.setAttribute("nodeintegration", "");
    document.body.append(view);
  }, outside.url);
  await settle(app.page);
  expect(await app.electron.evaluate(({ webContents }) => webContents.getAllWebContents().length)).toBe(1);
  expect(outside.requests).toEqual([]);
});

test("13: the window goes nowhere: address, link, form, refresh, frame", async ({ app, outside }) => {
  const attacks: readonly (readonly [string, (url: string) => void])[] = [
    ["an address", (url) => location.assign(`${url}/address`)],
    ["a replaced address", (url) => location.replace(`${url}/replace`)],
    ["a file", () => location.assign("file:///etc/passwd")],
    ["a script", () => location.assign("javascript:window.wasTakenOver=true")],
    ["data", () => location.assign("data:text/html,<h1>mine</h1>")],
    ["a click on a link", (url) => Object.assign(document.createElement("a"), { href: `${url}/link` }).click()],
    [
      "a download",
      (url) => Object.assign(document.createElement("a"), { href: `${url}/file.exe`, download: "file.exe" }).click(),
    ],
    [
      "a form",
      (url) => {
        const form = Object.assign(document.createElement("form"), { action: `${url}/form`, method: "post" });
        document.body.append(form);
        form.submit();
      },
    ],
    [
      "a refresh",
      (url) => {
        const meta = Object.assign(document.createElement("meta"), {
          httpEquiv: "refresh",
          content: `0;url=${url}/refresh`,
        });
        document.head.append(meta);
      },
    ],
    [
      "a frame",
      (url) => document.body.append(Object.assign(document.createElement("iframe"), { src: `${url}/frame` })),
    ],
    ["our own scheme elsewhere", () => location.assign("app://elsewhere/index.html")],
  ];
  for (const [name, attack] of attacks) {
    await app.page.evaluate(attack, outside.url).catch(() => undefined);
    await settle(app.page);
    expect(app.page.url(), name).toBe(home);
  }
  expect(outside.requests).toEqual([]);
  expect(await app.page.evaluate(() => "wasTakenOver" in window)).toBe(false);
  expect(await app.log()).toContain("Refused: a navigation");
});

test("14: no second window opens", async ({ app, outside }) => {
  const opened = await app.page.evaluate((url) => {
    const inert = [window.open(url), window.open("about:blank"), window.open("app://callledger/index.html", "_blank")];
    const link = Object.assign(document.createElement("a"), { href: url, target: "_blank" });
    document.body.append(link);
    link.click();
    return inert.filter((each) => each !== null).length;
  }, outside.url);
  await settle(app.page);
  expect(opened).toBe(0);
  expect(app.electron.windows()).toHaveLength(1);
  expect(outside.requests).toEqual([]);
});

test("15: only web pages by TLS reach the browser of the system", async ({ app }) => {
  await app.electron.evaluate(({ shell }) => {
    const seen: string[] = [];
    Reflect.set(globalThis, "openedOutside", seen);
    Reflect.set(shell, "openExternal", async (url: string) => void seen.push(url));
  });
  const bad = [
    "file:///etc/passwd",
    "javascript:alert(1)",
    "smb://server/share",
    "ms-msdt:/id",
    "http://plain.example/",
    "https://user:secret@site.example/",
    "https://127.0.0.1/",
    "https://localhost/",
    "callledger://call/1",
    "https:evil",
    "",
  ];
  for (const url of bad)
    expect(await callRaw(app.page, "shell:openExternal", { url }), url).toMatchObject({
      ok: true,
      value: { opened: false },
    });
  expect(await callRaw(app.page, "shell:openExternal", { url: "https://app.hubspot.com/contacts/1" })).toMatchObject({
    value: { opened: true },
  });
  expect(await app.electron.evaluate(() => Reflect.get(globalThis, "openedOutside") as string[])).toEqual([
    "https://app.hubspot.com/contacts/1",
  ]);
});

test("17: a window of somebody else with our preload gets no answer", async ({ app }) => {
  const answers = await app.electron.evaluate(
    async ({ BrowserWindow }, preload) => {
      const foreign = new BrowserWindow({
        show: false,
        webPreferences: { preload, contextIsolation: true, sandbox: true },
      });
      await foreign.loadURL("about:blank");
      const ask = `window.callledger.call({ name: "shell:info", input: {}, requestId: "12345678-f" })`;
      const fromForeign: unknown = await foreign.webContents.executeJavaScript(ask);
      foreign.destroy();
      return fromForeign;
    },
    join(appFolder, "dist", "app", "preload.cjs"),
  );
  expect(answers).toMatchObject({ ok: false, fault: { code: "bad_input" } });
  expect(await app.log()).toContain("Refused: a message on callledger:call.");
});

test("17: a frame inside our own page has no way to the shell", async ({ app }) => {
  const inFrame = await app.page.evaluate(() => {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    return frame.contentWindow !== null && "callledger" in frame.contentWindow;
  });
  expect(inFrame).toBe(false);
});

test("17: names, shapes and prototypes that the contract does not have are refused", async ({ app }) => {
  await waitForEngine(app.page);
  const names = [
    "",
    "constructor",
    "__proto__",
    "toString",
    "hasOwnProperty",
    "sync:run",
    "erase:number",
    "integrations:set",
  ];
  for (const name of names)
    expect(await callRaw(app.page, name, {}), name).toMatchObject({ ok: false, fault: { code: "bad_input" } });
  const answers = await app.page.evaluate(async () => {
    const { call } = window.callledger;
    const frame = (input: unknown, more: object = {}) => ({
      name: "status:get",
      input,
      requestId: "12345678-x",
      ...more,
    });
    const polluted: unknown = JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}');
    const tries = [
      frame({ extra: 1 }),
      frame(polluted),
      frame([]),
      frame(null),
      frame("status"),
      frame({}, { requestId: "../../x" }),
      frame({}, { isAdmin: true }),
      { name: "status:get" },
      "status:get",
      null,
      undefined,
      { name: { toString: "status:get" }, input: {}, requestId: "12345678-y" },
      { name: "x".repeat(1_000_000), input: {}, requestId: "12345678-z" },
    ];
    return Promise.all(tries.map((each) => call(each) as Promise<{ ok: boolean; fault?: { code: string } }>));
  });
  expect(answers.map(({ ok, fault }) => `${ok} ${fault?.code}`)).toEqual(answers.map(() => "false bad_input"));
  expect(await app.electron.evaluate(() => "isAdmin" in {})).toBe(false);
  expect(await callRaw(app.page, "status:get", {})).toMatchObject({ ok: true });
});

test("a link and a file that are dragged onto the window do not open in it", async ({ app, dataDir, outside }) => {
  const file = join(dataDir, "page.html");
  await writeFile(file, "<h1>mine</h1>");
  const session = await app.page.context().newCDPSession(app.page);
  const drop = async (data: {
    items: { mimeType: string; data: string }[];
    files?: string[];
    dragOperationsMask: number;
  }) => {
    for (const type of ["dragEnter", "dragOver", "drop"] as const)
      await session.send("Input.dispatchDragEvent", { type, x: 200, y: 200, data });
    await settle(app.page);
    expect(app.page.url()).toBe(home);
  };
  await drop({ items: [{ mimeType: "text/uri-list", data: `${outside.url}/dragged` }], dragOperationsMask: 1 });
  await drop({ items: [], files: [file], dragOperationsMask: 1 });
  expect(outside.requests).toEqual([]);
  expect(app.electron.windows()).toHaveLength(1);
});

test("the window reads only files that a person gave to it", async ({ app, dataDir }) => {
  await waitForEngine(app.page);
  const file = join(dataDir, "calls.csv");
  await writeFile(file, "not,a,log\n");
  const ask = { tenant: "acme", format: "auto", settings: {}, paths: [file] };
  const refused = { ok: false, fault: { code: "bad_input", message: expect.stringContaining("Drop the file") } };
  expect(await callRaw(app.page, "ingest:import", ask)).toMatchObject(refused);
  const { paths, format, settings } = ask;
  expect(await callRaw(app.page, "ingest:examine", { paths, format, settings })).toMatchObject(refused);
  expect(
    await callRaw(app.page, "sources:add", { tenant: "acme", format: "auto", settings: {}, path: dataDir }),
  ).toMatchObject(refused);
  // A page that makes up a drop or a file of its own is given nothing.
  await app.page.evaluate((path) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["x"], path));
    window.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer }));
    window.dispatchEvent(new CustomEvent("callledger:dropped", { detail: JSON.stringify([path]) }));
  }, file);
  expect(await callRaw(app.page, "ingest:import", ask)).toMatchObject(refused);

  const session = await app.page.context().newCDPSession(app.page);
  const dropped = app.page.evaluate(
    () =>
      new Promise((resolve) =>
        window.addEventListener("callledger:dropped", (event) => resolve((event as CustomEvent).detail)),
      ),
  );
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await session.send("Input.dispatchDragEvent", {
      type,
      x: 200,
      y: 200,
      data: { items: [], files: [file], dragOperationsMask: 1 },
    });
  expect(JSON.parse(String(await dropped))).toEqual([file]);
  const given = await callRaw(app.page, "ingest:import", ask);
  expect(given.fault?.message).toContain("There is no tenant acme");
});
