import { afterAll, expect } from "vitest";

// This file runs before each test file that shares its process with others, and fails files that would affect the others.

/** Set once in a process, by `outside.ts`, by tests of logs and by libvips; right for all test files. */
const setOnce = [
  "AWS_ENDPOINT_URL_SESV2",
  "AWS_ENDPOINT_URL_SNS",
  "MAIL_FROM",
  "LOG_LEVEL",
  "AWS_SDK_UA_APP_ID",
  "VIPSHOME",
];
const environment = () => Object.fromEntries(Object.entries(process.env).filter(([name]) => !setOnce.includes(name)));

const before = environment();
afterAll(() => {
  expect(
    environment(),
    "a test file that changes the environment needs a process of its own: see ownProcess in vitest.config.ts",
  ).toEqual(before);
});
