// Every program loads this file first (package.json, cdk.json, vitest.config.ts). It is JavaScript of 2015, so that any
// Node can run it. A Node that is too old stops here with one line: 20 cannot read TypeScript, 22 has no `await using`,
// and 24.0 and 24.1 have no `import.meta.main`, so that a program would end at once without doing anything.
const needed = [24, 2];
const found = process.versions.node.split(".").map(Number);
if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  console.error(
    `Frontdesk needs Node ${needed.join(".")} or newer, which npm ci brings along, and this is Node ${process.versions.node}. ` +
      "If npm ci ran no install scripts: npm rebuild node --ignore-scripts=false",
  );
  process.exit(1);
}
