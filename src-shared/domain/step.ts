/** The step that writes the call's own record. */
export const recordStep = "record";

/** The step that links the record to another one. Engine and connectors name steps by this alone, so that both mean the same. */
export const linkStep = ({ object, id }: Readonly<{ object: string; id: string }>): string => `link:${object}:${id}`;

/** The record that a link step links to; undefined for every other step. */
export function readLinkStep(step: string): Readonly<{ object: string; id: string }> | undefined {
  const [word, object, ...rest] = step.split(":");
  const id = rest.join(":");
  return word === "link" && object !== undefined && id !== "" ? { object, id } : undefined;
}
