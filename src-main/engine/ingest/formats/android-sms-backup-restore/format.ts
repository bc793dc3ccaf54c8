import { readSeconds } from "../../presets/cell-values.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { createItemFormat } from "../item-log/item-format.ts";
import { textAt } from "../item-log/json-value.ts";
import { quoteValue, skip } from "../log-format.ts";
import { readMobileType, toMobileFacts } from "../mobile-phone/mobile-call.ts";

/** Presentations of a caller who is withheld (2), unknown (3) or at a payphone (4) come without number, or with -1, -2, -3. */
const shownPresentation = new Set(["", "1"]);

function readCall(item: unknown, tools: RowTools): RowReading {
  const type = readMobileType(textAt(item, "type"));
  if (type === null) return skip("malformed", `type ${quoteValue(textAt(item, "type"))} is not known`);
  const shown = textAt(item, "duration");
  const talk = readSeconds("duration", shown);
  if (typeof talk !== "number") return talk;
  const date = textAt(item, "date");
  if (!/^\d{10,16}$/.test(date)) return skip("invalid_date", `date ${quoteValue(date)} is no time in milliseconds`);
  const number = textAt(item, "number");
  return toMobileFacts(
    {
      start: { epochMs: Number(date) },
      type,
      number: shownPresentation.has(textAt(item, "presentation")) ? number : "",
      talk,
      shown,
    },
    tools,
  );
}

/**
 * Android, "SMS Backup & Restore", `calls-<time>.xml`: one `<call>` an item, dates in epoch milliseconds. Backups overlap: the
 * same call has the same number, date, type and duration in each.
 * (synctech.com.au, fields in XML backup files)
 */
export const androidSmsBackupRestore = createItemFormat({
  id: "android-sms-backup-restore",
  title: "SMS Backup & Restore, calls (XML)",
  find: ({ text }) => {
    if (!/^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--[\s\S]*?-->\s*)*(?:<\?xml-[^>]*\?>\s*)*<calls[\s>]/i.test(text)) return null;
    if (!/<call\s[^>]*\bnumber\s*=/i.test(text)) return null;
    return {
      place: { kind: "xml", element: "call" },
      detection: { score: 0.95, evidence: ["an element <calls> with <call number= … date= … type=>"] },
    };
  },
  open: (tools) => (item) => readCall(item, tools),
});
