type Signature = Readonly<{ name: string; bytes: readonly number[]; advice: string }>;

const asText = "Export the call list as CSV or text and try that file.";

const signatures: readonly Signature[] = [
  {
    name: "an Excel workbook or another zip archive",
    bytes: [0x50, 0x4b, 0x03, 0x04],
    advice: "Save it as CSV (or unpack it) and try that file.",
  },
  { name: "an empty zip archive", bytes: [0x50, 0x4b, 0x05, 0x06], advice: asText },
  { name: "a PDF document", bytes: [0x25, 0x50, 0x44, 0x46], advice: asText },
  { name: "a PNG image", bytes: [0x89, 0x50, 0x4e, 0x47], advice: asText },
  { name: "a JPEG image", bytes: [0xff, 0xd8, 0xff], advice: asText },
  { name: "a GIF image", bytes: [0x47, 0x49, 0x46, 0x38], advice: asText },
  {
    name: "a SQLite database",
    bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66, 0x6f, 0x72, 0x6d, 0x61, 0x74],
    advice: asText,
  },
  { name: "a gzip archive", bytes: [0x1f, 0x8b], advice: "Unpack it and try the file inside." },
  { name: "a bzip2 archive", bytes: [0x42, 0x5a, 0x68], advice: "Unpack it and try the file inside." },
  { name: "an xz archive", bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], advice: "Unpack it and try the file inside." },
  { name: "a 7-Zip archive", bytes: [0x37, 0x7a, 0xbc, 0xaf], advice: "Unpack it and try the file inside." },
  {
    name: "an old Excel or Word file",
    bytes: [0xd0, 0xcf, 0x11, 0xe0],
    advice: "Save it as CSV and try that file.",
  },
  { name: "a program", bytes: [0x7f, 0x45, 0x4c, 0x46], advice: asText },
];

/** Says what a file is when its first bytes are those of a known kind that is not text; undefined for everything else. */
export function describeBinary(head: Uint8Array): string | undefined {
  const found = signatures.find(({ bytes }) => bytes.every((byte, at) => head[at] === byte));
  return found === undefined ? undefined : `This is ${found.name}, not text. ${found.advice}`;
}
