/** The record type of an org that has made none of its own. */
export const masterType = {
  name: "Master",
  developerName: "Master",
  recordTypeId: "012000000000000AAA",
  available: true,
  active: true,
  defaultRecordTypeMapping: true,
  master: true,
};
