import { objectTypes, type ObjectName } from "./object-types.ts";
import { invalid } from "./refusal.ts";

export type AssociationType = {
  readonly from: ObjectName;
  readonly to: ObjectName;
  readonly typeId: number;
  readonly inverseTypeId: number;
  readonly category: "HUBSPOT_DEFINED" | "USER_DEFINED";
  readonly label: string | null;
  readonly name: string;
};

type Pair = readonly [from: ObjectName, to: ObjectName, typeId: number, inverseTypeId: number, label?: string];

/** HubSpot's own type ids, each with that of the other direction. The first of a pair is the default, without a label. */
const pairs: readonly Pair[] = [
  ["calls", "contacts", 194, 193],
  ["calls", "companies", 182, 181],
  ["calls", "deals", 206, 205],
  ["notes", "contacts", 202, 201],
  ["notes", "companies", 190, 189],
  ["notes", "deals", 214, 213],
  ["tasks", "contacts", 204, 203],
  ["tasks", "companies", 192, 191],
  ["tasks", "deals", 216, 215],
  ["emails", "contacts", 198, 197],
  ["emails", "companies", 186, 185],
  ["emails", "deals", 210, 209],
  ["meetings", "contacts", 200, 199],
  ["meetings", "companies", 188, 187],
  ["meetings", "deals", 212, 211],
  ["contacts", "companies", 279, 280],
  ["contacts", "companies", 1, 2, "Primary"],
  ["deals", "contacts", 3, 4],
  ["deals", "companies", 341, 342],
  ["deals", "companies", 5, 6, "Primary"],
  ["contacts", "contacts", 449, 449],
  ["companies", "companies", 450, 450],
  ["deals", "deals", 451, 451],
];

/** The label that makes a company the primary one of a contact or deal. */
export const primaryTypeIds: Readonly<Partial<Record<ObjectName, number>>> = { contacts: 1, deals: 5 };

export type AssociationTypes = {
  readonly list: (from: ObjectName, to: ObjectName) => readonly AssociationType[];
  /** The unlabelled type of a pair. Throws a `Refusal` for objects that cannot be associated. */
  readonly unlabelled: (from: ObjectName, to: ObjectName) => AssociationType;
  /** A type by id from one object; `to` narrows it. */
  readonly find: (from: ObjectName, typeId: number, to?: ObjectName) => AssociationType | undefined;
  /** A label of the account; gives the types of both directions. */
  readonly define: (
    from: ObjectName,
    to: ObjectName,
    label: string,
    inverseLabel: string,
  ) => readonly AssociationType[];
  readonly rename: (from: ObjectName, typeId: number, label: string) => boolean;
  readonly remove: (from: ObjectName, to: ObjectName, typeId: number) => boolean;
  readonly clear: () => void;
};

export function createAssociationTypes(): AssociationTypes {
  const standard = pairs.flatMap(toBothDirections);
  let types: readonly AssociationType[] = standard;
  let nextId = 10_001;
  const list = (from: ObjectName, to: ObjectName): readonly AssociationType[] =>
    types.filter((type) => type.from === from && type.to === to);
  return {
    list,
    unlabelled: (from, to) => {
      const type = types.find(
        (candidate) => candidate.from === from && candidate.to === to && candidate.label === null,
      );
      if (type === undefined)
        throw invalid(`No association type is defined from ${objectTypes[from].typeId} to ${objectTypes[to].typeId}.`);
      return type;
    },
    find: (from, typeId, to) =>
      types.find((type) => type.typeId === typeId && type.from === from && (to === undefined || type.to === to)),
    define: (from, to, label, inverseLabel) => {
      const typeId = nextId++;
      const inverseTypeId = from === to && label === inverseLabel ? typeId : nextId++;
      const forth = toType([from, to, typeId, inverseTypeId, label], "USER_DEFINED");
      const back = toType([to, from, inverseTypeId, typeId, inverseLabel], "USER_DEFINED");
      const made = typeId === inverseTypeId ? [forth] : [forth, back];
      types = [...types, ...made];
      return made;
    },
    rename: (from, typeId, label) => {
      const known = types.find(
        (type) => type.from === from && type.typeId === typeId && type.category === "USER_DEFINED",
      );
      if (known === undefined) return false;
      types = types.map((type) => (type === known ? { ...type, label } : type));
      return true;
    },
    remove: (from, to, typeId) => {
      const known = types.find(
        (type) => type.from === from && type.to === to && type.typeId === typeId && type.category === "USER_DEFINED",
      );
      if (known === undefined) return false;
      types = types.filter((type) => type.typeId !== known.typeId && type.typeId !== known.inverseTypeId);
      return true;
    },
    clear: () => {
      types = standard;
      nextId = 10_001;
    },
  };
}

function toBothDirections([from, to, typeId, inverseTypeId, label]: Pair): readonly AssociationType[] {
  const forth = toType([from, to, typeId, inverseTypeId, label], "HUBSPOT_DEFINED");
  return typeId === inverseTypeId
    ? [forth]
    : [forth, toType([to, from, inverseTypeId, typeId, label], "HUBSPOT_DEFINED")];
}

function toType(
  [from, to, typeId, inverseTypeId, label]: readonly [ObjectName, ObjectName, number, number, (string | undefined)?],
  category: AssociationType["category"],
): AssociationType {
  const name = `${objectTypes[from].singular}_to_${objectTypes[to].singular}`;
  return {
    from,
    to,
    typeId,
    inverseTypeId,
    category,
    label: label ?? null,
    name: label === undefined ? name : `${name}_${label.toLowerCase().replace(/\W+/g, "_")}`,
  };
}
