/** The vendor that `npm start` creates; the README uses it. */
export const demo = {
  applicationId: "demo",
  applicationPassword: "demo-application-password",
  clientKey: "DemoClientKey000000001",
} as const;
