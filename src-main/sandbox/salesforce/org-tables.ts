import { findHistory } from "./activity-histories.ts";
import { findChildren } from "./child-relationships.ts";
import type { FieldDefinition } from "./field-definition.ts";
import { objectOfId, toObjectName, type ObjectName } from "./object-types.ts";
import type { OrgRecord } from "./org-record.ts";
import { keyIndex, toKeyValue } from "./org-records.ts";
import { orgId, type Org, type OrgUser } from "./org.ts";
import { createFixedTable, toColumn, toFixedRow, type Column, type Row, type Table } from "./query-table.ts";
import { normaliseId } from "./record-id.ts";
import { isArchived, readValue } from "./record-values.ts";
import { administratorProfile, setupTable, withProfile } from "./setup-tables.ts";

/** What SOQL of the org can be made from, at a version's base path (`/services/data/v67.0`). */
export function orgTable(org: Org, name: string, base: string): Table | undefined {
  const object = toObjectName(name);
  if (object !== undefined) return canRead(org, object) ? recordTable(org, object, base) : undefined;
  switch (name.toLowerCase()) {
    case "user":
      return userTable(org, base);
    case "organization":
      return organizationTable(org, base);
    case "taskstatus":
      return taskStatusTable(org, base);
    default:
      return setupTable(org, name, base);
  }
}

function canRead({ config }: Org, object: ObjectName): boolean {
  if (object === "Event") return true;
  return config.current().objectPermissions[object]?.includes("read") ?? true;
}

function toFieldColumn({ name, type, caseSensitive, length, custom }: FieldDefinition): Column {
  return { name, type, caseSensitive, long: type === "textarea" && length > 255, custom };
}

/** Records as queries see them: with the lag of reads, and only those that the token's user may see. */
export function recordTable(org: Org, object: ObjectName, base: string): Table {
  const { records, schema, clock } = org;
  const shows = (record: OrgRecord, all: boolean): boolean => {
    if (!records.isVisible(record)) return false;
    if (record.deletedAt !== undefined)
      return all && record.deletedAt + org.config.current().recycleBinMs > clock.now();
    return all || !isArchived(record, clock.now());
  };
  return {
    name: object,
    columns: () => schema.fields(object).map(toFieldColumn),
    column: (name) => {
      const field = schema.find(object, name);
      return field === undefined ? undefined : toFieldColumn(field);
    },
    parent: (relationship) => {
      const link = findLink(org, object, relationship);
      if (link === undefined || link.relationshipName === null) return undefined;
      return { name: link.relationshipName, table: parentTable(org, link, base) };
    },
    children: (relationship) => {
      const history = findHistory(object, relationship, () => recordTable(org, "Task", base));
      if (history !== undefined) return canRead(org, "Task") ? history : undefined;
      const child = findChildren(org, object, relationship);
      if (child === undefined || child.name === null || !canRead(org, child.object)) return undefined;
      return { name: child.name, table: recordTable(org, child.object, base), column: child.field };
    },
    *rows(all) {
      for (const record of records.readView(object).iterate())
        if (shows(record, all)) yield toRecordRow(org, record, base);
    },
    find: (column, values, all) => {
      const found = findIndexed(org, object, column, values);
      return found?.filter((record) => shows(record, all)).map((record) => toRecordRow(org, record, base));
    },
  };
}

function findIndexed(
  org: Org,
  object: ObjectName,
  column: string,
  values: readonly string[],
): readonly OrgRecord[] | undefined {
  const view = org.records.readView(object);
  if (column.toLowerCase() === "id")
    return [...new Set(values.map((value) => normaliseId(value)))].flatMap((id) =>
      id === undefined ? [] : (view.get(id) ?? []),
    );
  const field = org.schema.find(object, column);
  if (field === undefined || !view.hasIndex(keyIndex(field.name))) return undefined;
  const found = new Set(values.flatMap((value) => view.find(keyIndex(field.name), toKeyValue(value, field))));
  return [...found];
}

function findLink({ schema }: Org, object: ObjectName, relationship: string): FieldDefinition | undefined {
  return schema
    .fields(object)
    .find(({ relationshipName }) => relationshipName?.toLowerCase() === relationship.toLowerCase());
}

/** Who, What and Owner may be of several objects: then only what all have in common can be asked for. */
function parentTable(org: Org, { referenceTo }: FieldDefinition, base: string): Table {
  const [only] = referenceTo;
  const object = only === undefined ? undefined : toObjectName(only);
  if (referenceTo.length === 1 && object !== undefined) return recordTable(org, object, base);
  return referenceTo.includes("User") ? userTable(org, base) : nameTable(base);
}

