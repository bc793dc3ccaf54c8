import { createXmlWalk, findElements } from "../../records/xml-items.ts";
import { createListFormat } from "../generic-json/list-format.ts";
import type { LogFormat } from "../log-format.ts";

/**
 * Any XML that holds a list of calls (innovaphone and others): the element that comes most often and has their names, as
 * attributes or as elements within it (`event.e164`).
 */
export const genericXml: LogFormat = createListFormat({
  id: "generic-xml",
  title: "A list of calls (XML)",
  findLists: (text) => (/^\uFEFF?\s*<[?!a-z]/i.test(text) && !/<html[\s>]/i.test(text) ? findElements(text) : null),
  readItems: (element, text) => {
    const items: string[] = [];
    const walk = createXmlWalk(element, (item) => {
      if (item.isWhole) items.push(item.text);
    });
    walk.push(text);
    walk.end();
    return items;
  },
  toPlace: (element) => ({ kind: "xml", element }),
  describe: (element) => `elements <${element}>`,
  lack: "This is no list of calls in XML: no element comes again with values in it.",
});
