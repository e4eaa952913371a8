import { readFileSync } from 'node:fs';

const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** The options of Node.js with which `npm start` starts the service. */
export const startOptions = scripts.start.split(' ').filter((word) => word.startsWith('--'));
