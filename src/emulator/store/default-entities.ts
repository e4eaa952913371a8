import type { ApplicationInput } from './creators.js';
import { fusionAuthApplicationId } from './defaults.js';
import type { KeptDocument } from './document-table.js';
import type { ApplicationRole } from './records.js';

/** The read-only theme of every installation. */
const defaultThemeId = '75a068fd-e94b-451a-9aeb-3ddb9a3b5987';

/** The connector of users FusionAuth itself keeps; the same id in every installation. */
export const fusionAuthConnectorId = 'e3306678-a53a-4964-9040-1c96f36dda72';

/** The Tenant Manager application, unless the kickstart variable `tenantManagerApplicationId` names another id. */
export const tenantManagerApplicationId = '6fc2c3a5-27b5-4c5a-8f0c-7f1b6a1e0d01';

const tenantManagerRoleId = '631ecd9d-8d40-4c13-8277-80cedb823714';

/** The default forms, by the name kickstart files know them under. FusionAuth makes their ids up; here they are fixed. */
export const defaultFormIds = {
  adminRegistration: 'd1b1a3b4-6a0e-4c0d-9b6a-0a6b8c1f2e01',
  adminUser: 'd1b1a3b4-6a0e-4c0d-9b6a-0a6b8c1f2e02',
} as const;

/** The default lambdas, by their type. FusionAuth makes their ids up; here they are fixed. */
export const defaultLambdaIds = {
  AppleReconcile: 'a7c9e1d2-3b4f-4e5a-8c6d-1f2a3b4c5d01',
  FacebookReconcile: 'a7c9e1d2-3b4f-4e5a-8c6d-1f2a3b4c5d02',
  GoogleReconcile: 'a7c9e1d2-3b4f-4e5a-8c6d-1f2a3b4c5d03',
  OpenIDReconcile: 'a7c9e1d2-3b4f-4e5a-8c6d-1f2a3b4c5d04',
  SAMLv2Reconcile: 'a7c9e1d2-3b4f-4e5a-8c6d-1f2a3b4c5d05',
  TwitterReconcile: 'a7c9e1d2-3b4f-4e5a-8c6d-1f2a3b4c5d06',
} as const;

/** FusionAuth's own applications: the admin interface and, since 1.58.0, the Tenant Manager. */
export function defaultApplications(tenantManagerId: string, now: number): ApplicationInput[] {
  return [
    {
      id: fusionAuthApplicationId,
      name: 'FusionAuth',
      roles: [superRole('admin', '631ecd9d-8d40-4c13-8277-80cedb823711', now)],
    },
    { id: tenantManagerId, name: 'Tenant Manager', roles: [superRole('admin', tenantManagerRoleId, now)] },
  ];
}

/** The documents of a fresh installation, by collection. */
export function defaultDocuments(now: number): [string, KeptDocument][] {
  const instants = { insertInstant: now, lastUpdateInstant: now };
  return [
    ['/api/theme', { id: defaultThemeId, name: 'FusionAuth', ...instants }],
    ['/api/connector', { id: fusionAuthConnectorId, name: 'Default', type: 'FusionAuth', ...instants }],
    ...Object.entries(defaultFormIds).map(([type, id]): [string, KeptDocument] => [
      '/api/form',
      { id, name: `Default ${type} form`, type, ...instants },
    ]),
    ...Object.entries(defaultLambdaIds).map(([type, id]): [string, KeptDocument] => [
      '/api/lambda',
      { id, name: `Default ${type}`, type, body: 'function reconcile() {}', ...instants },
    ]),
  ];
}

function superRole(name: string, id: string, now: number): ApplicationRole {
  return { id, name, isDefault: false, isSuperRole: true, insertInstant: now, lastUpdateInstant: now };
}
