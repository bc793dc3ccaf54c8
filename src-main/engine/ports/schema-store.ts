import type { ObjectSchema } from "../../../src-shared/domain/crm-schema.ts";

/** What a CRM said of its objects, and when (epoch ms). */
export type StoredSchema = Readonly<{ objects: readonly ObjectSchema[]; readAt: number }>;

/** The newest description of each integration's CRM: what it would refuse can be told without asking it. */
export interface SchemaStore {
  get(integrationId: number): StoredSchema | undefined;
  /** `isOurs`: fields that the contract writes. One that the baseline never knew joins it, as it is now. */
  put(integrationId: number, schema: StoredSchema, isOurs?: (object: string, field: string) => boolean): void;
  /** The one that stood when the field contract was made, or undefined. */
  baseline(integrationId: number): StoredSchema | undefined;
  /** The contract was made anew: from now on changes count from the newest description. */
  rebase(integrationId: number): void;
}
