import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Emulator } from '../emulator.js';
import { defaultSigningKeyId, defaultTenantId, fusionAuthApplicationId } from '../store/defaults.js';
import { substitute } from './substitution.js';

/** A kickstart file, read and with every placeholder replaced. */
export interface Kickstart {
  /** The id the default tenant is to have: the variable `defaultTenantId`. */
  readonly tenantId: string;
  /** The first key, which may do everything. The requests are made with it. */
  readonly apiKey: string;
  readonly apiKeys: readonly KickstartKey[];
  readonly requests: readonly KickstartRequest[];
}

type KickstartKey = z.output<typeof apiKeyJson>;
type KickstartRequest = z.output<typeof requestJson>;

/**
 * Reads a file in the format of FusionAuth's kickstart documentation: `variables`, `apiKeys` and `requests`. Settings
 * and licences are ignored.
 *
 * @throws Error naming every problem of the file at once.
 */
export function readKickstart(file: string, environment: Readonly<Record<string, string | undefined>>): Kickstart {
  const parsed = fileJson.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) {
    throw new Error(`${file} is no kickstart file:\n${z.prettifyError(parsed.error)}`);
  }
  const problems: string[] = [];
  const directory = dirname(file);
  const variables = new Map([
    ['FUSIONAUTH_APPLICATION_ID', fusionAuthApplicationId],
    ['FUSIONAUTH_DEFAULT_SIGNING_KEY_ID', defaultSigningKeyId],
  ]);
  for (const [name, value] of Object.entries(parsed.data.variables)) {
    variables.set(name, `${substitute(value, { variables, environment, directory }, problems)}`);
  }
  const tenantId = variables.get('defaultTenantId') ?? defaultTenantId;
  variables.set('FUSIONAUTH_TENANT_ID', tenantId);
  const { apiKeys, requests } = parsed.data;
  const replaced = substitute({ apiKeys, requests }, { variables, environment, directory }, problems);
  if (problems.length > 0) {
    throw new Error(`${file} cannot be carried out:\n${[...new Set(problems)].join('\n')}`);
  }
  const complete = fileJson.parse(replaced);
  const [first] = complete.apiKeys;
  if (first === undefined || first.permissions?.endpoints !== undefined || first.tenantId !== undefined) {
    throw new Error(`${file}: the first API key must exist and be unrestricted`);
  }
  return { tenantId, apiKey: first.key, apiKeys: complete.apiKeys, requests: complete.requests };
}

/**
 * Adds the keys and makes the requests, in order, on an emulator started with the kickstart's tenant id and API key.
 *
 * @throws Error with the answer of the first request that is refused.
 */
export async function runKickstart(emulator: Emulator, kickstart: Kickstart): Promise<void> {
  for (const { description, key, ...rest } of kickstart.apiKeys.slice(1)) {
    emulator.store.addApiKey({ key, name: description, ...rest });
  }
  for (const [index, request] of kickstart.requests.entries()) {
    const { method, url, body, tenantId, contentType = 'application/json' } = request;
    const answer = await fetch(`${emulator.url}${url}`, {
      method,
      headers: {
        authorization: kickstart.apiKey,
        'content-type': contentType,
        ...(tenantId === undefined ? {} : { 'x-fusionauth-tenantid': tenantId }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) {
      const text = await answer.text();
      throw new Error(`Kickstart request ${index}, ${method} ${url}, was answered ${answer.status} ${text}`);
    }
  }
}

const apiKeyJson = z.object({
  key: z.string().min(1),
  description: z.string().optional(),
  tenantId: z.string().optional(),
  keyManager: z.boolean().optional(),
  permissions: z
    .object({ endpoints: z.record(z.string(), z.array(z.string())).optional() })
    .transform(({ endpoints }) => (endpoints === undefined ? {} : { endpoints }))
    .optional(),
});

const requestJson = z.object({
  method: z.enum(['POST', 'PUT', 'PATCH']),
  url: z.string(),
  body: z.unknown().optional(),
  tenantId: z.string().optional(),
  contentType: z.string().optional(),
});

const fileJson = z.object({
  variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  apiKeys: z.array(apiKeyJson).default([]),
  requests: z.array(requestJson).default([]),
});
