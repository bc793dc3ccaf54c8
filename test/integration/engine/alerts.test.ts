import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type IncomingHttpHeaders, createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createUndiciHttp } from "../../../src-main/connectors/http/undici-http.ts";
import { type AlertSender, createAlertSender } from "../../../src-main/engine/api/alert-sender.ts";
import { lookForAlerts } from "../../../src-main/engine/api/alert-watch.ts";
import type { Http } from "../../../src-main/engine/ports/http.ts";
import { createAlertSecrets } from "../../../src-main/engine/secrets/alert-secrets.ts";
import type { Keychain } from "../../../src-main/engine/secrets/keychain.ts";
import { defaultAlertSettings, type EmailChannel } from "../../../src-shared/domain/alert.ts";
import { bury } from "../../builders/dead-letters.ts";
import { type Ledger, anIntegration, createLedger } from "../../builders/ledger.ts";

const minuteMs = 60_000;
const certificate = readFileSync(new URL("../../fixtures/tls/loopback-cert.pem", import.meta.url), "utf8");
const key = readFileSync(new URL("../../fixtures/tls/loopback-key.pem", import.meta.url), "utf8");

type Mail = Readonly<{ to: readonly string[]; text: string; isSecure: boolean; user: string | null }>;
type Post = Readonly<{ headers: IncomingHttpHeaders; body: string }>;

let ledger: Ledger;
let http: Http;
let sender: AlertSender;
let trusted: readonly string[];
let closing: (() => Promise<void>)[];
const entries = new Map<string, string>();

/** A keychain that holds what it is given; only the system's own part is left out. */
const keychain: Keychain = {
  get: async (account) => ({ ok: true, value: entries.get(account) ?? null }),
  set: async (account, text) => {
    entries.set(account, text);
    return { ok: true, value: null };
  },
  delete: async (account) => ({ ok: true, value: entries.delete(account) }),
};

beforeEach(async () => {
  ledger = createLedger();
  anIntegration(ledger);
  http = createUndiciHttp();
  trusted = [certificate];
  closing = [];
  entries.clear();
  const secrets = createAlertSecrets({ keychain, ledger: "l", environment: {}, know: () => undefined });
  await secrets.write("email", "a password");
  await secrets.write("webhook", "a shared secret");
  const { store, clock } = ledger;
  sender = createAlertSender({ alerts: store.alerts, secrets, http, clock, trusted: () => trusted });
});
afterEach(async () => {
  for (const close of closing) await close();
  await http.close();
  ledger.dispose();
});

const portOf = (server: Readonly<{ address(): AddressInfo | string | null }>): number => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen");
  return address.port;
};

