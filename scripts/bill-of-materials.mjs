// Prints the bill of materials of the service (CycloneDX, JSON): each package that an installation brings, with version, hash and
// licence. `npm sbom --omit=dev` leaves out what a package for development needs, too, so it is given a lock without those.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const read = (name) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const { devDependencies: _development, ...manifest } = read('package.json');
const { packages, ...lock } = read('package-lock.json');
const { devDependencies: _locked, ...root } = packages[''];
const installed = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);

const folder = mkdtempSync(join(tmpdir(), 'bill-'));
try {
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const production = { ...lock, packages: { '': root, ...Object.fromEntries(installed) } };
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(production));
  const options = ['--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  execFileSync('npm', ['sbom', ...options], { cwd: folder, stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
