import { describe, expect, test, vi } from "vitest";
import { readArguments, toRoute } from "../../../src-main/shell/command-line.ts";
import { restartDelayMs } from "../../../src-main/shell/engine-host/backoff.ts";
import { chooseEngine } from "../../../src-main/shell/engine-launcher.ts";
import { onlyGranted } from "../../../src-main/shell/granted-paths.ts";
import { createImportJobs } from "../../../src-main/shell/import-jobs.ts";
import { createPauseSwitch } from "../../../src-main/shell/pause-switch.ts";
import { isAppUrl, isLoadable, toExternalUrl } from "../../../src-main/shell/security/app-url.ts";
import { opensPage } from "../../../src-main/shell/sign-in-page.ts";
import { createPathGrants } from "../../../src-main/shell/security/path-grants.ts";
import { isTrustedSender, type SenderFacts } from "../../../src-main/shell/security/trusted-sender.ts";
import type { HostCall } from "../../../src-main/shell/engine-host/calls.ts";
import type { IntegrationView } from "../../../src-shared/ipc/integration-views.ts";

// The choice of a process is tested without Electron, which makes one of them.
vi.mock("electron", () => ({ utilityProcess: {} }));

describe("arguments and links", () => {
  test("only known places open", () => {
    expect(toRoute("callledger://attention/1-value_rejected-00aa11bb")).toBe("attention/1-value_rejected-00aa11bb");
    expect(toRoute("callledger://calls/")).toBe("calls");
    for (const link of [
      "callledger://elsewhere",
      "callledger://call/../../x",
      "https://calls",
      "callledger://",
      "calls",
    ])
      expect(toRoute(link), link).toBeUndefined();
  });

  test("ours are read among those of Electron and of the system", () => {
    expect(readArguments(["electron", "--no-sandbox", ".", "--data", "/d", "--hidden", "callledger://calls"])).toEqual({
      data: "/d",
      isHidden: true,
      route: "calls",
    });
    expect(readArguments(["app", "--data=/e"])).toEqual({ data: "/e", isHidden: false, route: undefined });
    expect(readArguments(["app", "--data="]).data).toBeUndefined();
  });
});

describe("addresses", () => {
  test("our own are told from what looks like them", () => {
    expect(isAppUrl("app://callledger/index.html")).toBe(true);
    for (const url of [
      "app://callledger@elsewhere/",
      "app://elsewhere/",
      "file:///callledger",
      "https://callledger/",
      "",
    ])
      expect(isAppUrl(url), url).toBe(false);
    expect(isLoadable("devtools://devtools/x", true)).toBe(true);
    expect(isLoadable("devtools://devtools/x", false)).toBe(false);
  });

  test("only web pages by TLS and by name go to the browser", () => {
    expect(toExternalUrl("https://app.hubspot.com/contacts/1")).toBe("https://app.hubspot.com/contacts/1");
    for (const url of [
      "http://a.example/",
      "https://10.0.0.1/",
      "https://[::1]/",
      "https://u:p@a.example/",
      "mailto:a@b.c",
    ])
      expect(toExternalUrl(url), url).toBeUndefined();
  });
});

describe("who may speak", () => {
  const frame = (url: string, parent: unknown = null) => ({ url, parent }) as SenderFacts["senderFrame"];
  const from = (senderFrame: SenderFacts["senderFrame"], id = 1) => ({ sender: { id }, senderFrame });
  const ours = (id: number) => id === 1;

  test("the top frame of our window, while it shows our page", () => {
    const page = "app://callledger/index.html";
    expect(isTrustedSender(from(frame(page)), ours)).toBe(true);
    expect(isTrustedSender(from(frame(page), 2), ours)).toBe(false);
    expect(isTrustedSender(from(frame(page, {})), ours)).toBe(false);
    expect(isTrustedSender(from(frame("https://attacker.example/")), ours)).toBe(false);
    expect(isTrustedSender(from(null), ours)).toBe(false);
  });
});

describe("files that a person gave", () => {
  test("a file, or what lies in a folder that was given, and nothing beside it", () => {
    const grants = createPathGrants();
    grants.grant(["/logs/a.csv", "/srv/pbx"]);
    expect(grants.has("/logs/a.csv") && grants.has("/srv/pbx/2026/b.csv")).toBe(true);
    for (const path of ["/logs", "/logs/b.csv", "/srv/pbx-other/x", "/srv/pbx/../secret", "/"])
      expect(grants.has(path), path).toBe(false);
  });

  test("the oldest of very many are forgotten", () => {
    const grants = createPathGrants();
    grants.grant(["/first"]);
    grants.grant(Array.from({ length: 50_000 }, (_, n) => `/many/${n}`));
    expect(grants.has("/first")).toBe(false);
    expect(grants.has("/many/0")).toBe(true);
  });

  test("a call that names another never reaches the engine", async () => {
    const grants = createPathGrants();
    grants.grant(["/logs/a.csv"]);
    const asked: unknown[] = [];
    const handler = onlyGranted(grants, (input) => {
      asked.push(input);
      return { answer: Promise.resolve({ ok: true, value: null }), cancel: () => undefined };
    });
    const context = { requestId: "request-1", onProgress: () => undefined };
    const refused = await handler({ paths: ["/logs/a.csv", "/etc/passwd"] }, context).answer;
    expect(refused).toMatchObject({ ok: false, fault: { code: "bad_input" } });
    expect((await handler({ path: "/etc" }, context).answer).ok).toBe(false);
    expect(asked).toEqual([]);
    expect((await handler({ paths: ["/logs/a.csv"] }, context).answer).ok).toBe(true);
  });
});

