import { createHmac } from "node:crypto";
import {
  type EmailChannel,
  type WebhookChannel,
  alertRetryDelay,
  giveUpAfterMs,
} from "../../../src-shared/domain/alert.ts";
import type { Outcome } from "../../../src-shared/domain/fault.ts";
import { processRedactor } from "../host/redactor.ts";
import type { AlertMessage, AlertStore } from "../ports/alert-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { Http } from "../ports/http.ts";
import type { AlertSecrets } from "../secrets/alert-secrets.ts";

export type AlertSenderParts = Readonly<{
  alerts: AlertStore;
  secrets: AlertSecrets;
  http: Http;
  clock: Pick<Clock, "now">;
  /** Certificates (PEM) that mail servers are verified by. */
  trusted: () => readonly string[];
}>;

/** One alert may take so long, ms. */
const sendTimeoutMs = 20_000;
/** What a person is told of a failure, characters. */
const problemLimit = 300;

type Sent = Outcome<null, string>;

/** Sends what is due, each to its own channel; what does not go waits longer each time, for a day. Never throws for a network. */
export type AlertSender = Readonly<{
  /** Sends everything that is due. */
  sendDue(): Promise<void>;
  /** Sends one message now, whenever it is due; its problem, or null. */
  sendNow(id: number): Promise<string | null>;
}>;

export function createAlertSender(parts: AlertSenderParts): AlertSender {
  const { alerts, clock } = parts;

  async function send(message: AlertMessage): Promise<Sent> {
    const { email, webhook } = alerts.settings();
    if (message.channel === "email") return email === null ? removed : sendEmail(parts, email, message);
    return webhook === null ? removed : sendWebhook(parts, webhook, message);
  }

  async function sendOne(message: AlertMessage): Promise<string | null> {
    const sent = await send(message);
    const now = clock.now();
    if (sent.ok) {
      alerts.settle(message.id, { sentAt: now });
      return null;
    }
    const problem = sent.fault.slice(0, problemLimit);
    const isLate = now - message.madeAt >= giveUpAfterMs || message.kind === "test";
    const dueAt = now + alertRetryDelay(message.tries + 1);
    alerts.settle(message.id, isLate ? { problem, givenUpAt: now } : { problem, dueAt });
    return problem;
  }

  return {
    async sendDue() {
      for (const message of alerts.due(clock.now())) await sendOne(message);
    },
    async sendNow(id) {
      const message = alerts.get(id);
      return message === undefined ? "It is not there any more." : sendOne(message);
    },
  };
}

const removed: Sent = { ok: false, fault: "The channel was removed." };

const toProblem = (error: unknown): string => processRedactor.toSafeError(error).message.split("\n", 1).join("");

async function sendEmail(
  { secrets, trusted }: AlertSenderParts,
  channel: EmailChannel,
  { content, id }: AlertMessage,
): Promise<Sent> {
  const password = await secrets.read("email", channel.secret);
  if (!password.ok) return { ok: false, fault: password.fault.message };
  // Loaded with the first message: most agents never send any.
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    host: channel.host,
    port: channel.port,
    secure: channel.security === "tls",
    requireTLS: channel.security === "starttls",
    ignoreTLS: channel.security === "none",
    // The server's name and certificate are verified; there is no switch for it.
    tls: { ca: [...trusted()], rejectUnauthorized: true, minVersion: "TLSv1.2" },
    connectionTimeout: sendTimeoutMs,
    greetingTimeout: sendTimeoutMs,
    socketTimeout: sendTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(channel.user === null || password.value === null ? {} : { auth: { user: channel.user, pass: password.value } }),
  });
  try {
    await transport.sendMail({
      from: channel.from,
      to: [...channel.to],
      subject: content.subject,
      text: [...content.lines, "", `CallLedger, message ${id}.`].join("\n"),
      headers: { "auto-submitted": "auto-generated" },
    });
    return { ok: true, value: null };
  } catch (error) {
    return { ok: false, fault: toProblem(error) };
  } finally {
    transport.close();
  }
}

/** `sha256=` and the HMAC of time, a dot and the body: the receiver checks that it is ours and not an old one. */
export function signWebhook(secret: string, atSeconds: number, body: string): string {
  return `sha256=${createHmac("sha256", secret).update(`${atSeconds}.${body}`).digest("hex")}`;
}

async function sendWebhook(
  { secrets, http, clock }: AlertSenderParts,
  channel: WebhookChannel,
  { id, kind, content, madeAt }: AlertMessage,
): Promise<Sent> {
  const secret = await secrets.read("webhook", channel.secret);
  if (!secret.ok) return { ok: false, fault: secret.fault.message };
  const body = JSON.stringify({ id, kind, at: new Date(madeAt).toISOString(), ...content });
  const atSeconds = Math.floor(clock.now() / 1_000);
  const answer = await http.request({
    method: "POST",
    url: channel.url,
    headers: {
      "content-type": "application/json",
      "user-agent": "CallLedger",
      "x-callledger-timestamp": String(atSeconds),
      ...(secret.value === null ? {} : { "x-callledger-signature": signWebhook(secret.value, atSeconds, body) }),
    },
    body,
    timeoutMs: sendTimeoutMs,
  });
  if (answer.kind !== "answer") return { ok: false, fault: `The webhook could not be reached: ${answer.detail}` };
  if (answer.status >= 200 && answer.status < 300) return { ok: true, value: null };
  return { ok: false, fault: `The webhook answered with status ${answer.status}.` };
}
