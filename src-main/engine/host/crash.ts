import { processRedactor } from "./redactor.ts";

const witnesses = new Set<(error: Error) => void>();

/** Hears of the end of the process, until the function it gets is called. */
export function onCrash(witness: (error: Error) => void): () => void {
  witnesses.add(witness);
  return () => witnesses.delete(witness);
}

/**
 * What nobody caught ends the process with its name, its message and its place, and nothing that it carried along: Node
 * itself would print the whole error, with the request and its headers where it holds one.
 */
export function reportCrashes(tell: (text: string) => void, exit: () => void): void {
  const end = (error: unknown) => {
    const safe = processRedactor.toSafeError(error);
    for (const witness of witnesses) witness(safe);
    const { stack = "" } = safe;
    tell(`Something went wrong inside CallLedger:\n${stack}\n`);
    exit();
  };
  process.on("uncaughtException", end);
  process.on("unhandledRejection", end);
}