function nameTable(base: string): Table {
  const columns = ["Id", "Name", "Type", "FirstName", "LastName", "Phone", "Email", "Title"].map((name) =>
    toColumn(name, name === "Id" ? "id" : "string"),
  );
  return createFixedTable("Name", columns, () => [], base);
}

export function toRecordRow(org: Org, record: OrgRecord, base: string): Row {
  return {
    get: (column) => {
      if (column === "Type" && org.schema.find(record.object, "Type") === undefined) return record.object;
      const field = org.schema.find(record.object, column);
      return field === undefined ? null : readValue(org, record, field);
    },
    parent: (relationship) => {
      const link = findLink(org, record.object, relationship);
      const id = link === undefined ? null : readValue(org, record, link);
      return link === undefined || typeof id !== "string" ? undefined : followLink(org, link, id, base);
    },
    attributes: { type: record.object, url: `${base}/sobjects/${record.object}/${record.id}` },
  };
}

function followLink(org: Org, { referenceTo }: FieldDefinition, id: string, base: string): Row | undefined {
  if (referenceTo.includes("User")) {
    const user = org.findUser(id);
    if (user === undefined) return undefined;
    const [row] = withProfile([toFixedRow("User", toUserValues(user), base)], base);
    return row;
  }
  const object = objectOfId(id);
  const record = object === undefined ? undefined : org.records.readView(object).get(id);
  if (record === undefined || record.deletedAt !== undefined || !org.records.isVisible(record)) return undefined;
  return toRecordRow(org, record, base);
}

const userColumns: readonly Column[] = [
  toColumn("Id", "id"),
  ...["Name", "FirstName", "LastName", "Username", "UserType", "Alias", "TimeZoneSidKey"].map((name) => toColumn(name)),
  toColumn("Email", "email"),
  toColumn("Phone", "phone"),
  toColumn("IsActive", "boolean"),
  toColumn("ProfileId", "reference"),
];

function userTable(org: Org, base: string): Table {
  const users = createFixedTable("User", userColumns, () => org.users().map(toUserValues), base);
  return {
    ...users,
    parent: (relationship) => {
      const profiles = relationship.toLowerCase() === "profile" ? setupTable(org, "Profile", base) : undefined;
      return profiles === undefined ? undefined : { name: "Profile", table: profiles };
    },
    rows: (all) => withProfile([...users.rows(all)], base),
  };
}

function toUserValues({ id, name, email, username, active }: OrgUser): Readonly<Record<string, unknown>> {
  const [first = "", ...rest] = name.split(" ");
  return {
    Id: id,
    Name: name,
    FirstName: rest.length === 0 ? null : first,
    LastName: rest.length === 0 ? first : rest.join(" "),
    Username: username,
    Email: email,
    Alias: name.slice(0, 8),
    UserType: "Standard",
    TimeZoneSidKey: "Europe/London",
    IsActive: active,
    ProfileId: administratorProfile.Id,
  };
}

const organizationTypes = {
  developer: "Developer Edition",
  enterprise: "Enterprise Edition",
  unlimited: "Unlimited Edition",
  sandbox: "Enterprise Edition",
} as const;

function organizationTable({ config }: Org, base: string): Table {
  const columns = [
    toColumn("Id", "id"),
    ...["Name", "OrganizationType", "InstanceName", "TimeZoneSidKey", "DefaultLocaleSidKey", "Country"].map((name) =>
      toColumn(name),
    ),
    toColumn("IsSandbox", "boolean"),
  ];
  const row = (): Readonly<Record<string, unknown>> => ({
    Id: orgId,
    Name: "Test Org",
    OrganizationType: organizationTypes[config.current().plan],
    InstanceName: "GBR1",
    TimeZoneSidKey: "Europe/London",
    DefaultLocaleSidKey: "en_GB",
    Country: "GB",
    IsSandbox: config.current().plan === "sandbox",
  });
  return createFixedTable("Organization", columns, () => [row()], base);
}

function taskStatusTable({ schema }: Org, base: string): Table {
  const columns = [
    toColumn("Id", "id"),
    toColumn("MasterLabel"),
    toColumn("ApiName"),
    toColumn("SortOrder", "int"),
    toColumn("IsClosed", "boolean"),
    toColumn("IsDefault", "boolean"),
  ];
  const rows = () =>
    (schema.findAny("Task", "Status")?.picklist ?? []).map(({ value, isDefault }, position) => ({
      Id: `01J5g00000000${position + 1}AAA`.slice(0, 18),
      MasterLabel: value,
      ApiName: value,
      SortOrder: position + 1,
      IsClosed: value === "Completed",
      IsDefault: isDefault === true,
    }));
  return createFixedTable("TaskStatus", columns, rows, base);
}
