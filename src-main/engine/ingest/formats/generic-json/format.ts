import { createJsonWalk, findArrays } from "../../records/json-items.ts";
import type { LogFormat } from "../log-format.ts";
import { createListFormat } from "./list-format.ts";

/** Any JSON that holds a list of calls: the longest array of objects that has their names. */
export const genericJson: LogFormat = createListFormat({
  id: "generic-json",
  title: "A list of calls (JSON)",
  findLists: (text) => {
    const first = /^\s*([[{])/.exec(text)?.[1];
    if (first === undefined) return null;
    const arrays = findArrays(text);
    // Objects one behind the other, without a list around them.
    if (arrays.length === 0) return first === "[" ? null : [""];
    return arrays.map(({ path }) => path);
  },
  readItems: (path, text) => {
    const items: string[] = [];
    const walk = createJsonWalk({
      isItems: (at) => at === path,
      onItem: (item) => {
        if (item.isWhole) items.push(item.text);
      },
    });
    walk.push(text);
    walk.end();
    return items;
  },
  toPlace: (path) => ({ kind: "json", path }),
  describe: (path) => `an array of objects ${path === "" ? "at the top" : `under "${path}"`}`,
  lack: "This is no list of calls in JSON: it holds no array of objects.",
});
