import { variableReference } from '../../dist/config/variable-reference.js';
import { table } from './table.mjs';

const introduction = `# Configuration

<!-- Written by \`npm run docs\` from src/config/variables. -->

Every setting is an environment variable. An empty variable counts as not set.

The service reports every problem of the configuration at once, and does not start. Problems are values out of bounds,
variables that have no effect beside the others, and unknown names that look like one of these, for example
\`CORS_ORIGIN\`. It ignores variables that FusionAuth and Kubernetes put beside them.

Several service keys may have one name, so that one can replace the other. Outside production, without \`SERVICE_KEYS\`,
the service makes up a key with every permission and prints it, also in front of your own FusionAuth: set
\`NODE_ENV=production\` wherever it matters.`;

const notes = {
  'The demo': 'Only without `FUSIONAUTH_URL`, and never in production; `DEMO_SERVICE_KEY` outside production.',
};

export function configurationPage() {
  const sections = variableReference().map(({ heading, variables }) => {
    const rows = variables.map(({ name, meaning, absent, values }) => [`\`${name}\``, meaning, absent, values]);
    const body = table(['variable', 'meaning', 'default', 'values'], rows);
    return [`## ${heading}`, notes[heading], body].filter((part) => part !== undefined).join('\n\n');
  });
  return `${[introduction, ...sections].join('\n\n')}\n`;
}
