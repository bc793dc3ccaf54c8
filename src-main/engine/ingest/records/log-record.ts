/** What is wrong with a record as a piece of text; its meaning is the format's business. */
export type RecordFault = "open_quote" | "oversize";

/** One record of a log before anything is known of its meaning. */
export type LogRecord = Readonly<{
  /** 1-based physical line where it starts. */
  line: number;
  /** Its text, line ends as LF. */
  raw: string;
  cells: readonly string[];
  fault: RecordFault | null;
  /** False for the last record of a file that lacks the last line end: it may be cut. */
  terminated: boolean;
}>;

/** Objects of a JSON array. `path`: the names that lead to it, joined by `/`, "" for the top. `parts`: a list within each item whose entries are rows of their own, or the beginnings of names of objects that are, joined by commas. */
export type JsonItems = Readonly<{ kind: "json"; path: string; parts?: string }>;

/** Elements of an XML document by name. */
export type XmlItems = Readonly<{ kind: "xml"; element: string }>;

/** How a file's lines become records. */
export type TableLayout = Readonly<{
  delimiter: string;
  /** Whether a quoted cell may hold line ends. Logs that a phone system appends to never do. */
  multiline: boolean;
  /** First and last place (1-based) of each cell, for lines of a fixed width. Default: cells lie between delimiters. */
  spans?: readonly (readonly [number, number])[];
  /** Every record is one quoted cell that holds the real record. */
  wrapped: boolean;
  /** The file holds one record (or several one behind the other): a JSON value, or an XML or HTML element. */
  document?: "json" | "markup";
  /** The file is a document that holds many records. */
  items?: JsonItems | XmlItems;
}>;
