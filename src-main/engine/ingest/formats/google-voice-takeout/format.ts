import { Parser } from "htmlparser2";
import { readSeconds } from "../../presets/cell-values.ts";
import { createDocumentFormat } from "../../presets/document-format.ts";
import type { RowReading } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";
import { skip } from "../log-format.ts";
import { readMobileType, toMobileFacts, type MobileType } from "../mobile-phone/mobile-call.ts";

type Page = {
  tel: string | null;
  published: string;
  duration: string;
  labels: string[];
  isCall: boolean;
  title: string;
};

/** What a page says, from the attributes that Google gives to machines; the visible text is translated. */
function readPage(html: string): Page {
  const page: Page = { tel: null, published: "", duration: "", labels: [], isCall: false, title: "" };
  let isTitle = false;
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        const names = new Set((attributes["class"] ?? "").split(/\s+/));
        const title = attributes["title"] ?? "";
        const href = attributes["href"] ?? "";
        isTitle = name === "title";
        if (names.has("haudio")) page.isCall = true;
        if (names.has("tel") && page.tel === null && /^tel:/i.test(href)) page.tel = decodeTel(href.slice(4));
        if (names.has("published")) page.published = title;
        if (names.has("duration")) page.duration = title;
        if (attributes["rel"] === "tag") page.labels.push(href.slice(href.lastIndexOf("#") + 1).toLowerCase());
      },
      ontext: (text) => {
        if (isTitle) page.title += text;
      },
      onclosetag: () => {
        isTitle = false;
      },
    },
    { decodeEntities: true },
  );
  parser.write(html);
  parser.end();
  return page;
}

function decodeTel(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const types: Readonly<Record<string, MobileType>> = {
  received: "incoming",
  placed: "outgoing",
  missed: "missed",
  voicemail: "voicemail",
};

/** The label of the kind of call; where there is none, the first word of the title in English. */
function readType({ labels, title }: Page): MobileType | null {
  for (const label of labels) {
    const type = types[label];
    if (type !== undefined) return type;
  }
  return readMobileType(title.trim().split(/\s+/, 1)[0] ?? "");
}

function read(text: string, tools: RowTools, isWhole: boolean): RowReading {
  const page = readPage(text);
  if (!page.isCall) {
    if (!isWhole) return skip("truncated_tail", "the file ends before its page does");
    return skip("non_call", "a page of messages, no call");
  }
  const type = readType(page);
  if (type === null) return skip("non_call", `a page labelled ${page.labels.join(", ") || "with nothing"}`);
  if (page.published === "") {
    return isWhole ? skip("malformed", "the page has no time") : skip("truncated_tail", "the page is cut");
  }
  const talk = readSeconds("duration", page.duration);
  if (typeof talk !== "number") return talk;
  const call = { start: { text: page.published }, type, number: page.tel ?? "", talk, shown: page.duration };
  return toMobileFacts(call, tools);
}

/**
 * Google Voice, Takeout: a small HTML page for every call and conversation in `Takeout/Voice/Calls`. Time (with offset),
 * duration and number are in attributes; the name of the file identifies nothing. Pages of texts are no calls.
 */
export const googleVoiceTakeout = createDocumentFormat({
  id: "google-voice-takeout",
  title: "Google Voice (Takeout page)",
  kind: "markup",
  detect: (text) => {
    const head = text.slice(0, 32_768);
    if (!/<html[\s>]/i.test(head)) return null;
    const isCall = /class="haudio"/i.test(head) && /class="published"/i.test(head);
    const isChat = /class="hChatLog/i.test(head);
    if (!isCall && !isChat) return null;
    return { score: 0.95, evidence: [isCall ? "a page of one call (haudio)" : "a page of messages (hChatLog)"] };
  },
  read,
});
