import { expect, test } from "vitest";
import { optionNames } from "../../cdk/deploy-options.ts";
import { acceptedByCfnLint } from "../../template-test/accepted.ts";
import { linters } from "../../template-test/findings.ts";
import { type Assembly, everyOption, type Resource } from "../../template-test/synthesis.ts";

const queue = (sseEnabled: boolean): Resource => ({
  Type: "AWS::SQS::Queue",
  Properties: { SqsManagedSseEnabled: sseEnabled },
});
const lambda = (path: string): Resource => ({
  Type: "AWS::Lambda::Function",
  Metadata: { "aws:cdk:path": `${path}/Function/Resource` },
});
const assembly: Assembly = {
  name: "",
  folder: "",
  resources: new Map([
    [
      "FrontdeskApi",
      { Open: queue(false), Sealed: queue(true), Ping: lambda("FrontdeskApi/Ping"), Pong: lambda("FrontdeskApi/Pong") },
    ],
  ]),
  acceptedByNag: new Map([["FrontdeskApi/Ping", [{ rule: "HIPAA.Security-LambdaInsideVPC", reason: "because" }]]]),
};
const accepts = (name: string, rule: string, on: string) =>
  linters.find((each) => each.name === name)?.accepts(assembly, { stack: "FrontdeskApi", rule, on, message: "" });

test("a finding that nobody has accepted is refused", () => {
  expect(accepts("cfn-lint", "W9999", "Ping")).toBe(false);
  expect(accepts("checkov", "CKV_AWS_9999", "Ping")).toBe(false);
});

test("a finding is accepted on the types of resources that its reason is about, and on no other", () => {
  expect(accepts("cfn-lint", "W3005", "Ping")).toBe(true);
  expect(accepts("cfn-lint", "W3005", "Sealed")).toBe(false);
  expect(accepts("cfn-lint", "W6001", "Output DocsUrl")).toBe(true);
  expect(accepts("cfn-lint", "W6001", "Output ApiUrl")).toBe(false);
});

test("a finding is accepted only while its reason is true of the resource", () => {
  expect(accepts("checkov", "CKV_AWS_27", "Sealed")).toBe(true);
  expect(accepts("checkov", "CKV_AWS_27", "Open")).toBe(false);
});

test("what cdk-nag says too is accepted where the finding of cdk-nag is accepted", () => {
  expect(accepts("checkov", "CKV_AWS_117", "Ping")).toBe(true);
  expect(accepts("checkov", "CKV_AWS_117", "Pong")).toBe(false);
  expect(accepts("checkov", "CKV_AWS_116", "Ping")).toBe(false);
});

test("no error of cfn-lint is accepted", () => {
  expect(Object.keys(acceptedByCfnLint).filter((rule) => rule.startsWith("E"))).toEqual([]);
  expect(accepts("cfn-lint", "E3001", "Ping")).toBe(false);
});

/** Options that `everyOption` leaves out, and why. */
const leftOut = {
  name: "It changes names only, and npm run sam:template reads the stacks by their usual names.",
  certificateArn: "With a certificate of the deployer the stacks make none of their own.",
  edgeCertificateArn: "With a certificate of the deployer the stacks make none of their own.",
};

test("npm run test:templates gives every option a value, or there is a reason why not", () => {
  expect([...Object.keys(everyOption), ...Object.keys(leftOut)].sort()).toEqual([...optionNames].sort());
});
