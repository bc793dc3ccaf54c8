import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** One line of the mount table. */
export type Mount = Readonly<{ point: string; type: string; options: string }>;

/** What is known of a folder that may hold the ledger. */
export type FolderFacts = Readonly<{
  platform: NodeJS.Platform;
  /** With links and mapped drives resolved, as far as the folder exists. */
  path: string;
  mounts: readonly Mount[];
  /** Folders that a sync program named in the environment (OneDrive on Windows). */
  syncedRoots: readonly string[];
  /** Files by which sync programs mark a folder they own, found in this folder or above it. */
  markers: readonly string[];
}>;

const shareTypes =
  /^(nfs\d?|cifs|smb\d?|smbfs|afpfs|afs|ncpfs|webdav|davfs\d?|ceph|glusterfs|lustre|beegfs|vboxsf|prl_fs|vmhgfs|fuse\.(sshfs|rclone|davfs\d?|gvfsd-fuse|glusterfs|vmhgfs-fuse|s3fs|google-drive-ocamlfuse|onedriver))$/i;

const syncNames: readonly Readonly<{ name: RegExp; program: string }>[] = [
  { name: /^dropbox( \(.+\)|-.+)?$/i, program: "Dropbox" },
  { name: /^onedrive( - .+|-.+)?$/i, program: "OneDrive" },
  { name: /^(icloud ?drive|mobile documents|com~apple~clouddocs)$/i, program: "iCloud Drive" },
  { name: /^(google ?drive( \(.+\)|-.+)?|my drive|drivefs)$/i, program: "Google Drive" },
  { name: /^cloudstorage$/i, program: "a cloud storage program" },
  { name: /^nextcloud\d*$/i, program: "Nextcloud" },
  { name: /^owncloud\d*$/i, program: "ownCloud" },
  { name: /^box( sync|-box)?$/i, program: "Box" },
  { name: /^(pcloud ?drive|pclouddrive)$/i, program: "pCloud" },
  { name: /^mega(sync)?( downloads)?$/i, program: "MEGA" },
];

const syncMarkers: Readonly<Record<string, string>> = {
  ".dropbox": "Dropbox",
  ".dropbox.cache": "Dropbox",
  ".stfolder": "Syncthing",
  ".owncloudsync.log": "ownCloud",
  ".tmp.drivedownload": "Google Drive",
  ".849C9593-D756-4E56-8D6E-42412F2A707B": "OneDrive",
};

const advice = "Choose a folder on a disk of this computer that no other program copies or syncs.";

function splitPath(path: string): readonly string[] {
  return path.split(/[\\/]+/).filter((part) => part !== "");
}

function isInside(path: string, root: string, platform: NodeJS.Platform): boolean {
  const fold = (text: string) => (platform === "linux" ? text : text.toLowerCase());
  const [inner, outer] = [splitPath(fold(path)), splitPath(fold(root))];
  return outer.length > 0 && outer.every((part, index) => inner[index] === part);
}

function shareProblem(facts: FolderFacts): string | undefined {
  if (facts.platform === "win32") {
    const isLocalDevice = /^\\\\[.?]\\(?!UNC\\)/i.test(facts.path);
    return /^(\\\\|\/\/)/.test(facts.path) && !isLocalDevice ? "is on a network share" : undefined;
  }
  const holders = facts.mounts.filter(({ point }) => point === "/" || isInside(facts.path, point, facts.platform));
  const mount = holders.toSorted((a, b) => b.point.length - a.point.length)[0];
  if (mount === undefined) return undefined;
  if (shareTypes.test(mount.type)) return `is on a network share (${mount.type} at ${mount.point})`;
  const isWindowsDrive = mount.type === "9p" && /(^|,)aname=drvfs\b/.test(mount.options);
  return isWindowsDrive ? `is on a Windows drive seen from Linux (${mount.point})` : undefined;
}

function syncProblem(facts: FolderFacts): string | undefined {
  for (const part of splitPath(facts.path)) {
    const found = syncNames.find(({ name }) => name.test(part));
    if (found !== undefined) return `is inside a folder that ${found.program} syncs ("${part}")`;
  }
  const root = facts.syncedRoots.find((candidate) => isInside(facts.path, candidate, facts.platform));
  if (root !== undefined) return `is inside a folder that OneDrive syncs ("${root}")`;
  const marker = facts.markers.find((candidate) => Object.hasOwn(syncMarkers, candidate));
  return marker === undefined
    ? undefined
    : `is inside a folder that ${syncMarkers[marker]} syncs ("${marker}" is there)`;
}

/**
 * Why a ledger in this folder would be damaged sooner or later, as a sentence with the way out, or undefined. SQLite
 * needs locks and shared memory that shares don't give, and a sync program copies half-written files.
 */
export function findFolderProblem(facts: FolderFacts): string | undefined {
  const problem = shareProblem(facts) ?? syncProblem(facts);
  return problem === undefined ? undefined : `The data folder ${facts.path} ${problem}. ${advice}`;
}

/** True for a folder of another computer: events and locks of its files are not to be relied on. */
export const isOnNetworkShare = (facts: FolderFacts): boolean => shareProblem(facts) !== undefined;

const unescapeMount = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** Lines of `/proc/mounts`. */
export function parseLinuxMounts(text: string): readonly Mount[] {
  return text.split("\n").flatMap((line) => {
    const [, point, type, options = ""] = line.split(" ");
    return point === undefined || type === undefined ? [] : [{ point: unescapeMount(point), type, options }];
  });
}

/** Lines of macOS's `mount`: `//user@server/share on /Volumes/share (smbfs, nodev)`. */
export function parseMacMounts(text: string): readonly Mount[] {
  return text.split("\n").flatMap((line) => {
    const match = / on (.+) \(([^,)]+),? ?([^)]*)\)$/.exec(line);
    return match === null ? [] : [{ point: match[1] ?? "", type: match[2] ?? "", options: match[3] ?? "" }];
  });
}

function readMounts(platform: NodeJS.Platform): readonly Mount[] {
  if (platform === "linux" && existsSync("/proc/mounts")) return parseLinuxMounts(readFileSync("/proc/mounts", "utf8"));
  if (platform === "darwin") return parseMacMounts(execFileSync("/sbin/mount", { encoding: "utf8", timeout: 10_000 }));
  return [];
}

/** The folder and all above it, nearest first. */
function ancestors(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...ancestors(parent)];
}

/** Facts of a folder on this machine; the folder need not exist yet. */
export function readFolderFacts(path: string, env: NodeJS.ProcessEnv = process.env): FolderFacts {
  const existing = ancestors(path).find((candidate) => existsSync(candidate)) ?? path;
  const real = existsSync(existing) ? realpathSync.native(existing) + path.slice(existing.length) : path;
  const roots = [env["OneDrive"], env["OneDriveConsumer"], env["OneDriveCommercial"]];
  return {
    platform: process.platform,
    path: real,
    mounts: readMounts(process.platform),
    syncedRoots: roots.flatMap((root) => (root === undefined || root === "" ? [] : [root])),
    markers: Object.keys(syncMarkers).filter((marker) => ancestors(real).some((at) => existsSync(join(at, marker)))),
  };
}
