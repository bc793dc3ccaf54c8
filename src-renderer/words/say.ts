import { IntlMessageFormat } from "intl-messageformat";
import type { ReactNode } from "react";
import { en, type MessageKey } from "./en.ts";

export type Values = Readonly<Record<string, string | number>>;
type Wrap = (children: ReactNode) => ReactNode;

/** The language of the texts; numbers and dates follow the person's region. */
const language = "en";
const formats = new Map<MessageKey, IntlMessageFormat>();

function formatOf(key: MessageKey): IntlMessageFormat {
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new IntlMessageFormat(en[key], language);
  formats.set(key, made);
  return made;
}

/** A text of the catalogue. */
export function say(key: MessageKey, values: Values = {}): string {
  const text = formatOf(key).format<string>({ ...values, b: (parts) => parts.join(""), a: (parts) => parts.join("") });
  return (typeof text === "string" ? text : String(text)).trim();
}

/** A text whose marked parts become elements. */
export function tell(key: MessageKey, values: Values, wrap: Readonly<{ b?: Wrap; a?: Wrap }>): ReactNode {
  const { b = (children) => children, a = (children) => children } = wrap;
  return formatOf(key).format<ReactNode>({ ...values, b: (parts) => b(parts), a: (parts) => a(parts) });
}
