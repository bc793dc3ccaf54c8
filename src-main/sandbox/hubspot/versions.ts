/**
 * The dated form of a path: `/crm/v3/objects/contacts` means what `/crm/objects/v3/contacts` would. Paths that carry their
 * version in the place of the dated ones stay as they are.
 */
export function toDatedPath(path: string): string {
  const numbered = /^\/crm\/(v\d+)\/([a-z-]+)(.*)$/.exec(path);
  if (numbered === null) return path;
  const [, version = "", area = "", rest = ""] = numbered;
  return area === "schemas" ? `/crm-object-schemas/${version}/schemas${rest}` : `/crm/${area}/${version}${rest}`;
}
