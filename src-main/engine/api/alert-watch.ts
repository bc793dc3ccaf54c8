import type { AlertCause, AlertChannel, AlertContent, AlertSettings } from "../../../src-shared/domain/alert.ts";
import { crmNames } from "../../../src-shared/domain/crm-names.ts";
import { dayBounds, toLocalDate, toLocalTime } from "../../../src-shared/domain/local-time.ts";
import { minuteOfDay } from "../../../src-shared/domain/midnight.ts";
import { reasonTexts } from "../../../src-shared/domain/reason.ts";
import type { AlertKind } from "../ports/alert-store.ts";
import type { Statement } from "../ports/report-store.ts";
import type { ApiParts } from "./api-parts.ts";
import { zoneOf } from "./silence-watch.ts";

export type AlertWatchParts = Pick<
  ApiParts,
  "alerts" | "clock" | "reports" | "integrations" | "sources" | "sourceMemory" | "silences" | "timeZone"
>;

const hourMs = 3_600_000;

/** Channels that are set. */
export const channelsOf = ({ email, webhook }: AlertSettings): readonly AlertChannel[] => [
  ...(email === null ? [] : (["email"] as const)),
  ...(webhook === null ? [] : (["webhook"] as const)),
];

/** Puts messages about new causes and the day's summary on their way; nothing is sent here. */
export async function lookForAlerts(parts: AlertWatchParts, pause: () => Promise<void>): Promise<void> {
  const settings = parts.alerts.settings();
  const channels = channelsOf(settings);
  if (channels.length === 0) return;
  tellCauses(parts, settings, channels);
  await sumUp(parts, settings, channels, pause);
}

function tellCauses(parts: AlertWatchParts, settings: AlertSettings, channels: readonly AlertChannel[]): void {
  const { alerts, clock } = parts;
  const now = clock.now();
  const fresh = alerts.note(listCauses(parts), { now, before: now - settings.afterMinutes * 60_000 });
  // More than that in an hour wait and are told together.
  if (fresh.length === 0 || alerts.countSince("causes", now - hourMs) >= settings.perHour) return;
  const [first] = fresh;
  const subject =
    fresh.length === 1 && first !== undefined
      ? `CallLedger: ${first.title}`
      : `CallLedger: ${fresh.length} things need you`;
  const lines = [
    ...fresh.flatMap(({ title, nextStep }) => [title, `  What to do: ${nextStep}`]),
    "",
    "No call is lost: each waits for you. Open CallLedger to see them.",
  ];
  send(parts, channels, "causes", { subject, lines, causes: [...fresh] }, fresh);
}

function send(
  { alerts, clock }: AlertWatchParts,
  channels: readonly AlertChannel[],
  kind: AlertKind,
  content: AlertContent,
  told: readonly AlertCause[],
): void {
  const madeAt = clock.now();
  alerts.add(
    channels.map((channel) => ({ channel, kind, content, madeAt })),
    told,
  );
}

/** Everything that needs a person now. */
export function listCauses(parts: AlertWatchParts): readonly AlertCause[] {
  const { reports, integrations, sources, sourceMemory, silences } = parts;
  const groups = reports.deadGroups().map(({ id, crm, reason, count }): AlertCause => {
    const { sentence, nextStep } = reasonTexts[reason];
    const calls = count === 1 ? "1 call failed" : `${count} calls failed`;
    return { cause: `group ${id}`, title: `${crmNames[crm]}: ${calls}. ${sentence}`, nextStep };
  });
  const blocked = integrations.list().flatMap(({ id, label, state, blockedReason }): readonly AlertCause[] => {
    if (state !== "blocked") return [];
    const { sentence, nextStep } = reasonTexts[blockedReason ?? "unknown"];
    return [{ cause: `integration ${id} ${blockedReason}`, title: `${label}: ${sentence} Its calls wait.`, nextStep }];
  });
  const watched = new Map(sources.list().map((source) => [source.id, source]));
  const silent = silences.raised().flatMap(({ sourceId, since, expected }): readonly AlertCause[] => {
    const source = watched.get(sourceId);
    if (source === undefined) return [];
    const at = toLocalTime(since, zoneOf(source, parts.timeZone));
    const title = `No calls in source ${sourceId} since ${at}; usually there are ${expected} by now.`;
    const nextStep = "See whether the phone system still writes its log, and whether this PC reaches the folder.";
    return [{ cause: `silence ${sourceId} ${since}`, title, nextStep }];
  });
  const folders = [...watched.keys()].flatMap((id): readonly AlertCause[] => {
    const { state, problem } = sourceMemory.view(id, 0);
    if (state === "watched") return [];
    const title = `The folder of source ${id} cannot be read (${state.replaceAll("_", " ")}).`;
    return [{ cause: `folder ${id} ${state}`, title, nextStep: problem ?? "See: callledger source list" }];
  });
  return [...groups, ...blocked, ...silent, ...folders];
}

/** The day before in a few lines, once a day, also where the PC slept at that time. */
async function sumUp(
  parts: AlertWatchParts,
  { digestAt }: AlertSettings,
  channels: readonly AlertChannel[],
  pause: () => Promise<void>,
): Promise<void> {
  if (digestAt === null) return;
  const { alerts, clock, reports } = parts;
  const now = clock.now();
  const zone = parts.timeZone();
  const today = dayBounds(toLocalDate(now, zone), zone);
  if (minuteOfDay(now, zone) < digestAt || alerts.countSince("digest", today.from) > 0) return;
  const date = toLocalDate(today.from - 1, zone);
  const { from, to } = dayBounds(date, zone);
  const statement = await reports.statementBySteps(date, from, to, pause);
  const causes = listCauses(parts);
  send(parts, channels, "digest", toDigest(statement, causes), []);
}

function toDigest(statement: Statement, causes: readonly AlertCause[]): AlertContent {
  const { date, rows, calls, outcomes, balanced } = statement;
  const left = outcomes.queued + outcomes.sending + outcomes.waiting + outcomes.held + outcomes.checking;
  return {
    subject: `CallLedger: ${date}, ${calls} calls, ${causes.length === 0 ? "all well" : `${causes.length} things need you`}`,
    lines: [
      `${date}: ${rows} rows read, ${calls} calls.`,
      `Delivered ${outcomes.delivered}, on their way or waiting ${left}, failed ${outcomes.failed}, acknowledged ${outcomes.acknowledged}, left out ${outcomes.skipped}.`,
      balanced ? "It balances: every call is accounted for." : "IT DOES NOT BALANCE. Send us the support report.",
      ...(causes.length === 0 ? [] : ["", "What needs you:"]),
      ...causes.flatMap(({ title, nextStep }) => [title, `  What to do: ${nextStep}`]),
    ],
    causes: [...causes],
  };
}
