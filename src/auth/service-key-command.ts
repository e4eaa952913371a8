import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { permissions } from '../domain/caller.js';
import { hashServiceKey } from './service-keys.js';

const usage = `Usage: npm run service-key -- --name NAME --permissions LIST [options]
  --name NAME             what logs and audit records call the key
  --permissions LIST      comma-separated: ${permissions.join(', ')}
  --tenants LIST          comma-separated ids of tenants; default: any
  --applications LIST     comma-separated ids of applications; default: any
  --expires-in-days N     default: never

Prints the key once, for the service that calls, and the entry of SERVICE_KEYS, which holds only its hash.
`;

const { values } = parseArgs({
  options: {
    name: { type: 'string' },
    permissions: { type: 'string' },
    tenants: { type: 'string' },
    applications: { type: 'string' },
    'expires-in-days': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help || values.name === undefined || values.permissions === undefined) {
  process.stdout.write(usage);
  if (!values.help) process.exitCode = 1;
} else {
  // 256 bits: beyond guessing, so that a plain hash protects it.
  const key = randomBytes(32).toString('base64url');
  const days = values['expires-in-days'];
  const entry = {
    name: values.name,
    sha256: hashServiceKey(key).toString('hex'),
    permissions: listOf(values.permissions),
    ...(values.tenants === undefined ? {} : { tenantIds: listOf(values.tenants) }),
    ...(values.applications === undefined ? {} : { applicationIds: listOf(values.applications) }),
    ...(days === undefined ? {} : { expiresAt: new Date(Date.now() + Number(days) * 86_400_000).toISOString() }),
  };
  process.stdout.write(`Key, shown only now:\n  ${key}\nEntry for SERVICE_KEYS:\n  ${JSON.stringify(entry)}\n`);
}

function listOf(text: string): readonly string[] {
  return text.split(',').map((item) => item.trim());
}
