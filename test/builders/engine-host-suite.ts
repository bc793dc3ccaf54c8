import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LaunchEngine } from "../../src-main/shell/engine-host/engine-process.ts";
import type { CallAnswer } from "../../src-shared/ipc/window-contract.ts";
import { isGone, pidOf, until, withRig } from "./engine-host-rig.ts";

/** One suite for every implementation of the engine host, on the engine without a store. No framework: it runs inside of Electron too. */
export type HostCase = Readonly<{ name: string; run: (launch: LaunchEngine) => Promise<void> }>;

const starting: readonly HostCase[] = [
  {
    name: "it starts, says that it runs, and answers",
    run: (launch) =>
      withRig(launch, {}, async ({ call, phase, states }) => {
        assert.deepEqual(await call("echo", { a: [1, "ü", null] }), { ok: true, value: { a: [1, "ü", null] } });
        const state = await phase("running");
        assert.deepEqual(await call("pid", {}), { ok: true, value: pidOf(state) });
        assert.deepEqual(
          states.map((each) => each.phase),
          ["starting", "running"],
        );
      }),
  },
  {
    name: "a folder that cannot be used is said with its reason, not tried again by itself, and tried when a person asks",
    run: (launch) =>
      withRig(launch, { folder: "refused" }, async ({ host, phase, dataDir, until: wait, states }) => {
        const state = await phase("refused");
        assert.equal(state.phase === "refused" && state.message, "This folder is no good.");
        writeFileSync(join(dataDir, "free"), "");
        await wait(() => {
          host.restart();
          return host.state().phase === "running";
        }, "it runs after a person asked");
        assert.equal(states.filter((each) => each.phase === "restarting").length, 0);
      }),
  },
  {
    name: "data that another engine holds is waited for, and taken over when it is free",
    run: (launch) =>
      withRig(launch, { folder: "held" }, async ({ host, call, phase, dataDir }) => {
        const answer = call("echo", "patient");
        const state = await phase("held");
        assert.equal(state.phase === "held" && state.message, "Somebody else works here.");
        writeFileSync(join(dataDir, "free"), "");
        host.restart();
        await phase("running");
        assert.deepEqual(await answer, { ok: true, value: "patient" });
      }),
  },
  {
    name: "a bug at the start is no end: it is tried again, later each time",
    run: (launch) =>
      withRig(launch, { folder: "bug" }, async ({ states, until: wait, lines }) => {
        const waits = () => states.flatMap((each) => (each.phase === "restarting" ? [each.retryAt - each.since] : []));
        await wait(() => waits().length >= 3, "three deaths");
        assert.deepEqual(waits().slice(0, 3), [250, 500, 1_000]);
        assert.ok(lines.some((line) => line.includes("a bug at the start")));
      }),
  },
];

