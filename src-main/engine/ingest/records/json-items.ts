const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const COLON = 58;
const LINE_FEED = 10;

/** Where the items of a JSON text are: the names that lead to their array, joined by `/`; empty for a list at the top. */
export type ItemPath = string;

/** An object within the array, as text. `isWhole` false: the text ended before it did. */
export type JsonItem = Readonly<{ text: string; line: number; isWhole: boolean }>;

/** A longer object is no call. */
const maxItemChars = 8 * 1024 * 1024;

type Level = { readonly isArray: boolean; readonly path: string; name: string; objects: number };

export type ArrayCount = Readonly<{ path: ItemPath; objects: number }>;

type Walk = Readonly<{
  /** True for the path of an array whose objects are given as items. */
  isItems: (path: ItemPath) => boolean;
  onItem: (item: JsonItem) => void;
  onArray?: (array: ArrayCount) => void;
}>;

/**
 * Goes through a JSON text piece by piece without holding it: brackets, strings and names are told apart, nothing is
 * checked. Objects at the top of the text, one behind the other, are items of the path "".
 */
export function createJsonWalk({ isItems, onItem, onArray }: Walk) {
  const levels: Level[] = [];
  let line = 1;
  let inString = false;
  let isEscaped = false;
  let lastString = "";
  let depth = 0;
  let item = "";
  let itemLine = 0;

  const pathOf = (): string => {
    const top = levels.at(-1);
    if (top === undefined) return "";
    if (top.isArray) return top.path;
    return top.path === "" ? top.name : `${top.path}/${top.name}`;
  };

  const closeLevel = (): void => {
    const level = levels.pop();
    if (level?.isArray === true) onArray?.({ path: level.path, objects: level.objects });
  };

  const startsItem = (): boolean => {
    const top = levels.at(-1);
    if (top?.isArray === true) top.objects += 1;
    return (top === undefined || top.isArray) && isItems(pathOf());
  };

  const push = (text: string): void => {
    let from = depth > 0 ? 0 : -1;
    let stringFrom = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === LINE_FEED) line += 1;
      if (inString) {
        if (isEscaped) isEscaped = false;
        else if (code === BACKSLASH) isEscaped = true;
        else if (code === QUOTE || code === LINE_FEED) {
          // No string of JSON holds a line end: a lost quote ends with its line.
          inString = false;
          if (depth === 0) lastString += text.slice(stringFrom, at);
        }
        continue;
      }
      if (code === QUOTE) {
        inString = true;
        stringFrom = at + 1;
        lastString = "";
      } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
        if (depth > 0) depth += 1;
        else if (code === OPEN_OBJECT && startsItem()) {
          depth = 1;
          from = at;
          item = "";
          itemLine = line;
        } else levels.push({ isArray: code === OPEN_ARRAY, path: pathOf(), name: "", objects: 0 });
      } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
        if (depth === 0) closeLevel();
        else {
          depth -= 1;
          if (depth === 0) {
            onItem({ text: item + text.slice(from, at + 1), line: itemLine, isWhole: true });
            item = "";
            from = -1;
          }
        }
      } else if (code === COLON && depth === 0) {
        const top = levels.at(-1);
        if (top !== undefined && !top.isArray) top.name = lastString;
      }
    }
    if (inString && depth === 0) lastString += text.slice(Math.min(stringFrom, text.length));
    if (depth > 0 && item.length < maxItemChars) item += text.slice(Math.max(0, from));
  };

  return {
    push,
    /** Gives what is left at the end of the text. */
    end: (): void => {
      if (depth > 0) onItem({ text: item, line: itemLine, isWhole: false });
      while (levels.length > 0) closeLevel();
    },
  };
}

/** The arrays of objects in the beginning of a JSON text, the longest first, the outer one of two alike. */
export function findArrays(text: string): readonly ArrayCount[] {
  const longest = new Map<ItemPath, number>();
  const walk = createJsonWalk({
    isItems: () => false,
    onItem: () => undefined,
    onArray: ({ path, objects }) => {
      if (objects > (longest.get(path) ?? 0)) longest.set(path, objects);
    },
  });
  walk.push(text);
  walk.end();
  const arrays = [...longest].map(([path, objects]) => ({ path, objects }));
  return arrays.toSorted((left, right) => right.objects - left.objects || left.path.length - right.path.length);
}

/** The longest array of objects in the beginning of a JSON text; null where there is none. */
export const findItems = (text: string): ArrayCount | null => findArrays(text)[0] ?? null;