describe("the engine's process", () => {
  const choose = (node: string | undefined, isPackaged: boolean, isTestBuild: boolean) =>
    chooseEngine({ entry: "engine.mjs", env: { CALLLEDGER_ENGINE_EXEC: node }, isPackaged, isTestBuild }).kind;

  test("a named Node is taken by an app that is not packaged, or by a build for tests, and by no other", () => {
    expect(choose("/usr/bin/node", false, false)).toBe("node");
    expect(choose("/usr/bin/node", true, true)).toBe("node");
    expect(choose("/usr/bin/node", true, false)).toBe("utility process");
    expect(choose("", false, true)).toBe("utility process");
    expect(choose(undefined, false, true)).toBe("utility process");
  });

  test("it is started again after a wait that doubles up to half a minute", () => {
    expect([1, 2, 3, 8, 9, 1_000].map(restartDelayMs)).toEqual([250, 500, 1_000, 30_000, 30_000, 30_000]);
  });
});

describe("the page of a sign-in", () => {
  const openUrl = "https://login.example.com/authorize?state=1";
  const run = async (sent: unknown, open: (url: string) => Promise<boolean>) => {
    const told: unknown[] = [];
    const problems: unknown[] = [];
    const handler = opensPage(
      (_input, { onProgress }) => {
        onProgress(sent);
        return { answer: Promise.resolve({ ok: true, value: {} }), cancel: () => undefined };
      },
      open,
      (error) => void problems.push(error),
    );
    await handler({}, { requestId: "request-1", onProgress: (progress) => void told.push(progress) }).answer;
    await vi.waitFor(() => expect(told).toHaveLength(1));
    return { told, problems };
  };

  test("goes through the door for outside links, and the window hears whether it was opened", async () => {
    const opened: string[] = [];
    const open = async (url: string) => {
      opened.push(url);
      return toExternalUrl(url) !== undefined;
    };
    expect((await run({ openUrl }, open)).told).toEqual([{ openUrl, isOpened: true }]);
    const local = "http://127.0.0.1:9101/authorize";
    expect((await run({ openUrl: local }, open)).told).toEqual([{ openUrl: local, isOpened: false }]);
    expect(opened).toEqual([openUrl, local]);
  });

  test("is shown where no browser opens, and other progress passes as it is", async () => {
    const error = new Error("no browser");
    expect(await run({ openUrl }, () => Promise.reject(error))).toEqual({
      told: [{ openUrl, isOpened: false }],
      problems: [error],
    });
    expect((await run({ rows: 3 }, () => Promise.reject(error))).told).toEqual([{ rows: 3 }]);
  });
});

describe("readings of files", () => {
  test("are told while they run and after they ended, twenty at most of those", async () => {
    const onEnded = vi.fn();
    const jobs = createImportJobs({ now: () => 5, onChanged: () => undefined, onEnded });
    const fault = { code: "canceled", message: "stopped" } as const;
    const handler = jobs.wrap(() => ({ answer: Promise.resolve({ ok: false, fault }), cancel: () => undefined }));
    const start = (n: number) =>
      handler({ paths: ["/a.csv"] }, { requestId: `reading-${n}`, onProgress: () => undefined }).answer;
    const first = start(0);
    expect(jobs.list()["reading-0"]).toMatchObject({ state: "running", paths: ["/a.csv"] });
    expect(onEnded).not.toHaveBeenCalled();
    await first;
    expect(onEnded).toHaveBeenCalledOnce();
    expect(jobs.list()["reading-0"]).toMatchObject({ state: "canceled", endedAt: 5, fault });
    for (let n = 1; n <= 25; n += 1) await start(n);
    expect(Object.keys(jobs.list())).toHaveLength(20);
    expect(jobs.list()["reading-0"]).toBeUndefined();
  });
});

describe("pausing from the tray", () => {
  test("pauses what is active, resumes what is paused, each under a request of its own, and leaves stopped ones", async () => {
    const calls: HostCall[] = [];
    const listed = (["active", "paused", "blocked"] as const).map((state, index): IntegrationView => ({
      id: index + 1,
      tenant: "acme",
      crm: "hubspot",
      label: "HubSpot",
      baseUrl: null,
      account: null,
      state,
      blockedReason: state === "blocked" ? "auth_revoked" : null,
      restUntil: null,
      secret: { kind: "env", name: "TOKEN" },
      unknownCaller: "hold",
      since: null,
      settings: {},
      createdAt: 1,
    }));
    const host = {
      call(call: HostCall) {
        calls.push(call);
        const value = call.name === "integrations:list" ? { integrations: listed } : listed[0];
        return { answer: Promise.resolve({ ok: true, value } as const), cancel: () => undefined };
      },
    };
    let ids = 0;
    const pause = createPauseSwitch({
      host,
      newRequestId: () => `click-${(ids += 1)}`,
      now: () => 0,
      timed: { read: () => null, write: () => undefined },
    });
    await pause.pauseAll(null);
    await pause.resumeAll();
    const changes = calls.filter(({ name }) => name !== "integrations:list");
    expect(changes.map(({ name, input, requestId }) => ({ name, input, requestId }))).toEqual([
      { name: "integrations:pause", input: { id: 1, note: "From the tray." }, requestId: "click-1" },
      { name: "integrations:resume", input: { id: 2, note: "From the tray." }, requestId: "click-2" },
    ]);
  });
});