const loads: readonly HostCase[] = [
  {
    name: "10,000 calls at once are all answered with their own answer, never more than 64 with the engine",
    run: (launch) =>
      withRig(launch, {}, async ({ call }) => {
        const asked = Array.from({ length: 10_000 }, (_, n) => call("slowEcho", { n }));
        const answers = await Promise.all(asked);
        assert.deepEqual(
          answers.map((each) => each.ok && each.value),
          Array.from({ length: 10_000 }, (_, n) => ({ n })),
        );
        const most = await call("mostInHand", {});
        assert.ok(most.ok && Number(most.value) <= 64 && Number(most.value) > 8, JSON.stringify(most));
      }),
  },
  {
    name: "more than can wait is refused at once, and the rest is served",
    run: (launch) =>
      withRig(launch, {}, async ({ call, phase }) => {
        await phase("running");
        const answers = await Promise.all(Array.from({ length: 25_000 }, (_, n) => call("echo", n)));
        const refused = answers.filter((each) => !each.ok && each.fault.code === "busy").length;
        assert.ok(refused > 0 && refused <= 25_000 - 20_000, String(refused));
        assert.equal(answers.filter((each) => each.ok).length, 25_000 - refused);
      }),
  },
  {
    name: "50,000 reports of progress do not flood the shell: the newest counts, and the answer comes after it",
    run: (launch) =>
      withRig(launch, {}, async ({ call }) => {
        const heard: number[] = [];
        const answer = await call("flood", { count: 50_000 }, undefined, (progress) =>
          heard.push((progress as { step: number }).step),
        );
        assert.deepEqual(answer, { ok: true, value: { count: 50_000 } });
        assert.ok(heard.length > 0 && heard.length < 5_000, String(heard.length));
        assert.deepEqual(
          heard,
          [...heard].sort((a, b) => a - b),
        );
      }),
  },
  {
    name: "events are heard, and many of one kind become few while the shell is slow",
    run: (launch) =>
      withRig(launch, {}, async ({ call, events, until: wait }) => {
        await call("events", { count: 20_000 });
        await wait(() => events.length > 0, "an event");
        assert.ok(events.length < 5_000, String(events.length));
      }),
  },
  {
    name: "a result of several megabytes comes in pages and is whole; small calls pass between them",
    run: (launch) =>
      withRig(launch, {}, async ({ call }) => {
        const order: string[] = [];
        const large = call("list", { count: 120_000 }).then((answer) => (order.push("large"), answer));
        const small = call("echo", "small").then(() => order.push("small"));
        const answer = await large;
        await small;
        assert.ok(answer.ok && Array.isArray(answer.value));
        assert.equal(answer.value.length, 120_000);
        assert.deepEqual(answer.value[119_999], { id: 119_999, text: "line 119999 ü" });
      }),
  },
  {
    name: "a call that is called off ends; one that waits for the engine ends at once",
    run: (launch) =>
      withRig(launch, {}, async ({ host, phase, done, until: wait }) => {
        const early = host.call({ name: "echo", input: 1, requestId: undefined, onProgress: () => undefined });
        early.cancel();
        assert.equal((await early.answer).ok, false);
        await phase("running");
        const late = host.call({ name: "untilCanceled", input: {}, requestId: undefined, onProgress: () => undefined });
        late.cancel();
        assert.deepEqual(await late.answer, { ok: true, value: "canceled" });
        await wait(() => done().includes("canceled"), "the engine heard it");
      }),
  },
];

const deaths: readonly HostCase[] = [
  {
    name: "an engine that is killed is said within two seconds, started again, and what was asked is answered",
    run: (launch) =>
      withRig(launch, {}, async ({ call, phase, states, until: wait }) => {
        const first = await phase("running");
        const held = call("untilCanceled", {});
        held.catch(() => undefined);
        const killedAt = Date.now();
        process.kill(pidOf(first), "SIGKILL");
        const after = call("echo", "asked while it was away");
        await wait(() => states.some((each) => each.phase === "restarting"), "it is said");
        const said = states.find((each) => each.phase === "restarting");
        assert.ok((said?.heardAt ?? 0) - killedAt < 2_000);
        assert.deepEqual(await after, { ok: true, value: "asked while it was away" });
        const second = await phase("running");
        assert.notEqual(pidOf(second), pidOf(first));
        assert.equal(second.phase === "running" && second.restarts, 1);
      }),
  },
  {
    name: "a change that the engine died over is sent again under the same request id",
    run: (launch) =>
      withRig(launch, {}, async ({ call, done }) => {
        const answer = await call("record", { dieOnce: true }, "click-0001");
        assert.deepEqual(answer, { ok: true, value: { requestId: "click-0001" } });
        assert.deepEqual(done(), ["record click-0001", "record click-0001"]);
      }),
  },
  {
    name: "three deaths in a row lose no call",
    run: (launch) =>
      withRig(launch, {}, async ({ call, phase }) => {
        const asked: Promise<CallAnswer>[] = [];
        for (let death = 0; death < 3; death += 1) {
          const state = await phase("running", 20_000);
          asked.push(...Array.from({ length: 200 }, (_, n) => call("slowEcho", n)));
          process.kill(pidOf(state), "SIGKILL");
          await phase("restarting");
        }
        const answers = await Promise.all(asked);
        assert.equal(answers.filter((each) => each.ok).length, asked.length);
      }),
  },
  {
    name: "an engine that says it failed is ended and started again; its last answers do not count",
    run: (launch) =>
      withRig(launch, {}, async ({ call, phase, lines, states, until: wait }) => {
        const first = await phase("running");
        // Each engine that is asked for it fails, so the next ones run for a moment only.
        void call("fail", {}, "click-0002");
        await wait(() => states.some((each) => each.phase === "restarting"), "it is said");
        await wait(() => lines.some((line) => line.includes("the disk is on fire")), "the log has it");
        await wait(
          () => states.some((each) => each.phase === "running" && each.pid !== pidOf(first)),
          "another engine runs",
        );
      }),
  },
  {
    name: "a call that five engines died on is not given to a sixth",
    run: (launch) =>
      withRig(launch, {}, async ({ call, phase, states }) => {
        await phase("running");
        const answer = await call("fail", {}, "click-0003");
        assert.equal(answer.ok ? "" : answer.fault.code, "internal");
        assert.match(answer.ok ? "" : answer.fault.message, /ended 5 times/v);
        assert.deepEqual(await call("echo", "after"), { ok: true, value: "after" });
        assert.equal(states.filter((each) => each.phase === "running").length, 6);
      }),
  },
];

