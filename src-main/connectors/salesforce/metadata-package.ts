import { apiVersion } from "./wire.ts";

/** Files by their path within a folder. */
export type SetupFiles = ReadonlyMap<string, string>;

const version = apiVersion.replace(/^v/, "");
const header = '<?xml version="1.0" encoding="UTF-8"?>';
const namespace = 'xmlns="http://soap.sforce.com/2006/04/metadata"';

const permissionSetName = "CallLedger_Agent";

const toFieldXml = (keyField: string): string => `${header}
<CustomField ${namespace}>
    <fullName>${keyField}</fullName>
    <label>Call Sync Key</label>
    <description>Identifies the call in the phone log. Written by CallLedger; do not edit.</description>
    <type>Text</type>
    <length>255</length>
    <externalId>true</externalId>
    <unique>true</unique>
    <caseSensitive>true</caseSensitive>
    <required>false</required>
</CustomField>
`;

/** A field on Activity is granted under the name of Task. */
const toPermissionSetXml = (keyField: string): string => `${header}
<PermissionSet ${namespace}>
    <label>CallLedger Agent</label>
    <description>What the user of CallLedger needs beside tasks and people.</description>
    <fieldPermissions>
        <editable>true</editable>
        <field>Task.${keyField}</field>
        <readable>true</readable>
    </fieldPermissions>
    <userPermissions>
        <enabled>true</enabled>
        <name>ApiEnabled</name>
    </userPermissions>
</PermissionSet>
`;

const project = `${JSON.stringify(
  {
    packageDirectories: [{ path: "force-app", default: true }],
    namespace: "",
    sfdcLoginUrl: "https://login.salesforce.com",
    sourceApiVersion: version,
  },
  null,
  2,
)}
`;

const toReadme = (keyField: string): string => `# CallLedger: the key field

CallLedger needs one field on Activity, so that no call is ever written twice: \`${keyField}\`, a text of 255 characters,
external id, unique, case sensitive. It shows on tasks and events. An administrator puts it there in one of two ways.

## By hand

1. Setup, Object Manager, Activity, Fields & Relationships, New: Text.
2. Label "Call Sync Key", length 255, name \`${keyField.replace(/__c$/, "")}\`.
3. Tick "Unique" (treat "ABC" and "abc" as different values) and "External ID".
4. On the next page make the field visible for the profile of CallLedger's user, not read-only. It need not be on a page layout.

## With the Salesforce CLI, from this folder

1. \`sf org login web --alias my-org\`
2. \`sf project deploy start --source-dir force-app --target-org my-org\`
3. \`sf org assign permset --name ${permissionSetName} --on-behalf-of USERNAME --target-org my-org\`

Then run the connection check again. An org that has another unique external id field on Activity can use that one instead:
name it in the integration's setting \`keyField\`.
`;

/** A folder that an administrator deploys: the field, a permission set that opens it, and the steps in words. */
export function toSetupFiles(keyField: string): SetupFiles {
  const base = "force-app/main/default";
  return new Map([
    ["README.md", toReadme(keyField)],
    ["sfdx-project.json", project],
    [`${base}/objects/Activity/fields/${keyField}.field-meta.xml`, toFieldXml(keyField)],
    [`${base}/permissionsets/${permissionSetName}.permissionset-meta.xml`, toPermissionSetXml(keyField)],
  ]);
}
