import type { AssociationType } from "./association-types.ts";
import { objectNames, type ObjectName } from "./object-types.ts";

/** Links between records, each kept in both directions. */
export type AssociationGraph = {
  /** Idempotent. */
  readonly link: (type: AssociationType, fromId: string, toId: string) => void;
  /** Removes one type of link, or every link between the two when no type is given. */
  readonly unlink: (from: ObjectName, fromId: string, to: ObjectName, toId: string, type?: AssociationType) => void;
  /** Type ids by the other record's id. */
  readonly linked: (from: ObjectName, fromId: string, to: ObjectName) => ReadonlyMap<string, ReadonlySet<number>>;
  /** Everything that was linked to `oldId` is linked to `newId` instead. */
  readonly move: (object: ObjectName, oldId: string, newId: string) => void;
  readonly forget: (object: ObjectName, id: string) => void;
  readonly clear: () => void;
};

type Neighbours = Map<string, Set<number>>;

export function createAssociationGraph(): AssociationGraph {
  const sides = new Map<string, Map<string, Neighbours>>();
  const side = (from: ObjectName, to: ObjectName): Map<string, Neighbours> => {
    const key = `${from}>${to}`;
    const known = sides.get(key) ?? new Map<string, Neighbours>();
    sides.set(key, known);
    return known;
  };
  const enter = (from: ObjectName, fromId: string, to: ObjectName, toId: string, typeId: number): void => {
    const ids = side(from, to);
    const neighbours = ids.get(fromId) ?? new Map<string, Set<number>>();
    ids.set(fromId, neighbours);
    const types = neighbours.get(toId);
    if (types === undefined) neighbours.set(toId, new Set([typeId]));
    else types.add(typeId);
  };
  const leave = (from: ObjectName, fromId: string, to: ObjectName, toId: string, typeId: number | undefined): void => {
    const neighbours = side(from, to).get(fromId);
    const types = neighbours?.get(toId);
    if (neighbours === undefined || types === undefined) return;
    if (typeId !== undefined) types.delete(typeId);
    if (typeId === undefined || types.size === 0) neighbours.delete(toId);
  };
  const empty: ReadonlyMap<string, ReadonlySet<number>> = new Map();
  const linked = (from: ObjectName, fromId: string, to: ObjectName): ReadonlyMap<string, ReadonlySet<number>> =>
    side(from, to).get(fromId) ?? empty;
  const forget = (object: ObjectName, id: string): void => {
    for (const other of objectNames) {
      for (const otherId of linked(object, id, other).keys()) leave(other, otherId, object, id, undefined);
      side(object, other).delete(id);
    }
  };
  return {
    linked,
    forget,
    link: ({ from, to, typeId, inverseTypeId }, fromId, toId) => {
      enter(from, fromId, to, toId, typeId);
      enter(to, toId, from, fromId, inverseTypeId);
    },
    unlink: (from, fromId, to, toId, type) => {
      leave(from, fromId, to, toId, type?.typeId);
      leave(to, toId, from, fromId, type?.inverseTypeId);
    },
    move: (object, oldId, newId) => {
      for (const other of objectNames) {
        for (const [otherId, types] of linked(object, oldId, other)) {
          if (other === object && otherId === newId) continue;
          for (const typeId of types) enter(object, newId, other, otherId, typeId);
          for (const typeId of side(other, object).get(otherId)?.get(oldId) ?? [])
            enter(other, otherId, object, newId, typeId);
        }
      }
      forget(object, oldId);
    },
    clear: () => sides.clear(),
  };
}
