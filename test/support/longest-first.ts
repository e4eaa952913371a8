import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The test files that take longest, the longest first: what begins last and takes long leaves the other cores idle. Vitest
 * remembers how long files took, but not in a fresh clone; there it goes by their size, which says little.
 */
const longest = [
  'console/browser',
  'console/circumstances',
  'postgres/outages',
  'packages/packages',
  'security/held-memory',
  'client/programs',
  'process',
  'policy/triggers',
  'events/fusionauth-events',
  'postgres/killed',
  'postgres/announced',
  'postgres/fail-over',
  'graphql/wrong-arguments',
  'postgres/histories',
  'enforcement/mixed-interleavings',
  'stores/postgres',
  'enforcement/interleavings',
  'doctor/mis-set',
  'policy/deny-new',
  'http/browser',
  'enforcement/randomised',
  'graphql/compiled-execution',
  'guard/proof',
  'webhook/requests',
  'security/shown-fields',
].map((name) => `/test/${name}.test.ts`);

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = longest.findIndex((name) => moduleId.endsWith(name));
      return index < 0 ? longest.length : index;
    };
    // Files of one rank stay in the order of vitest: the sort is stable.
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
