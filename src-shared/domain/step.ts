/** The step that writes the call's own record. */
export const recordStep = "record";

/** The step that links the record to another one. Engine and connectors name steps by this alone, so that both mean the same. */
export const linkStep = ({ object, id }: Readonly<{ object: string; id: string }>): string => `link:${object}:${id}`;
