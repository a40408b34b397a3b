// Bundles the report into one page: script, style sheet and skeleton, with nothing left to fetch.
//
//   node build.mjs [--out DIR]     DIR is web/dist unless said otherwise
//
// DIR/report.js and DIR/report.css are the bundle; DIR/page.html is the skeleton with both inside
// and two marks, which the C++ module `report` replaces by the title and the data.
// The page forbids itself every script but this one (by hash) and every connection.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const marks = ['<!--dosewright:title-->', '<!--dosewright:data-->'];

function outputFolder(args) {
  const at = args.indexOf('--out');
  if (at < 0) return join(here, 'dist');
  if (!args[at + 1]) throw new Error('--out needs a folder');
  return resolve(args[at + 1]);
}

async function loadBundler() {
  try {
    return await import('esbuild');
  } catch (error) {
    throw new Error(`esbuild is not installed (${error.code}): run \`npm ci\` in web/ first`);
  }
}

async function bundle(entry, esbuild) {
  const result = await esbuild.build({
    entryPoints: [join(here, 'report', entry)],
    absWorkingDir: here,
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
  });
  return result.outputFiles[0].text.trim();
}

// A browser hashes the text between <script> and </script>, so this is the very text that we place.
function securityPolicy(script) {
  const hash = createHash('sha256').update(script, 'utf8').digest('base64');
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function buildPage(script, style) {
  for (const part of [script, style]) {
    if (/<\/(script|style)/i.test(part)) throw new Error('the bundle would close its own element');
    if (marks.some((mark) => part.includes(mark))) throw new Error('the bundle holds a page mark');
  }
  const skeleton = readFileSync(join(here, 'report', 'page.html'), 'utf8');
  for (const mark of marks) {
    if (skeleton.split(mark).length !== 2) throw new Error(`page.html needs ${mark} exactly once`);
  }
  const parts = { policy: securityPolicy(script), style, script };
  return skeleton.replace(/@(policy|style|script)@/g, (_, name) => parts[name]);
}

async function main() {
  const out = outputFolder(process.argv.slice(2));
  const esbuild = await loadBundler();
  const script = await bundle('main.js', esbuild);
  const style = await bundle('report.css', esbuild);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'report.js'), script);
  writeFileSync(join(out, 'report.css'), style);
  writeFileSync(join(out, 'page.html'), buildPage(script, style));
  console.log(`report: ${Math.round(script.length / 1024)} KiB of script -> ${out}`);
}

main().catch((error) => {
  console.error(`web/build.mjs: ${error.message}`);
  process.exitCode = 1;
});
