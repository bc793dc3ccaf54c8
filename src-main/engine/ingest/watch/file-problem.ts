/** What went wrong with a file or folder, for people, and whether another try may help without anybody acting. */
export type FileProblem = Readonly<{ sentence: string; isPassing: boolean }>;

/** A code of the system, or null where the error is none of its. */
export function readCode(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

const locked = "Another program holds it locked.";
const unanswered = "The disk or the network share did not answer.";

/** By code of the system. Permissions are tried again too: somebody may grant them at any time. */
const sentences: Readonly<Record<string, string>> = {
  EBUSY: locked,
  EAGAIN: locked,
  ETXTBSY: locked,
  ENOENT: "It was taken away before it was read to its end.",
  ESTALE: "It was replaced on the network share while it was read.",
  EIO: unanswered,
  EHOSTDOWN: unanswered,
  EHOSTUNREACH: unanswered,
  ENETDOWN: unanswered,
  ENETUNREACH: unanswered,
  ENOTCONN: unanswered,
  ETIMEDOUT: unanswered,
  EMFILE: "This computer has too many files open.",
  ENFILE: "This computer has too many files open.",
  ENOSPC: "The disk for temporary files is full: make room on it.",
};

/** On Windows a file that another program has open gives the same codes as one that this user may not read. */
function toPermissionSentence(platform: NodeJS.Platform, isFolder: boolean): string {
  const what = isFolder ? "The folder" : "The file";
  if (platform === "win32")
    return `${what} is held by another program, or this user may not read it: Properties, Security, allow Read.`;
  const [bits, more] = isFolder ? ["rx", ` (and to enter every folder above it)`] : ["r", ""];
  return `This user may not read ${isFolder ? "the folder" : "the file"}. Allow it with chmod o+${bits}, or add the user to its group${more}.`;
}

/** Says what the system's error means, or null where it is none: then it is no problem of the file. */
export function describeFileError(
  error: unknown,
  ask: Readonly<{ isFolder?: boolean; platform?: NodeJS.Platform }> = {},
): FileProblem | null {
  const code = readCode(error);
  if (code === null) return null;
  if (code === "EACCES" || code === "EPERM")
    return { sentence: toPermissionSentence(ask.platform ?? process.platform, ask.isFolder === true), isPassing: true };
  const sentence = sentences[code];
  return sentence === undefined ? null : { sentence, isPassing: true };
}
