import { randomUUID } from 'node:crypto';
import { exportSPKI, generateKeyPair } from 'jose';
import { expect, it } from 'vitest';
import { call, emulator, keepRecord, named, shop, user } from './emulated-client.js';

/** Methods of the client for what an instance holds. */
export function callRecords(): void {
  it('tenants, applications, roles, scopes, groups and members', async () => {
    const [tenant, application, role, scope, group] = Array.from({ length: 5 }, () => randomUUID());
    await keepRecord('Tenant', 'tenant', `${tenant}`, { tenant: { name: 'T' } });
    await call('retrieveTenant', tenant);
    await call('retrieveTenants');
    await call('searchTenants', named('T'));
    await call('retrievePasswordValidationRules');
    await call('retrievePasswordValidationRulesWithTenantId', tenant);
    await call('deleteTenant', tenant);
    for (const name of ['deleteTenantAsync', 'deleteTenantWithRequest']) {
      const { id } = emulator.store.addTenant();
      await call(name, id, {});
    }

    await keepRecord('Application', 'application', `${application}`, { application: { name: 'A' } });
    await call('retrieveApplication', application);
    await call('retrieveApplications');
    await call('searchApplications', named('A'));
    await call('retrieveOauthConfiguration', application);
    await call('deactivateApplication', application);
    await call('retrieveInactiveApplications');
    await call('reactivateApplication', application);
    await keepRecord('ApplicationRole', 'role', `${role}`, { role: { name: 'r' } }, [`${application}`, `${role}`]);
    await keepRecord('OAuthScope', 'scope', `${scope}`, { scope: { name: 's' } }, [`${application}`, `${scope}`]);
    await call('retrieveOAuthScope', application, scope);
    await call('deleteOAuthScope', application, scope);

    await keepRecord('Group', 'group', `${group}`, { group: { name: 'G' }, roleIds: [role] });
    await call('retrieveGroup', group);
    await call('retrieveGroups');
    await call('searchGroups', named('G'));
    const { id: userId } = await user();
    for (const name of ['createGroupMembers', 'updateGroupMembers']) {
      await call(name, { members: { [`${group}`]: [{ userId }] } });
    }
    expect(await call('searchGroupMembers', { search: { groupId: group } })).toMatchObject({ members: [{ userId }] });
    await call('deleteGroupMembers', { members: { [`${group}`]: [userId] } });
    await call('deleteGroup', group);
    await call('deleteApplicationRole', application, role);
    await call('deleteApplication', application);
  });

  it('API keys, signing keys and webhooks', async () => {
    const [apiKey, key, imported, webhook] = Array.from({ length: 4 }, () => randomUUID());
    await call('createAPIKey', apiKey, { apiKey: { key: 'some key' } });
    await call('retrieveAPIKey', apiKey);
    await call('patchAPIKey', apiKey, { apiKey: { name: 'n' } });
    await call('updateAPIKey', apiKey, { apiKey: { name: 'n' } });
    await call('deleteAPIKey', apiKey);
    await call('generateKey', key, { key: { name: 'k', algorithm: 'ES256' } });
    const publicKey = await exportSPKI((await generateKeyPair('ES256', { extractable: true })).publicKey);
    await call('importKey', imported, { key: { name: 'i', algorithm: 'ES256', publicKey } });
    await call('retrieveKey', key);
    await call('retrieveKeys');
    await call('updateKey', key, { key: { name: 'k2' } });
    await call('searchKeys', named('k2'));
    await call('searchKeysByParameters', 'ES256', 'k2', 1, 'name', 0, '');
    await call('deleteKey', key);
    const request = { webhook: { url: 'http://127.0.0.1:9/', connectTimeout: 1_000, readTimeout: 1_000 } };
    await keepRecord('Webhook', 'webhook', `${webhook}`, request);
    await call('retrieveWebhook', webhook);
    await call('retrieveWebhooks');
    await call('searchWebhooks', { search: { url: '127' } });
    await call('searchWebhooksByParameters', '', 1, '', 0, emulator.tenantId, '127');
    await call('deleteWebhook', webhook);
  });

  it('users and registrations', async () => {
    const application = shop();
    const id = randomUUID();
    const given = { user: { email: 'u@example.com', username: 'u', password: 'password' } };
    await call('createUser', id, given);
    await call('patchUser', id, { user: { firstName: 'U' } });
    await call('updateUser', id, given);
    await call('retrieveUser', id);
    await call('retrieveUserByEmail', 'u@example.com');
    await call('retrieveUserByUsername', 'u');
    await call('retrieveUserByLoginId', 'u');
    await call('retrieveUserByLoginIdWithLoginIdTypes', 'u', ['username']);
    for (const name of ['searchUsers', 'searchUsersByIds']) {
      expect(await call(name, [id])).toMatchObject({ total: 1 });
    }
    for (const name of ['searchUsersByQuery', 'searchUsersByQueryString']) {
      expect(await call(name, { search: { queryString: 'email:u@example.com' } })).toMatchObject({ total: 1 });
    }
    await call('refreshUserSearchIndex');
    const registration = { applicationId: application.id, roles: [] };
    await call('register', id, { registration });
    await call('patchRegistration', id, { registration });
    await call('updateRegistration', id, { registration });
    await call('retrieveRegistration', id, application.id);
    await call('deleteRegistration', id, application.id);
    await call('register', id, { registration });
    await call('deleteRegistrationWithRequest', id, application.id, {});
    await call('deactivateUser', id);
    await call('reactivateUser', id);
    await call('deleteUser', id);
    await call('deleteUserWithRequest', (await user()).id, { hardDelete: true });
    const ids = [(await user()).id, (await user()).id];
    for (const name of ['deactivateUsers', 'deactivateUsersByIds']) {
      expect(await call(name, ids)).toMatchObject({ total: 2 });
    }
    expect(ids.map((one) => emulator.store.users.get(one)?.active)).toEqual([false, false]);
    for (const name of ['deleteUsers', 'deleteUsersByQuery']) {
      await call(name, { userIds: [ids.pop()], hardDelete: true });
    }
    await call('importUsers', { users: [{ email: 'imported@example.com' }] });
    await call('forgotPassword', { loginId: 'imported@example.com', sendForgotPasswordEmail: false });
    const { email } = await user();
    await call('changePasswordByIdentity', { loginId: email, currentPassword: 'password', password: 'new password' });
  });

  it('actions on users', async () => {
    const kind = randomUUID();
    await keepRecord('UserAction', 'userAction', kind, { userAction: { name: 'Lock', temporal: true } });
    await call('retrieveUserAction', kind);
    await call('retrieveUserActions');
    const { id: userId } = await user();
    const members = { actioneeUserId: userId, actionerUserId: userId, userActionId: kind };
    const taken = await call('actionUser', { broadcast: false, action: { ...members, expiry: Date.now() + 60_000 } });
    const { id } = taken['action'] as { id: string };
    await call('retrieveAction', id);
    for (const name of ['Actions', 'ActionsPreventingLogin', 'ActiveActions', 'InactiveActions']) {
      await call(`retrieve${name}`, userId);
    }
    await call('modifyAction', id, { broadcast: false, action: { ...members, expiry: Date.now() + 120_000 } });
    await call('cancelAction', id, { action: members });
    await call('deactivateUserAction', kind);
    await call('retrieveInactiveUserActions');
    await call('reactivateUserAction', kind);
    await call('deleteUserAction', kind);
  });
}
