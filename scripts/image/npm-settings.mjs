import { execFileSync } from 'node:child_process';

/** The machine's own, by which it reaches its registry. */
export const npmSettings = Object.fromEntries(
  ['registry', 'cafile'].flatMap((name) => {
    const value = execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim();
    return value === 'null' ? [] : [[`npm_config_${name}`, value]];
  }),
);
