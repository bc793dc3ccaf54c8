import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type FolderFacts,
  findFolderProblem,
  parseLinuxMounts,
  parseMacMounts,
  readFolderFacts,
} from "../../../src-main/engine/store/data-folder.ts";
import { openStore } from "../../../src-main/engine/store/open-store.ts";
import { UnsuitableFolderError } from "../../../src-main/engine/store/store-errors.ts";
import { createCountingRandom } from "../../builders/ledger.ts";
import { createVirtualClock } from "../../builders/virtual-clock.ts";

const facts = (change: Partial<FolderFacts>): FolderFacts => ({
  platform: "linux",
  path: "/home/alice/.local/share/callledger",
  mounts: [{ point: "/", type: "ext4", options: "rw" }],
  syncedRoots: [],
  markers: [],
  ...change,
});

describe("a folder on a disk of this computer is fine", () => {
  test.each([
    facts({}),
    facts({
      mounts: [
        { point: "/", type: "overlay", options: "rw" },
        { point: "/mnt/office", type: "nfs4", options: "rw" },
      ],
    }),
    facts({
      path: "/mnt/office2/data",
      mounts: [
        { point: "/mnt/office", type: "cifs", options: "" },
        { point: "/", type: "ext4", options: "" },
      ],
    }),
    facts({ platform: "win32", path: "C:\\Users\\alice\\AppData\\Local\\CallLedger", mounts: [] }),
    facts({ platform: "win32", path: "\\\\?\\C:\\Users\\alice\\CallLedger", mounts: [] }),
    facts({
      platform: "darwin",
      path: "/Users/alice/Library/Application Support/CallLedger",
      mounts: [{ point: "/", type: "apfs", options: "" }],
    }),
    facts({ path: "/home/alice/boxes/dropboxer/mydrive" }),
    facts({ platform: "win32", path: "C:\\OneDriveTools\\data", syncedRoots: ["C:\\Users\\alice\\OneDrive - Acme"] }),
  ])("$platform $path", (folder) => {
    expect(findFolderProblem(folder)).toBeUndefined();
  });
});

describe("a folder on a share is refused, with the reason", () => {
  const at = (type: string, options = "") =>
    facts({
      mounts: [
        { point: "/", type: "ext4", options: "" },
        { point: "/home", type, options },
      ],
    });
  test.each(["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuse.rclone", "davfs", "ceph", "vboxsf"])("%s", (type) => {
    expect(findFolderProblem(at(type))).toMatch(new RegExp(`network share \\(${type} at /home\\)\\. Choose a folder`));
  });

  test.each([
    [facts({ platform: "win32", path: "\\\\server\\share\\CallLedger", mounts: [] }), /network share/],
    [facts({ platform: "win32", path: "\\\\?\\UNC\\server\\share\\CallLedger", mounts: [] }), /network share/],
    [facts({ platform: "win32", path: "//server/share/CallLedger", mounts: [] }), /network share/],
    [
      facts({
        platform: "darwin",
        path: "/Volumes/Office/data",
        mounts: [{ point: "/Volumes/Office", type: "smbfs", options: "" }],
      }),
      /smbfs/,
    ],
    [
      facts({ path: "/mnt/c/data", mounts: [{ point: "/mnt/c", type: "9p", options: "rw,aname=drvfs;path=C:" }] }),
      /Windows drive/,
    ],
  ])("$platform $path", (folder, reason) => {
    expect(findFolderProblem(folder)).toMatch(reason);
  });
});

describe("a folder that another program syncs is refused, with its name", () => {
  test.each([
    ["/home/alice/Dropbox/CallLedger", "Dropbox"],
    ["/home/alice/Dropbox (Acme)/x", "Dropbox"],
    ["/Users/alice/Library/CloudStorage/OneDrive-Acme/x", "cloud storage"],
    ["/Users/alice/Library/Mobile Documents/com~apple~CloudDocs/x", "iCloud"],
    ["C:\\Users\\alice\\OneDrive - Acme\\CallLedger", "OneDrive"],
    ["C:\\Users\\alice\\iCloudDrive\\x", "iCloud"],
    ["G:\\My Drive\\CallLedger", "Google Drive"],
    ["/home/alice/GoogleDrive/x", "Google Drive"],
    ["/home/alice/Nextcloud/x", "Nextcloud"],
  ])("%s", (path, program) => {
    const platform = path.includes("\\") ? "win32" : "linux";
    expect(findFolderProblem(facts({ platform, path }))).toMatch(new RegExp(`${program}.* syncs`));
  });

  test("by the folders that OneDrive names, in any case of letters, and by the marks that programs leave", () => {
    const path = "C:\\Work\\Synced\\CallLedger";
    expect(findFolderProblem(facts({ platform: "win32", path, syncedRoots: ["c:\\work\\synced"] }))).toMatch(
      /OneDrive/,
    );
    expect(findFolderProblem(facts({ markers: [".stfolder"] }))).toMatch(/Syncthing/);
  });
});

test("mount tables are read as the systems write them", () => {
  expect(parseLinuxMounts("//srv/a /mnt/my\\040share cifs rw,vers=3 0 0\ntmpfs /tmp tmpfs rw 0 0\n")).toEqual([
    { point: "/mnt/my share", type: "cifs", options: "rw,vers=3" },
    { point: "/tmp", type: "tmpfs", options: "rw" },
  ]);
  expect(parseMacMounts("//alice@srv/a on /Volumes/my share (smbfs, nodev, nosuid)\n/dev/disk1 on / (apfs)\n")).toEqual(
    [
      { point: "/Volumes/my share", type: "smbfs", options: "nodev, nosuid" },
      { point: "/", type: "apfs", options: "" },
    ],
  );
});

test("marks above the folder are seen, links are followed, and the store does not open there", () => {
  const root = mkdtempSync(join(tmpdir(), "callledger-folder-"));
  mkdirSync(join(root, "synced"));
  writeFileSync(join(root, "synced", ".dropbox"), "");
  const dataDir = join(root, "synced", "deep", "data");
  expect(readFolderFacts(dataDir).markers).toEqual([".dropbox"]);
  expect(readFolderFacts(join(root, "data"), { OneDrive: "", OneDriveCommercial: root }).syncedRoots).toEqual([root]);
  const open = () => openStore({ dataDir, clock: createVirtualClock(), random: createCountingRandom(), mode: "write" });
  expect(open).toThrow(UnsuitableFolderError);
  rmSync(root, { recursive: true });
});
