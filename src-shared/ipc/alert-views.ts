import { z } from "zod";
import { alertChannel, alertSettings } from "../domain/alert.ts";

const at = z.int();

/** A message and what became of it. `problem`: why its last try failed. */
export const alertMessageView = z.strictObject({
  id: z.int().positive(),
  channel: alertChannel,
  kind: z.enum(["causes", "digest", "test"]),
  subject: z.string(),
  madeAt: at,
  /** When it is tried again, or null: it is sent or given up. */
  dueAt: at.nullable(),
  tries: z.int().nonnegative(),
  sentAt: at.nullable(),
  givenUpAt: at.nullable(),
  problem: z.string().nullable(),
});
export type AlertMessageView = Readonly<z.infer<typeof alertMessageView>>;

/** How people are told. Never a secret: only where each lives. */
export const alertsView = z.strictObject({ settings: alertSettings, messages: z.array(alertMessageView) });
export type AlertsView = Readonly<z.infer<typeof alertsView>>;
