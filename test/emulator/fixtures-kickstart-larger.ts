import { type KickstartFolder, key, variables } from './fixtures-kickstart-kind.js';

/** Files of several parts, and those of whole instances. */
export const largerKickstartFolders: readonly KickstartFolder[] = [
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
  {
    name: 'a further registration, told by the address as well',
    files: {
      'kickstart.json': {
        variables: { ...variables, user: '#{UUID()}', shop: '#{UUID()}' },
        apiKeys: [key],
        requests: [
          { method: 'POST', url: '/api/application/#{shop}', body: { application: { name: 'Shop' } } },
          { method: 'POST', url: '/api/user/#{user}', body: { user: { username: 'dinesh', password: 'password' } } },
          {
            method: 'POST',
            url: '/api/user/registration/#{user}/#{shop}',
            body: { registration: { applicationId: '#{shop}' } },
          },
        ],
      },
    },
  },
];
