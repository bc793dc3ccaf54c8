/**
 * The stable id of a call: phone system, node, the log's key and the start second. Nothing random or local takes part,
 * so the same rows read anywhere give the same id.
 */
export type CallIdentity = Readonly<{
  /** Name of the phone system within the tenant (default: the format's name). */
  system: string;
  /** The part of the log that tells servers of one system apart; empty where the log has none. */
  node: string;
  /** The log's own key, or `h-` and a hash of named fields where the log has none. */
  logKey: string;
  /** Start of the first leg, epoch ms. */
  startedAt: number;
}>;

const escapePart = (part: string): string => part.replace(/[%/\s]/g, (found) => encodeURIComponent(found));

/** `system/node/logKey/20250602T073216Z`; parts are percent-encoded where they hold a slash, a percent sign or white space. */
export function toCallId({ system, node, logKey, startedAt }: CallIdentity): string {
  const second = new Date(startedAt).toISOString().slice(0, 19).replace(/[-:]/g, "");
  return `${escapePart(system)}/${escapePart(node)}/${escapePart(logKey)}/${second}Z`;
}

/** The parts of an id made by `toCallId`, or undefined where the text is none. */
export function parseCallId(text: string): CallIdentity | undefined {
  const match = /^([^/]+)\/([^/]*)\/([^/]+)\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [, system = "", node = "", logKey = "", year, month, day, hour, minute, second] = match;
  const startedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(startedAt)) return undefined;
  try {
    return {
      system: decodeURIComponent(system),
      node: decodeURIComponent(node),
      logKey: decodeURIComponent(logKey),
      startedAt,
    };
  } catch {
    return undefined;
  }
}