const endings: readonly HostCase[] = [
  {
    name: "a stop lets the engine close, and calls without an answer are told",
    run: (launch) =>
      withRig(launch, {}, async ({ host, call, phase, done, states }) => {
        const state = await phase("running");
        await host.stop(5_000);
        assert.ok(done().includes("closed"));
        assert.equal(states.at(-1)?.phase, "stopped");
        // Ended, and taken off the system's list of processes: Chromium takes its time with that.
        await until(() => isGone(pidOf(state)), "the process is gone");
        assert.deepEqual(await call("echo", 1), {
          ok: false,
          fault: { code: "busy", message: "CallLedger is closing." },
        });
      }),
  },
  {
    name: "an engine that does not end is ended by force in the time that was given",
    run: (launch) =>
      withRig(launch, { folder: "hangs" }, async ({ host, phase, lines }) => {
        const state = await phase("running");
        const since = Date.now();
        await host.stop(700);
        assert.ok(Date.now() - since < 5_000);
        // Ended, and taken off the system's list of processes: Chromium takes its time with that.
        await until(() => isGone(pidOf(state)), "the process is gone");
        assert.ok(lines.some((line) => line.includes("by force")));
      }),
  },
  {
    name: "a stop while it waits for the next start starts nothing more",
    run: (launch) =>
      withRig(launch, {}, async ({ host, phase, states, until: wait }) => {
        process.kill(pidOf(await phase("running")), "SIGKILL");
        const waiting = await phase("restarting");
        await host.stop(1_000);
        const count = states.length;
        const due = waiting.phase === "restarting" ? waiting.retryAt : 0;
        await wait(() => Date.now() > due + 100, "the time of the next start is over");
        assert.equal(states.length, count);
        assert.equal(host.state().phase, "stopped");
      }),
  },
];

const services: readonly HostCase[] = [
  {
    name: "the engine asks the shell for the way to a server: by origin only, each time anew",
    run: (launch) => {
      const seen: string[] = [];
      const resolveProxy = (url: string) => {
        seen.push(url);
        return Promise.resolve(`PROXY proxy.example:${3_128 + seen.length}`);
      };
      return withRig(launch, { resolveProxy }, async ({ call }) => {
        const url = "https://api.example/crm/v3/objects?token=secret";
        assert.deepEqual(await call("proxy", { url }), { ok: true, value: "PROXY proxy.example:3129" });
        assert.deepEqual(await call("proxy", { url }), { ok: true, value: "PROXY proxy.example:3130" });
        assert.deepEqual(seen, ["https://api.example", "https://api.example"]);
      });
    },
  },
  {
    name: "a proxy look-up that fails is a failure for the engine, never a direct way",
    run: (launch) =>
      withRig(launch, { resolveProxy: () => Promise.reject(new Error("no PAC")) }, async ({ call }) => {
        const answer = await call("proxy", { url: "https://api.example/" });
        assert.ok(answer.ok && String(answer.value).startsWith("rejected: "));
      }),
  },
  {
    name: "what the engine writes comes to the log",
    run: (launch) =>
      withRig(launch, {}, async ({ call, lines, until: wait }) => {
        await call("say", { text: "a word for the log" });
        await wait(() => lines.some((line) => line.includes("a word for the log")), "the line");
      }),
  },
];

export const hostCases: readonly HostCase[] = [...starting, ...loads, ...deaths, ...endings, ...services];
