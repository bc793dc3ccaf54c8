import type { z } from "zod";
import { type AlertSettings, alertSettings, findAlertProblem } from "../../../src-shared/domain/alert.ts";
import type { alertsView } from "../../../src-shared/ipc/alert-views.ts";
import { ipcCalls } from "../../../src-shared/ipc/contract.ts";
import { fault } from "../host/engine.ts";
import type { ApiParts } from "./api-parts.ts";
import { channelsOf } from "./alert-watch.ts";
import { serve, type SubjectHandlers } from "./dispatcher.ts";

type Parts = Pick<ApiParts, "alerts" | "alertSecrets" | "alertSender" | "clock" | "random">;

const shownMessages = 20;
const secretBytes = 32;

export function createAlertHandlers(
  parts: Parts,
): SubjectHandlers<
  "alerts:show" | "alerts:setEmail" | "alerts:setWebhook" | "alerts:set" | "alerts:test" | "alerts:remove"
> {
  const { alerts, alertSecrets, alertSender, clock } = parts;

  /** Stores settings that make sense; the secret first, so that no channel ever stands without it. */
  async function save(
    settings: AlertSettings,
    secret: Readonly<{ channel: "email" | "webhook"; text: string }> | null,
  ) {
    const problem = findAlertProblem(settings);
    if (problem !== null) return fault("bad_input", problem);
    if (secret !== null) {
      const written = await alertSecrets.write(secret.channel, secret.text);
      if (!written.ok) return fault("failed", written.fault.message);
    }
    alerts.set(settings);
    return null;
  }

  return {
    "alerts:show": serve(ipcCalls["alerts:show"], async () => ({ ok: true, value: toView(parts) })),
    "alerts:setEmail": serve(ipcCalls["alerts:setEmail"], async ({ email, password }) => {
      if ((email.secret.kind === "keychain") !== (password !== null))
        return fault("bad_input", "A password goes into the keychain, and only a password does.");
      if (email.user !== null && email.secret.kind === "none")
        return fault("bad_input", `The user ${email.user} needs a password.`);
      const secret = password === null ? null : ({ channel: "email", text: password } as const);
      const refused = await save({ ...alerts.settings(), email }, secret);
      return refused ?? { ok: true, value: toView(parts) };
    }),
    "alerts:setWebhook": serve(ipcCalls["alerts:setWebhook"], async ({ url, secretFromEnv }) => {
      const made = secretFromEnv === null ? parts.random.hex(secretBytes) : null;
      const webhook = {
        url,
        secret:
          secretFromEnv === null ? ({ kind: "keychain" } as const) : ({ kind: "env", name: secretFromEnv } as const),
      };
      const secret = made === null ? null : ({ channel: "webhook", text: made } as const);
      const refused = await save({ ...alerts.settings(), webhook }, secret);
      return refused ?? { ok: true, value: { ...toView(parts), secret: made } };
    }),
    "alerts:set": serve(ipcCalls["alerts:set"], async (change) => {
      alerts.set(alertSettings.parse({ ...alerts.settings(), ...change }));
      return { ok: true, value: toView(parts) };
    }),
    "alerts:test": serve(ipcCalls["alerts:test"], async () => {
      const channels = channelsOf(alerts.settings());
      if (channels.length === 0) return fault("bad_input", "No channel is set. See: callledger alerts set --help");
      const lines = ["This is a test of the alerts of CallLedger. Nothing needs you."];
      const content = { subject: "CallLedger: test of the alerts", lines, causes: [] };
      const madeAt = clock.now();
      const ids = alerts.add(
        channels.map((channel) => ({ channel, kind: "test", content, madeAt })),
        [],
      );
      const results = [];
      for (const [index, id] of ids.entries()) {
        const channel = channels[index];
        const problem = await alertSender.sendNow(id);
        if (channel !== undefined) results.push({ channel, problem });
      }
      return { ok: true, value: { results } };
    }),
    "alerts:remove": serve(ipcCalls["alerts:remove"], async ({ channel }) => {
      const settings = alerts.settings();
      const secret = settings[channel]?.secret;
      if (secret === undefined) return fault("bad_input", `No alerts go by ${channel}.`);
      if (secret.kind === "keychain") {
        const gone = await alertSecrets.remove(channel);
        if (!gone.ok) return fault("failed", gone.fault.message);
      }
      alerts.set({ ...settings, [channel]: null });
      alerts.drop(channel, clock.now());
      return { ok: true, value: toView(parts) };
    }),
  };
}

function toView({ alerts }: Parts): z.input<typeof alertsView> {
  const { email, webhook, ...times } = alerts.settings();
  return {
    settings: {
      ...times,
      email: email === null ? null : { ...email, to: [...email.to] },
      webhook,
    },
    messages: alerts.recent(shownMessages).map(({ content, dueAt, ...message }) => ({
      ...message,
      dueAt: message.sentAt === null && message.givenUpAt === null ? dueAt : null,
      subject: content.subject,
    })),
  };
}
