import { keptKinds, keptSettings } from '../../src/emulator/api/kept-kinds.js';
import { keptRelations } from '../../src/emulator/api/kept-relations.js';
import type { Emulator } from '../../src/emulator/emulator.js';
import { fusionAuthPaths } from '../../src/emulator/fusionauth-paths.js';
import { callApi } from '../support/api-client.js';

type Treatment = 'emulated' | 'kept' | 'refused';

/** What the emulator keeps without effect, by the paths' beginnings. */
const keptPaths = [
  ...keptKinds.map(({ basePath }) => basePath),
  ...keptSettings.map(({ basePath }) => basePath),
  ...keptRelations.flatMap(({ path, searchPath }) => (searchPath === undefined ? [path] : [path, searchPath])),
  '/api/user/family',
  '/api/webauthn',
  '/api/email/send',
];

const someId = '00000000-0000-0000-0000-0000000000ff';

/** How a running emulator treats an endpoint, as it turns out when it is called. */
export async function treatmentOf(emulator: Emulator, method: string, path: string): Promise<Treatment> {
  const body = method === 'GET' ? {} : { body: {} };
  const answer = await callApi(emulator, method, path.replace(/:\w+/g, someId), body);
  if (answer.status === 405 || answer.status >= 500) {
    if (answer.status === 501 && answer.text.includes('[NotEmulated]')) return 'refused';
    throw new Error(`${method} ${path} was answered ${answer.status}`);
  }
  return keptPaths.some((kept) => path === kept || path.startsWith(`${kept}/`)) ? 'kept' : 'emulated';
}

/** The table of FusionAuth's API, a row for each path and treatment. */
export async function endpointTable(emulator: Emulator): Promise<string> {
  const rows: string[] = [];
  for (const [path, methods] of Object.entries(fusionAuthPaths)) {
    const byTreatment = new Map<Treatment, string[]>();
    for (const method of methods.split(' ')) {
      const treatment = await treatmentOf(emulator, method, path);
      byTreatment.set(treatment, [...(byTreatment.get(treatment) ?? []), method]);
    }
    for (const [treatment, ofTreatment] of byTreatment) {
      rows.push(`| \`${path}\` | ${ofTreatment.join(', ')} | ${treatment} |`);
    }
  }
  return ['| path | methods | how |', '| --- | --- | --- |', ...rows].join('\n');
}
