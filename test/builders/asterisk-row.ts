/** One row of a Master.csv, with what a test does not care about filled in. */
export type AsteriskRow = Readonly<{
  accountcode?: string;
  src?: string;
  dst?: string;
  dcontext?: string;
  clid?: string;
  channel?: string;
  dstchannel?: string;
  lastapp?: string;
  lastdata?: string;
  start?: string;
  answer?: string;
  end?: string;
  duration?: number | string;
  billsec?: number | string;
  disposition?: string;
  uniqueid?: string;
  linkedid?: string;
  sequence?: number;
}>;

const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const inbound = {
  src: "07700900134",
  dst: "02079460011",
  dcontext: "from-trunk",
  channel: "PJSIP/voip-trunk-00000122",
  dstchannel: "PJSIP/202-00000124",
  lastapp: "Dial",
  lastdata: "PJSIP/202,30,tr",
  start: "2025-06-02 08:32:16",
  answer: "2025-06-02 08:32:27",
  end: "2025-06-02 08:39:36",
  duration: 440,
  billsec: 429,
  disposition: "ANSWERED",
  uniqueid: "1748849536.1003",
} as const;

export const outboundRow = {
  src: "205",
  dst: "907700900783",
  dcontext: "from-internal",
  channel: "PJSIP/205-00000128",
  dstchannel: "PJSIP/voip-trunk-00000126",
  lastdata: "PJSIP/07700900783@voip-trunk,60",
} as const satisfies AsteriskRow;

export const internalRow = {
  src: "203",
  dst: "204",
  dcontext: "from-internal",
  channel: "PJSIP/203-00000134",
  dstchannel: "PJSIP/204-00000135",
  lastdata: "PJSIP/204,30",
} as const satisfies AsteriskRow;

/** The row as Asterisk writes it, with 16, 17, 18 or 21 columns, without a line end. */
export function toAsteriskLine(row: AsteriskRow = {}, columns: 16 | 17 | 18 | 21 = 18): string {
  const all = { ...inbound, ...row };
  const clid = row.clid ?? `"Test" <${all.src}>`;
  const texts = [row.accountcode ?? "", all.src, all.dst, all.dcontext, clid, all.channel, all.dstchannel];
  const stamp = (text: string): string => (text === "" ? "" : quote(text));
  const times = [stamp(all.start), stamp(all.answer), stamp(all.end), all.duration, all.billsec];
  const head = [
    ...[...texts, all.lastapp, all.lastdata].map(quote),
    ...times,
    quote(all.disposition),
    '"DOCUMENTATION"',
  ];
  if (columns === 16) return head.join(",");
  if (columns === 17) return [...head, quote(all.uniqueid)].join(",");
  if (columns === 18) return [...head, quote(all.uniqueid), '""'].join(",");
  const linked = [quote(row.linkedid ?? all.uniqueid), row.sequence ?? 7];
  return [...head, quote(all.uniqueid), '""', '""', ...linked].join(",");
}

export const toAsteriskLog = (rows: readonly AsteriskRow[], columns: 16 | 17 | 18 | 21 = 18): string =>
  rows.map((row) => `${toAsteriskLine(row, columns)}\n`).join("");
