// Loaded before every script of package.json (`node --import`), and plain JavaScript on purpose: a Node too old to run
// TypeScript files must still be able to say so.
const wanted = 24;
const major = Number(process.versions.node.split(".")[0]);

if (!(major >= wanted)) {
  console.error(
    `CallLedger runs on Node ${wanted}; this is Node ${process.versions.node}.\n` +
      "The right one comes with the project: run `npm ci`, then start commands by `npm run …`, which finds it by itself.\n" +
      "If `npm ci` was run with --ignore-scripts, run it again without: an install script puts Node in place.",
  );
  process.exit(1);
}
