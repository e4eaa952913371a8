/** Kickstart files of the kinds that teams have, each as the files of a folder by name. */
export interface KickstartFolder {
  readonly name: string;
  readonly files: Readonly<Record<string, unknown>>;
}

const key = { key: '#{apiKey}', description: 'Unrestricted' };
const variables = { apiKey: 'a-key-for-kickstart-files' };

export const kickstartFolders: readonly KickstartFolder[] = [
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
  {
    name: 'whole requests in files of their own, which include further files',
    files: {
      'kickstart.json': { variables, apiKeys: [key], requests: ['&{request.json}'] },
      'request.json': { method: 'POST', url: '/api/application', body: '&{body.json}' },
      'body.json': { application: { name: 'Included', data: { note: '@{note.txt}' } } },
      'note.txt': 'by #{apiKey}',
    },
  },
  {
    name: 'a JSON Patch and a merge patch',
    files: {
      'kickstart.json': {
        variables: { ...variables, app: '#{UUID()}' },
        apiKeys: [key],
        requests: [
          {
            method: 'POST',
            url: '/api/application/#{app}',
            body: { application: { name: 'Patched', roles: ['a', 'b'] } },
          },
          {
            method: 'PATCH',
            url: '/api/application/#{app}',
            contentType: 'application/json-patch+json',
            body: [{ op: 'remove', path: '/application/roles/0' }],
          },
          {
            method: 'PATCH',
            url: '/api/application/#{app}',
            contentType: 'application/merge-patch+json',
            body: { application: { data: { patched: true } } },
          },
        ],
      },
    },
  },
  {
    name: 'imported users, links with an identity provider, grants of entities and imported sessions',
    files: {
      'kickstart.json': {
        variables: {
          ...variables,
          app: '#{UUID()}',
          user: '#{UUID()}',
          idp: '#{UUID()}',
          a: '#{UUID()}',
          b: '#{UUID()}',
        },
        apiKeys: [key],
        requests: [
          {
            method: 'POST',
            url: '/api/application/#{app}',
            body: { application: { name: 'Shop', roles: [{ name: 'buyer', isDefault: 'true' }, 'seller'] } },
          },
          {
            method: 'POST',
            url: '/api/user/import',
            body: {
              validateDbConstraints: 'true',
              users: [
                {
                  id: '#{user}',
                  email: 'plain@example.com',
                  password: 'password',
                  registrations: [{ applicationId: '#{app}', roles: ['buyer'], verified: true }],
                },
                {
                  email: 'hashed@example.com',
                  encryptionScheme: 'salted-pbkdf2-hmac-sha256',
                  factor: 24_000,
                  salt: 'c2FsdCBvZiAyNCBieXRlcyBsb25nIQ==',
                  password: 'OupUoXTnpQnFunA1tBAeeHUHpTu3igwntiuKi6yh69M=',
                },
                { email: 'other@example.com', encryptionScheme: 'bcrypt', factor: 10, salt: 'x', password: 'y' },
              ],
            },
          },
          {
            method: 'POST',
            url: '/api/identity-provider/#{idp}',
            body: { identityProvider: { type: 'OpenIDConnect', name: 'Elsewhere' } },
          },
          {
            method: 'POST',
            url: '/api/identity-provider/link',
            body: {
              identityProviderLink: { identityProviderId: '#{idp}', identityProviderUserId: '42', userId: '#{user}' },
            },
          },
          { method: 'POST', url: '/api/entity/#{a}', body: { entity: { name: 'A' } } },
          { method: 'POST', url: '/api/entity/#{b}', body: { entity: { name: 'B' } } },
          {
            method: 'POST',
            url: '/api/entity/#{a}/grant',
            body: { grant: { recipientEntityId: '#{b}', permissions: ['read'] } },
          },
          {
            method: 'POST',
            url: '/api/user/refresh-token/import',
            body: {
              refreshTokens: [
                { applicationId: '#{app}', userId: '#{user}', token: 'imported', startInstant: 1_790_000_000_000 },
              ],
            },
          },
        ],
      },
    },
  },
  {
    name: 'password rules of the tenant, consent to a third party, and a lock until the end of time',
    files: {
      'kickstart.json': {
        variables: { ...variables, user: '#{UUID()}', action: '#{UUID()}' },
        apiKeys: [key],
        requests: [
          {
            method: 'PATCH',
            url: '/api/tenant/#{FUSIONAUTH_TENANT_ID}',
            body: { tenant: { passwordValidationRules: { minLength: '4' } } },
          },
          {
            method: 'POST',
            url: '/api/user/#{user}',
            body: { user: { email: 'short@example.com', password: 'pass' } },
          },
          {
            method: 'POST',
            url: '/api/application',
            body: {
              application: {
                name: 'Third',
                oauthConfiguration: { relationship: 'ThirdParty', consentMode: 'RememberDecision' },
              },
            },
          },
          {
            method: 'POST',
            url: '/api/user-action/#{action}',
            body: { userAction: { name: 'Lock', temporal: true, preventLogin: true } },
          },
          {
            method: 'POST',
            url: '/api/user/action',
            body: {
              broadcast: false,
              action: {
                actioneeUserId: '#{user}',
                actionerUserId: '#{user}',
                userActionId: '#{action}',
                expiry: '9223372036854775807',
              },
            },
          },
          { method: 'POST', url: '/api/system/reindex', body: { index: 'fusionauth_user' } },
        ],
      },
    },
  },
];
