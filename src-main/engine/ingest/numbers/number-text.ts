import { toPlainText } from "../time/plain-text.ts";
import { toPlainWord } from "../records/plain-word.ts";

/** What a cell of a number column says before a country makes a number of it. */
export type NumberText =
  | Readonly<{ kind: "withheld" }>
  | Readonly<{ kind: "masked" }>
  /** Digits that a spreadsheet has destroyed. */
  | Readonly<{ kind: "lost" }>
  | Readonly<{ kind: "dialled"; digits: string; isInternational: boolean; extension: string | null }>
  | Readonly<{ kind: "name"; text: string }>;

const withheldWords = new Set(
  [
    "anonymous, anonym, private, privat, unknown, restricted, unavailable, withheld, no caller id, nocallerid, blocked",
    "caller id blocked, private number, hidden, hidden number, not available, na, none, null, nil, out of area, asserted",
    "unterdruckt, unbekannt, nummer unterdruckt, rufnummer unterdruckt, keine rufnummer, anonymer anrufer",
    "numero masque, masque, inconnu, prive, anonyme, numero prive, appel masque, secret",
    "privado, oculto, desconocido, numero oculto, numero privado, anonimo, no disponible",
    "sconosciuto, privato, nascosto, numero privato, onbekend, anoniem, verborgen, desconhecido, confidencial",
  ]
    .join(",")
    .split(",")
    .map(toPlainWord),
);

/** Numbers that Twilio puts where a caller is withheld: the words ANONYMOUS, RESTRICTED, UNAVAILABLE, UNKNOWN on a keypad. */
const pseudoNumbers = new Set(["266696687", "7378742833", "86282452253", "8656696"]);

const withheldCodes = new Set(["", "-1", "-2", "-3", "0", "-", "--"]);

/** The letters of a keypad: a vanity number is dialled by its digits, so that is its number. */
const keypad = "22233344455566677778889999";

const toKey = (letter: string): string => keypad[letter.toLowerCase().charCodeAt(0) - 97] ?? letter;

const exponent = /^\+?(\d+)(?:[.,](\d+))?e\+?(\d{1,2})$/i;

/** `4.42079460233E+11` back to digits, when none was rounded away; null when some are gone. */
function restoreExponent(text: string): string | null {
  const found = exponent.exec(text);
  if (found === null) return null;
  const [, whole = "", fraction = "", power = "0"] = found;
  const digits = whole + fraction;
  const length = whole.length + Number(power);
  return digits.length >= length ? digits.slice(0, length) : null;
}

/** The part of a cell that holds the number: within `<…>` or `(…)`, or behind `sip:` or `tel:`. */
function unwrap(text: string): string {
  const angle = /<([^<>]*)>\s*$/.exec(text);
  const inner = angle?.[1] ?? text;
  const uri = /(?:sips?|tel|callto):([^@;>?]*)/i.exec(inner);
  if (uri !== null) return uri[1] ?? "";
  if (angle !== null) return inner;
  const own = /^(?:ext(?:ension)?|nst|durchwahl|poste|interno)\.?\s*:?\s*(\d{1,7})$/i.exec(inner);
  if (own !== null) return own[1] ?? "";
  const labelled = /^(\d{2,7})\s+-\s+\p{L}/u.exec(text);
  if (labelled !== null) return labelled[1] ?? "";
  const remarked = /^([+\d][\d\s().-]*\d)\s*\([^\d()]*\)$/.exec(text);
  if (remarked !== null) return remarked[1] ?? text;
  const named = /^[^\d+(][^(]*\(([^()]*\d[^()]*)\)\s*$/.exec(text);
  if (named !== null) return named[1] ?? text;
  const trailing = /^\p{L}[\p{L}\s.,'-]*[\s:](\+?\d[\d\s().-]{5,}\d)$/u.exec(text);
  if (trailing !== null) return trailing[1] ?? text;
  return /^[^\s@]+@[\w.-]+$/.test(inner) ? inner.slice(0, inner.indexOf("@")) : inner;
}

type Bare = Readonly<{ text: string; extension: string | null }>;

/** Cuts `;ext=123`, `x123`, `ext. 123`, ` * 123` and `#123` off a number of at least seven digits. */
function cutExtension(text: string): Bare {
  const found =
    /(?:;\s*ext=|\s*(?:ext(?:ension)?|extn|x|durchwahl|poste|int)\.?\s*:?\s*|\s\*\s|#)\s*(\d{1,7})\s*$/i.exec(text);
  if (found === null) return { text: text.replace(/;.*$/, ""), extension: null };
  const head = text.slice(0, found.index);
  if (head.replaceAll(/\D/g, "").length < 7) return { text, extension: null };
  return { text: head, extension: found[1] ?? null };
}

const vanity = /^\+?[\d\s().-]{1,8}[a-z][a-z\d\s.-]{3,12}$/i;

/** Codes before a number that hide or show one's own. */
const identityCode = /^(?:[*#]31#|\*67)(?=\+?\d{5})/;

function toDialled(text: string): NumberText | null {
  const { text: bare, extension } = cutExtension(text.replace(identityCode, ""));
  const isInternational = bare.startsWith("+");
  const spelled = vanity.test(bare) && /^\+?\d{1,4}[\s.-]?\d*[\s.-]?[a-z]/i.test(bare) ? bare : null;
  const keyed = spelled === null ? bare : bare.replaceAll(/[a-z]/gi, toKey);
  if (/[^\d\s+()./*#\u2010-\u2015-]/.test(keyed)) return null;
  const digits = keyed.replace(/\(0\)/, isInternational ? "" : "0").replaceAll(/[^\d*#]/g, "");
  return digits === "" ? null : { kind: "dialled", digits, isInternational, extension };
}

const longestCell = 300;

/** Reads a cell of a number column: what was dialled or shown, apart from how it was written. */
export function readNumberText(cell: string): NumberText {
  // Far longer than any number with its name: a lost quote, or a remark.
  if (cell.length > longestCell) return { kind: "name", text: cell.slice(0, longestCell) };
  const plain = toPlainText(cell)
    .replace(/^=?"+|"+$|^=(?=\+?\d+$)/g, "")
    .replace(/^'+|'+$/g, "")
    // CUCM writes the plus of its route patterns with a backslash.
    .replace(/^\\(?=\+)/, "")
    .trim();
  if (withheldCodes.has(plain) || withheldWords.has(toPlainWord(plain))) return { kind: "withheld" };
  if (/^#{4,}$/.test(plain)) return { kind: "lost" };
  const unwrapped = unwrap(plain).trim();
  if (unwrapped !== plain && (withheldCodes.has(unwrapped) || withheldWords.has(toPlainWord(unwrapped)))) {
    return { kind: "withheld" };
  }
  if (exponent.test(unwrapped)) {
    const digits = restoreExponent(unwrapped);
    if (digits === null) return { kind: "lost" };
    return { kind: "dialled", digits, isInternational: unwrapped.startsWith("+"), extension: null };
  }
  if (/\*{2,}|x{3,}|\d[x.]{2,}$/i.test(unwrapped) && !/^\*\*?\d/.test(unwrapped)) return { kind: "masked" };
  const dialled = toDialled(unwrapped.replace(/\.0$/, ""));
  if (dialled === null) return { kind: "name", text: plain };
  return dialled.kind === "dialled" && pseudoNumbers.has(dialled.digits) ? { kind: "withheld" } : dialled;
}
