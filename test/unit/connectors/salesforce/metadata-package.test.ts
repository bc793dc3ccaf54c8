import { expect, test } from "vitest";
import { toSetupFiles } from "../../../../src-main/connectors/salesforce/metadata-package.ts";

test("the folder to deploy holds the field on Activity, a permission set, a project and the steps", () => {
  const files = toSetupFiles("Our_Key__c");
  expect([...files.keys()]).toEqual([
    "README.md",
    "sfdx-project.json",
    "force-app/main/default/objects/Activity/fields/Our_Key__c.field-meta.xml",
    "force-app/main/default/permissionsets/CallLedger_Agent.permissionset-meta.xml",
  ]);
  const field = files.get("force-app/main/default/objects/Activity/fields/Our_Key__c.field-meta.xml") ?? "";
  for (const line of [
    "<fullName>Our_Key__c</fullName>",
    "<type>Text</type>",
    "<length>255</length>",
    "<externalId>true</externalId>",
    "<unique>true</unique>",
    "<caseSensitive>true</caseSensitive>",
  ])
    expect(field).toContain(line);
  expect(files.get("force-app/main/default/permissionsets/CallLedger_Agent.permissionset-meta.xml")).toContain(
    "<field>Task.Our_Key__c</field>",
  );
  expect(JSON.parse(files.get("sfdx-project.json") ?? "")).toMatchObject({ sourceApiVersion: "67.0" });
  expect(files.get("README.md")).toContain("`Our_Key__c`");
});
