import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Bundles the pages into dist/console, from where services take them, as `npm run build` does. */
export async function buildPages(): Promise<void> {
  const configFile = fileURLToPath(new URL('../../../console.vite.config.ts', import.meta.url));
  await build({
    configFile,
    logLevel: 'error',
    mode: 'production',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
}
