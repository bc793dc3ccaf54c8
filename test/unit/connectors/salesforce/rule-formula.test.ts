import fc from "fast-check";
import { expect, test } from "vitest";
import { readFormula } from "../../../../src-main/connectors/salesforce/rule-formula.ts";
import type { RuleCondition } from "../../../../src-shared/domain/crm-schema.ts";

const unknown: RuleCondition = { unknown: true };
const blank = (name: string): RuleCondition => ({ blank: name });

test.each<readonly [string, RuleCondition]>([
  ["ISBLANK(Subject)", blank("Subject")],
  ["  NOT( ISBLANK(Subject) ) ", { not: blank("Subject") }],
  ["!ISBLANK(Subject)", { not: blank("Subject") }],
  ["AND(ISBLANK(A), ISNULL(B))", { all: [blank("A"), blank("B")] }],
  ["OR(ISBLANK(A), ISBLANK(B))", { any: [blank("A"), blank("B")] }],
  ["ISBLANK(A) && ISBLANK(B) || ISBLANK(C)", { any: [{ all: [blank("A"), blank("B")] }, blank("C")] }],
  ["ISBLANK(A) && (ISBLANK(B) || ISBLANK(C))", { all: [blank("A"), { any: [blank("B"), blank("C")] }] }],
  ['ISPICKVAL(Status, "Completed")', { field: "Status", is: "eq", value: "Completed" }],
  ['TEXT(Status) <> "Open"', { field: "Status", is: "ne", value: "Open" }],
  ["Subject = 'It\\'s'", { field: "Subject", is: "eq", value: "It's" }],
  ['Subject = ""', blank("Subject")],
  ["Amount__c != NULL", { not: blank("Amount__c") }],
  ["CallDurationInSeconds < 5", { field: "CallDurationInSeconds", is: "lt", value: 5 }],
  ["5 < CallDurationInSeconds", { field: "CallDurationInSeconds", is: "gt", value: 5 }],
  ["CallDurationInSeconds >= -1", { field: "CallDurationInSeconds", is: "ge", value: -1 }],
  ["LEN(Subject) > 20", { lengthOf: "Subject", is: "gt", value: 20 }],
  ['BEGINS(Subject, "Call")', { field: "Subject", text: "begins", value: "Call" }],
  ['CONTAINS(Subject, "x")', { field: "Subject", text: "contains", value: "x" }],
  ['REGEX(Subject, "[A-Z]+")', { field: "Subject", matches: "^(?:[A-Z]+)$" }],
  ["IsDone__c", { field: "IsDone__c", is: "eq", value: true }],
  ["TRUE", { always: true }],
  ["ISBLANK(A) = TRUE", blank("A")],
  ["/* why */ ISBLANK(A)", blank("A")],
])("%s is read", (formula, condition) => {
  expect(readFormula(formula)).toEqual(condition);
});

test.each([
  "Account.Name = 'x'",
  '$Profile.Name = "Sales"',
  "ActivityDate < TODAY()",
  "ISCHANGED(Subject)",
  "Amount__c * 2 > 10",
  'REGEX(Subject, "(a+)+b")',
  'VLOOKUP(A, B, "c") = "x"',
])("what %s says cannot be told here", (formula) => {
  expect(readFormula(formula)).toEqual(unknown);
});

test("a part that cannot be told stays apart from what can", () => {
  expect(readFormula('AND(ISBLANK(A), $User.Alias = "x")')).toEqual({ all: [blank("A"), unknown] });
});

test.each(["", "ISBLANK(", "AND(A B)", "A =", "(A", 'A = "x', "1 2", "#", "x".repeat(5_000)])(
  "%j is no formula that is read",
  (text) => {
    expect(readFormula(text)).toEqual(unknown);
  },
);

test("no text makes it throw or hang", () => {
  const part = fc.constantFrom(
    "AND",
    "NOT",
    "ISBLANK",
    "(",
    ")",
    ",",
    "A",
    '"x"',
    "=",
    "<",
    "!",
    "&&",
    "||",
    "-",
    "1",
    " ",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
      expect(typeof readFormula(parts.join(""))).toBe("object");
    }),
  );
});
