import { toTextAnswer, type SandboxAnswer } from "../core/message.ts";

const namespace = 'xmlns="http://www.force.com/2009/06/asyncapi/dataload"';

/** What the older bulk API refuses, by its own codes: all with a body in XML. */
export class AsyncRefusal extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = "AsyncRefusal";
    this.code = code;
    this.status = status;
  }
}

export type XmlValues = Readonly<Record<string, string | number | undefined>>;

export function toXmlAnswer(status: number, name: string, inner: string): SandboxAnswer {
  const text = `<?xml version="1.0" encoding="UTF-8"?><${name} ${namespace}>${inner}</${name}>`;
  return toTextAnswer(status, "application/xml", text);
}

/** Elements in their order; those without a value are left out. */
export function toElements(values: XmlValues): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
    .join("");
}

export function toErrorXml({ code, status, message }: AsyncRefusal): SandboxAnswer {
  return toXmlAnswer(status, "error", toElements({ exceptionCode: code, exceptionMessage: message }));
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The plain text of every element that holds no others, by its name; a prefix of a namespace is left out. */
export function readElements(xml: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name = "", text = ""] of xml.matchAll(/<(?:\w+:)?(\w+)(?:\s[^>]*)?>([^<]*)<\/(?:\w+:)?\1>/g))
    found.set(
      name,
      text.trim().replace(/&(amp|lt|gt|quot|apos);/g, (_all, entity: string) => entities[entity] ?? ""),
    );
  return found;
}
