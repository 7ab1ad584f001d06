// `npm ci` and `npm install` run this at their end. It installs sharp for Lambda's machine (cdk/sharp/.npmrc), which npm
// does not do on machines with another processor. Plain JavaScript, because npm runs it on the machine's own Node.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

try {
  // Windows starts npm only through its shell.
  execFileSync("npm", ["ci", "--loglevel=error"], {
    cwd: fileURLToPath(new URL("../cdk/sharp", import.meta.url)),
    stdio: ["ignore", "ignore", "pipe"],
    shell: process.platform === "win32",
  });
} catch (error) {
  // Only deployment needs it.
  const [reason] = String(error.stderr ?? error.message).split("\n");
  console.warn(
    `sharp for Lambda was not installed, so that \`cdk synth\` and \`cdk deploy\` will stop: ${reason}\n` +
      "Everything else works. To try again: npm ci --prefix cdk/sharp",
  );
}
