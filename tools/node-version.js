// Loaded before every program here (package.json, cdk.json, vitest.config.ts), by any Node: plain JavaScript of 2015.
// An older Node ends in one line: 20 could not read TypeScript, 22 has no `await using`, and up to 24.1 none has
// `import.meta.main`, so that a program would end at once and do nothing.
const needed = [24, 2];
const found = process.versions.node.split(".").map(Number);
if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  console.error(
    `Frontdesk needs Node ${needed.join(".")} or newer, which npm ci brings along, and this is Node ${process.versions.node}. ` +
      "If npm ci ran no install scripts: npm rebuild node --ignore-scripts=false",
  );
  process.exit(1);
}
