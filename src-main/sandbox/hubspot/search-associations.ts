import { toObjectName, type ObjectName } from "./object-types.ts";
import type { Portal } from "./portal.ts";
import { toDefinition, type PropertyDefinition } from "./property-definition.ts";
import type { PropertyReader } from "./property-reader.ts";

const prefix = "associations.";

function linkedObject(name: string): ObjectName | undefined {
  return name.startsWith(prefix) ? toObjectName(name.slice(prefix.length)) : undefined;
}

/** `associations.contact` stands for the ids of the linked contacts, as a property of several values would. */
export function associationProperty(name: string): PropertyDefinition | undefined {
  if (linkedObject(name) === undefined) return undefined;
  return toDefinition({ name, label: name, type: "enumeration", fieldType: "checkbox" }, "", 0);
}

/** Reads the ids of linked records beside the properties. */
export function withAssociations({ graph, valueOf }: Portal): PropertyReader {
  return (record, name) => {
    const object = linkedObject(name);
    if (object === undefined) return valueOf(record, name);
    const ids = [...graph.linked(record.object, record.id, object).keys()];
    return ids.length === 0 ? undefined : ids.join(";");
  };
}
