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
