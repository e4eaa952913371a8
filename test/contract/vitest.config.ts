import { defineConfig } from 'vitest/config';
import { ContractReporter } from './report.js';
import { parseTarget } from './target.js';

const target = parseTarget(process.env);
if (!target.ok) {
  process.stderr.write(`The contract runs against a FusionAuth instance.\n${target.problems.join('\n')}\n`);
  process.exit(1);
}

export default defineConfig({
  test: {
    include: ['test/contract/instance.contract.ts'],
    reporters: ['default', new ContractReporter(target, process.env['CONTRACT_REPORT'])],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
