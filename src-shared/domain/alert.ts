import { z } from "zod";
import { envSecret } from "./integration.ts";

const hostName = z.string().regex(/^[A-Za-z0-9.-]{1,253}$|^[0-9a-fA-F:]{2,45}$/, "is no host name");
const address = z.email().max(254);

/** Where a channel's secret lives: the OS keychain, an environment variable's name, or nowhere (a relay without sign-in). */
const channelSecret = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("keychain") }),
  envSecret,
  z.strictObject({ kind: z.literal("none") }),
]);
export type ChannelSecret = Readonly<z.infer<typeof channelSecret>>;

export const emailChannel = z.strictObject({
  host: hostName,
  port: z.int().min(1).max(65_535),
  /** `tls`: from the first byte. `starttls`: upgraded before anything is said. `none`: only to this computer. */
  security: z.enum(["tls", "starttls", "none"]),
  user: z.string().min(1).max(254).nullable(),
  from: address,
  to: z.array(address).min(1).max(20),
  secret: channelSecret,
});
export type EmailChannel = Readonly<z.infer<typeof emailChannel>>;

export const webhookChannel = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2_000),
  secret: channelSecret,
});
export type WebhookChannel = Readonly<z.infer<typeof webhookChannel>>;

export const alertChannel = z.enum(["email", "webhook"]);
export type AlertChannel = z.infer<typeof alertChannel>;

/** What people are told where nobody looks at the PC. */
export const alertSettings = z.strictObject({
  email: emailChannel.nullable(),
  webhook: webhookChannel.nullable(),
  /** A cause has to stand so long before it is told: somebody at the PC may be settling it. */
  afterMinutes: z.int().min(0).max(1_440),
  /** Messages about causes in an hour, at most; what is new meanwhile is told together. */
  perHour: z.int().min(1).max(60),
  /** Minute of the day (zone of the PC) at which the day before is summed up, or null. */
  digestAt: z.int().min(0).max(1_439).nullable(),
});
export type AlertSettings = Readonly<z.infer<typeof alertSettings>>;

export const defaultAlertSettings: AlertSettings = {
  email: null,
  webhook: null,
  afterMinutes: 15,
  perHour: 6,
  digestAt: null,
};

/** Something that needs a person. Never a caller's name or number: it goes over other people's machines. */
export const alertCause = z.strictObject({ cause: z.string(), title: z.string(), nextStep: z.string() });
export type AlertCause = Readonly<z.infer<typeof alertCause>>;

export const alertContent = z.strictObject({
  subject: z.string(),
  /** Sentences, one a line. */
  lines: z.array(z.string()),
  causes: z.array(alertCause),
});
export type AlertContent = Readonly<z.infer<typeof alertContent>>;

const firstRetryMs = 30_000;
const longestRetryMs = 60 * 60_000;
/** Told so late, it is no news. */
export const giveUpAfterMs = 24 * 3_600_000;

/** Wait before an alert that did not go is tried again, ms. */
export const alertRetryDelay = (tries: number): number =>
  Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(tries - 1, 20));

/** Hosts that are this computer: nothing said to them goes over a network. */
export const isThisComputer = (name: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(name);

/** Why these settings must not be used, in a sentence, or null. */
export function findAlertProblem({ email, webhook }: AlertSettings): string | null {
  if (email !== null && email.security === "none" && !isThisComputer(email.host))
    return `Mail to ${email.host} must be encrypted: use --security tls or starttls.`;
  if (webhook !== null) {
    const [, protocol = "", host = ""] = /^(\w+):\/\/(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#]*)/.exec(webhook.url) ?? [];
    if (protocol.toLowerCase() !== "https" && !isThisComputer(host.replace(/^\[|\]$/g, "")))
      return "A webhook on another computer must be reached by https.";
  }
  return null;
}