/** A mail server that keeps what it is given. */
async function startMail(options: SMTPServerOptions = {}): Promise<Readonly<{ port: number; mails: readonly Mail[] }>> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    key,
    cert: certificate,
    onAuth: ({ username, password }, _session, done) =>
      password === "a password" ? done(null, { user: username ?? "" }) : done(new Error("535 wrong password")),
    onData: (stream, session, done) => {
      let text = "";
      stream.setEncoding("utf8");
      stream.on("data", (chunk) => (text += String(chunk)));
      stream.on("end", () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        mails.push({ to, text, isSecure: session.secure, user: session.user ?? null });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { port: portOf(server.server), mails };
}

/** A receiver that answers with these statuses in turn, the last one for ever. */
async function startHook(statuses: readonly number[]): Promise<Readonly<{ url: string; posts: readonly Post[] }>> {
  const posts: Post[] = [];
  const server: Server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      posts.push({ headers: request.headers, body });
      response.writeHead(statuses[Math.min(posts.length, statuses.length) - 1] ?? 200).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${portOf(server)}/hook`, posts };
}

const channel = (port: number, change: Partial<EmailChannel> = {}): EmailChannel => ({
  host: "127.0.0.1",
  port,
  security: "starttls",
  user: "it",
  from: "callledger@example.com",
  to: ["it@example.com", "boss@example.com"],
  secret: { kind: "keychain" },
  ...change,
});

const look = (): Promise<void> =>
  lookForAlerts({ ...ledger.store, clock: ledger.clock, timeZone: () => "Etc/UTC" }, async () => undefined);

async function lookAndSend(): Promise<void> {
  await look();
  await sender.sendDue();
}

test("a new cause is told by e-mail once it stood long enough: encrypted, signed in, once, without any caller", async () => {
  const { port, mails } = await startMail();
  ledger.store.alerts.set({ ...defaultAlertSettings, email: channel(port) });
  bury(ledger, 3, { from: "+447700900134" });
  await lookAndSend();
  expect(mails).toEqual([]);
  await ledger.clock.advance(16 * minuteMs);
  await lookAndSend();
  await lookAndSend();
  expect(mails).toHaveLength(1);
  expect(mails[0]).toMatchObject({ isSecure: true, user: "it", to: ["it@example.com", "boss@example.com"] });
  expect(mails[0]?.text).toContain("3 calls failed");
  expect(mails[0]?.text).toContain("What to do");
  expect(mails[0]?.text).not.toContain("7700900134");
});

test("a cause that somebody settles in time is not told, and one that comes back within an hour is no news", async () => {
  const { url, posts } = await startHook([200]);
  ledger.store.alerts.set({ ...defaultAlertSettings, webhook: { url, secret: { kind: "keychain" } } });
  const [id = 0] = bury(ledger, 1);
  await lookAndSend();
  ledger.store.deliveries.apply([{ id, events: ["acknowledge"], audit: [] }]);
  await ledger.clock.advance(20 * minuteMs);
  await lookAndSend();
  expect(posts).toEqual([]);
  await ledger.clock.advance(61 * minuteMs);
  await lookAndSend();
  bury(ledger, 1);
  await lookAndSend();
  await ledger.clock.advance(16 * minuteMs);
  await lookAndSend();
  expect(posts).toHaveLength(1);
});

test("a webhook is signed over its time and body, so that the receiver can tell it from a forged or an old one", async () => {
  const { url, posts } = await startHook([200]);
  ledger.store.alerts.set({ ...defaultAlertSettings, afterMinutes: 0, webhook: { url, secret: { kind: "keychain" } } });
  bury(ledger, 1);
  await lookAndSend();
  const [post] = posts;
  const stamp = String(post?.headers["x-callledger-timestamp"]);
  const expected = createHmac("sha256", "a shared secret").update(`${stamp}.${post?.body}`).digest("hex");
  expect(post?.headers["x-callledger-signature"]).toBe(`sha256=${expected}`);
  expect(JSON.parse(post?.body ?? "")).toMatchObject({ kind: "causes", causes: [{ cause: expect.any(String) }] });
});

test("what does not go is tried again, rarer and rarer, and given up after a day", async () => {
  const { url, posts } = await startHook([500, 503, 200]);
  ledger.store.alerts.set({ ...defaultAlertSettings, afterMinutes: 0, webhook: { url, secret: { kind: "keychain" } } });
  bury(ledger, 1);
  await lookAndSend();
  const [message] = ledger.store.alerts.recent(1);
  expect(message).toMatchObject({ tries: 1, sentAt: null, problem: "The webhook answered with status 500." });
  await lookAndSend();
  expect(posts).toHaveLength(1);
  await ledger.clock.advance(31_000);
  await lookAndSend();
  await ledger.clock.advance(31_000);
  await lookAndSend();
  expect(posts).toHaveLength(2);
  await ledger.clock.advance(31_000);
  await lookAndSend();
  expect(posts).toHaveLength(3);
  expect(ledger.store.alerts.recent(1)).toMatchObject([{ tries: 3, problem: null, sentAt: expect.any(Number) }]);

  const away = await startHook([500]);
  ledger.store.alerts.set({
    ...ledger.store.alerts.settings(),
    webhook: { url: away.url, secret: { kind: "keychain" } },
  });
  bury(ledger, 1, { reason: "too_large" });
  for (let hour = 0; hour < 30; hour += 1) {
    await lookAndSend();
    await ledger.clock.advance(60 * minuteMs);
  }
  expect(ledger.store.alerts.recent(1)).toMatchObject([{ givenUpAt: expect.any(Number), sentAt: null }]);
  expect(away.posts.length).toBeGreaterThan(20);
});

test("no more than so many messages go in an hour; what is new meanwhile is told together", async () => {
  const { url, posts } = await startHook([200]);
  const webhook = { url, secret: { kind: "keychain" } } as const;
  ledger.store.alerts.set({ ...defaultAlertSettings, afterMinutes: 0, perHour: 2, webhook });
  const reasons = ["too_large", "rule_rejected", "field_missing", "mapping_error"] as const;
  for (const reason of reasons) {
    bury(ledger, 1, { reason });
    await ledger.clock.advance(1_000);
    await lookAndSend();
  }
  expect(posts).toHaveLength(2);
  await ledger.clock.advance(61 * minuteMs);
  await lookAndSend();
  expect(posts).toHaveLength(3);
  expect(JSON.parse(posts[2]?.body ?? "")).toMatchObject({ subject: "CallLedger: 2 things need you" });
});

test("the day before is summed up once, at the time that was asked for", async () => {
  const { port, mails } = await startMail({ secure: true });
  const email = channel(port, { security: "tls" });
  // The ledger's clock begins at nine.
  ledger.store.alerts.set({ ...defaultAlertSettings, afterMinutes: 1_440, digestAt: 10 * 60, email });
  bury(ledger, 2);
  await lookAndSend();
  expect(mails).toEqual([]);
  await ledger.clock.advance(26 * 60 * minuteMs);
  await lookAndSend();
  await lookAndSend();
  const digests = mails.filter(({ text }) => text.includes("rows read"));
  expect(digests).toHaveLength(1);
  expect(digests[0]?.text).toMatch(/2026-11-20: 2 rows read, 2 calls/);
  expect(digests[0]?.isSecure).toBe(true);
});

test("a mail server whose certificate nobody vouches for gets neither the password nor the mail", async () => {
  const { port, mails } = await startMail();
  trusted = [];
  ledger.store.alerts.set({ ...defaultAlertSettings, afterMinutes: 0, email: channel(port) });
  bury(ledger, 1);
  await lookAndSend();
  expect(mails).toEqual([]);
  expect(ledger.store.alerts.recent(1)[0]?.problem).toMatch(/certificate/i);
});

test("a server that offers no encryption is not spoken to in the clear", async () => {
  const { port, mails } = await startMail({ disabledCommands: ["STARTTLS"] });
  ledger.store.alerts.set({ ...defaultAlertSettings, afterMinutes: 0, email: channel(port) });
  bury(ledger, 1);
  await lookAndSend();
  expect(mails).toEqual([]);
  expect(ledger.store.alerts.recent(1)[0]?.problem).toMatch(/TLS/i);
});

test("a wrong password is told without the password", async () => {
  const { port } = await startMail();
  entries.set("l/alert-email", "not this one");
  ledger.store.alerts.set({ ...defaultAlertSettings, afterMinutes: 0, email: channel(port) });
  bury(ledger, 1);
  await lookAndSend();
  const [message] = ledger.store.alerts.recent(1);
  expect(message?.problem).toMatch(/535|login/i);
  expect(message?.problem).not.toContain("not this one");
});
