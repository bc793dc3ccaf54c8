import type { Database } from "better-sqlite3";
import type { Tenant, TenantStore } from "../ports/integration-store.ts";
import { MissingRowError } from "./store-errors.ts";
import type { Transact } from "./transaction.ts";

/** Phone systems of a tenant, by the name that is part of the call ids. */
export type PhoneSystems = Readonly<{
  /** Row id of the phone system; made where it is new. The tenant must exist. */
  ensure(tenant: string, name: string, at: number): number;
  find(tenant: string, name: string): number | undefined;
}>;

export function createTenantStore(db: Database, transact: Transact): TenantStore {
  const columns = "id, slug, created_at AS createdAt FROM tenant";
  const all = db.prepare<[], Tenant>(`SELECT ${columns} ORDER BY id`);
  const bySlug = db.prepare<[string], Tenant>(`SELECT ${columns} WHERE slug = ?`);
  const insert = db.prepare<[string, number], Tenant>(
    "INSERT INTO tenant (slug, created_at) VALUES (?, ?) RETURNING id, slug, created_at AS createdAt",
  );
  return {
    list: () => all.all(),
    find: (slug) => bySlug.get(slug),
    ensure: (slug, at) =>
      transact.run(() => {
        const tenant = bySlug.get(slug) ?? insert.get(slug, at);
        if (tenant === undefined) throw new MissingRowError(`tenant ${slug} was not stored`);
        return tenant;
      }),
  };
}

export function createPhoneSystems(db: Database, transact: Transact, tenants: TenantStore): PhoneSystems {
  const find = db
    .prepare<[string, string], number>(
      "SELECT p.id FROM phone_system p JOIN tenant t ON t.id = p.tenant_id WHERE t.slug = ? AND p.name = ?",
    )
    .pluck();
  const insert = db
    .prepare<[number, string, number], number>(
      "INSERT INTO phone_system (tenant_id, name, created_at) VALUES (?, ?, ?) RETURNING id",
    )
    .pluck();
  return {
    find: (tenant, name) => find.get(tenant, name),
    ensure: (tenant, name, at) =>
      transact.run(() => {
        const known = find.get(tenant, name);
        if (known !== undefined) return known;
        const owner = tenants.find(tenant);
        if (owner === undefined) throw new MissingRowError(`There is no tenant "${tenant}".`);
        const id = insert.get(owner.id, name, at);
        if (id === undefined) throw new MissingRowError(`phone system ${name} was not stored`);
        return id;
      }),
  };
}
