import type { WriteItem } from "../../src-main/engine/ports/connector.ts";
import { filterBody, type FilteredBody, type OwnershipContract } from "../../src-shared/domain/ownership.ts";

/** A body that changes a record which was read as empty. */
export function toUpdateBody(
  contract: OwnershipContract,
  object: string,
  wanted: Readonly<Record<string, string>>,
): FilteredBody<"update"> {
  const remote = Object.fromEntries(Object.keys(wanted).map((field) => [field, null]));
  return filterBody({ contract, object, operation: "update", wanted, remote, pushed: {} }).body;
}

/** A first write once more, as a change of the record that it made. */
export function toUpdateItem(
  { contract, object }: Readonly<{ contract: OwnershipContract; object: string }>,
  { key, links, body }: WriteItem,
  remoteId: string | null,
): WriteItem {
  return { key, links, remoteId, operation: "update", body: toUpdateBody(contract, object, body ?? {}) };
}
