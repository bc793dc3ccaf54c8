import { expect, test } from "vitest";
import { parse } from "yaml";
import { readProjectFile } from "../../../build/checks/project-files.ts";
import { connectorKinds } from "../../../src-main/connectors/registry.ts";
import { ownershipContract } from "../../../src-shared/domain/ownership.ts";

test.each(Object.keys(connectorKinds))(
  "the document of %s lists the fields of its default contract, and no others",
  (crm) => {
    const kind = Object.entries(connectorKinds).find(([name]) => name === crm)?.[1];
    const contract = ownershipContract.parse(parse(kind?.readDefaultContract({}) ?? ""));
    const wanted = Object.entries(contract.objects).flatMap(([object, { fields }]) =>
      Object.entries(fields).map(([field, { own }]) => `${object} ${field} ${own}`),
    );
    const rows = readProjectFile(`docs/connectors/${crm}.md`).matchAll(
      /^\| (\w+) +\| ((?:`\w+`(?:, )?)+) +\| `(agent|fill-blank|crm|append)` +\|/gm,
    );
    const listed = [...rows].flatMap(([, object, fields = "", own]) =>
      [...fields.matchAll(/`(\w+)`/g)].map(([, field]) => `${object} ${field} ${own}`),
    );
    expect(listed.toSorted()).toEqual(wanted.toSorted());
  },
);

test.each(Object.entries(connectorKinds))(
  "the document of %s lists its settings, and no others",
  (crm, { settings }) => {
    const section = readProjectFile(`docs/connectors/${crm}.md`).split("## Settings\n")[1]?.split("\n## ")[0] ?? "";
    const rows = [...section.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name);
    expect(new Set(rows)).toEqual(new Set(settings.names));
    expect(rows).toHaveLength(settings.names.length);
  },
);
