import { Parser } from "htmlparser2";

export type XmlHandlers = Readonly<{
  open?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  text?: (text: string) => void;
  close?: (name: string) => void;
}>;

/** Names without their namespace: `x:row` is `row`. */
const localName = (name: string): string => name.slice(name.indexOf(":") + 1);

/** Reads one XML part of an archive as its bytes come. No entities but the five of XML are known, so none can grow. */
export function createXmlPart({ open, text, close }: XmlHandlers): (chunk: Uint8Array, isEnd: boolean) => void {
  const decoder = new TextDecoder("utf-8");
  const parser = new Parser(
    {
      onopentag: (name, attributes) => open?.(localName(name), attributes),
      ontext: (part) => text?.(part),
      onclosetag: (name) => close?.(localName(name)),
    },
    { xmlMode: true, decodeEntities: true },
  );
  return (chunk, isEnd) => {
    parser.write(decoder.decode(chunk, { stream: !isEnd }));
    if (isEnd) parser.end();
  };
}
