import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/**
 * The bundle of the console. Its addresses are relative, so that it works below any BASE_PATH; nothing is inlined, so
 * that its content security policy needs no exception.
 */
export default defineConfig({
  root: fileURLToPath(new URL('src/console', import.meta.url)),
  base: './',
  publicDir: false,
  build: {
    outDir: fileURLToPath(new URL('dist/console', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: '127.0.0.1',
    strictPort: true,
    // For `vite --config console.vite.config.ts` beside a service that runs already.
    proxy: Object.fromEntries(
      ['/graphql', '/health', '/console/login', '/console/callback', '/console/logout'].map((path) => [
        path,
        {
          target: process.env['CONSOLE_SERVICE_URL'] ?? 'http://127.0.0.1:4000',
          ...(process.env['CONSOLE_SERVICE_KEY'] === undefined
            ? {}
            : { headers: { authorization: `Bearer ${process.env['CONSOLE_SERVICE_KEY']}` } }),
        },
      ]),
    ),
  },
});
