import { type KickstartFolder, key, variables } from './fixtures-kickstart-kind.js';
import { largerKickstartFolders } from './fixtures-kickstart-larger.js';

const smallerKickstartFolders: readonly KickstartFolder[] = [
  {
    name: 'an address without its leading slash',
    files: {
      'kickstart.json': {
        variables,
        apiKeys: [key],
        requests: [
          {
            method: 'PATCH',
            url: 'api/system-configuration',
            body: {
              systemConfiguration: { corsConfiguration: { enabled: true, allowedOrigins: ['http://localhost:5173'] } },
            },
          },
        ],
      },
    },
  },
  {
    name: 'roles given as names, and numbers and booleans given as strings',
    files: {
      'kickstart.json': {
        variables,
        apiKeys: [{ ...key, keyManager: 'true' }],
        requests: [
          {
            method: 'post',
            url: '/api/application',
            body: { application: { name: 'Strings', roles: ['admin', 'user'] } },
          },
          {
            method: 'POST',
            url: '/api/webhook',
            body: {
              webhook: {
                url: 'http://127.0.0.1:9/hook',
                global: 'true',
                connectTimeout: '1000',
                readTimeout: '2000',
                eventsEnabled: { 'user.login.success': 'true' },
              },
            },
          },
        ],
      },
    },
  },
  {
    name: 'a user of a second tenant, told by the application alone',
    files: {
      'kickstart.json': {
        variables: { ...variables, tenant: '#{UUID()}', application: '#{UUID()}' },
        apiKeys: [key],
        requests: [
          {
            method: 'POST',
            url: '/api/tenant/#{tenant}',
            body: { sourceTenantId: '#{FUSIONAUTH_TENANT_ID}', tenant: { name: 'Second' } },
          },
          {
            method: 'POST',
            url: '/api/application/#{application}',
            tenantId: '#{tenant}',
            body: { application: { name: 'In the second' } },
          },
          {
            method: 'POST',
            url: '/api/user/registration',
            body: {
              user: { email: 'kim@example.com', password: 'password' },
              registration: { applicationId: '#{application}' },
            },
          },
        ],
      },
    },
  },
  {
    name: 'themes, templates, lambdas, forms, groups, scopes, entities and a family',
    files: {
      'kickstart.json': {
        variables: {
          ...variables,
          theme: '#{UUID()}',
          app: '#{UUID()}',
          type: '#{UUID()}',
          entity: '#{UUID()}',
          group: '#{UUID()}',
          user: '#{UUID()}',
        },
        apiKeys: [key],
        requests: [
          {
            method: 'POST',
            url: '/api/theme/#{theme}',
            body: { sourceThemeId: '75a068fd-e94b-451a-9aeb-3ddb9a3b5987', theme: { name: 'Shop' } },
          },
          { method: 'PATCH', url: '/api/theme/#{theme}', body: { theme: { stylesheet: 'body { color: black }' } } },
          {
            method: 'POST',
            url: '/api/email/template/#{UUID()}',
            body: {
              emailTemplate: { name: 'Welcome', defaultSubject: 'Welcome', defaultTextTemplate: '@{welcome.txt}' },
            },
          },
          {
            method: 'POST',
            url: '/api/lambda',
            body: { lambda: { name: 'Populate', type: 'JWTPopulate', body: 'function populate() {}' } },
          },
          { method: 'POST', url: '/api/form/field', body: { field: { key: 'user.firstName', type: 'string' } } },
          { method: 'POST', url: '/api/application/#{app}', body: { application: { name: 'Shop' } } },
          { method: 'POST', url: '/api/application/#{app}/role', body: { role: { name: 'auditor' } } },
          { method: 'POST', url: '/api/application/#{app}/scope', body: { scope: { name: 'orders:read' } } },
          { method: 'POST', url: '/api/group/#{group}', body: { group: { name: 'Staff', data: { maxSessions: 3 } } } },
          {
            method: 'POST',
            url: '/api/user/#{user}',
            body: { user: { email: 'ann@example.com', password: 'password' } },
          },
          { method: 'POST', url: '/api/group/member', body: { members: { '#{group}': [{ userId: '#{user}' }] } } },
          {
            method: 'POST',
            url: '/api/user/family',
            body: { familyMember: { userId: '#{user}', owner: true, role: 'Adult' } },
          },
          { method: 'POST', url: '/api/entity/type/#{type}', body: { entityType: { name: 'Device' } } },
          { method: 'POST', url: '/api/entity/type/#{type}/permission', body: { permission: { name: 'read' } } },
          { method: 'POST', url: '/api/entity/#{entity}', body: { entity: { name: 'Lamp', type: { id: '#{type}' } } } },
          {
            method: 'POST',
            url: '/api/entity/#{entity}/grant',
            body: { grant: { userId: '#{user}', permissions: ['read'] } },
          },
          { method: 'POST', url: '/api/reactor', body: { licenseId: 'none' } },
        ],
      },
      'welcome.txt': 'Welcome,\n"friend"',
    },
  },
  {
    name: 'every variable FusionAuth provides, and the three escapes',
    files: {
      'kickstart.json': {
        variables: { ...variables, tenantManagerApplicationId: '9a145715-bfbd-4c06-bff2-009315b9761e' },
        apiKeys: [key],
        requests: [
          {
            method: 'POST',
            url: '/api/application',
            body: {
              application: {
                name: 'Variables',
                data: {
                  manager: '#{FUSIONAUTH_TENANT_MANAGER_APPLICATION_ID} #{TENANT_MANAGER_ID}',
                  form: '#{FUSIONAUTH_FORM[adminUser]_ID}',
                  lambda: '#{FUSIONAUTH_LAMBDA[TwitterReconcile]_ID}',
                  escaped: '\\#{a} \\@{b.txt} \\&{c.json}',
                  alone: '\\&{c.json}',
                },
              },
            },
          },
        ],
      },
    },
  },
];

export const kickstartFolders: readonly KickstartFolder[] = [...smallerKickstartFolders, ...largerKickstartFolders];
