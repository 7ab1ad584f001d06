/** Settings of the functions that are the same on every machine. A deployment states its own. */
export const functionDefaults = {
  TABLE_NAME: "frontdesk",
  DIRECT_DOMAIN: "direct.localhost",
  FILES_BUCKET: "frontdesk-files",
  EVENT_YEARS: "6",
  // Far more than one machine calls. The calls are counted as in AWS.
  ENTRANCES_PER_ADDRESS: "1000000",
  ENTRANCES_PER_APPLICATION: "1000000",
  LOG_LEVEL: "WARN",
} as const;

/** Sets environment variables that are not set yet. The functions' settings are read when the first request needs them. */
export function setDefaults(defaults: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(defaults)) process.env[name] ??= value;
}
