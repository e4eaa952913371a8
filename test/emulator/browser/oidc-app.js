// The page of an application that uses oidc-client-ts as its documentation shows it: a public client with PKCE.
import { UserManager, WebStorageStateStore } from 'oidc-client-ts';

const remembered = new URLSearchParams(location.search);
if (remembered.has('authority')) localStorage.setItem('settings', remembered.toString());
const settings = new URLSearchParams(localStorage.getItem('settings') ?? '');

const manager = new UserManager({
  authority: settings.get('authority'),
  metadataUrl: `${settings.get('authority')}/.well-known/openid-configuration`,
  client_id: settings.get('clientId'),
  redirect_uri: `${location.origin}/`,
  post_logout_redirect_uri: `${location.origin}/`,
  scope: 'openid email profile offline_access',
  loadUserInfo: true,
  automaticSilentRenew: false,
  userStore: new WebStorageStateStore({ store: localStorage }),
});

const say = (text) => {
  document.getElementById('root').textContent = text;
};
const actions = {
  login: () => manager.signinRedirect({ state: 'a state of the page' }),
  refresh: async () => {
    const before = await manager.getUser();
    const after = await manager.signinSilent();
    say(`refreshed ${after.profile.email} ${before.access_token !== after.access_token}`);
  },
  logout: () => manager.signoutRedirect(),
};
for (const [name, action] of Object.entries(actions)) {
  const button = document.createElement('button');
  button.textContent = name;
  button.addEventListener('click', () => action().catch((error) => say(`failed: ${error.message}`)));
  document.body.append(button);
}

const query = new URLSearchParams(location.search);
if (query.has('code')) {
  const user = await manager.signinCallback();
  history.replaceState(null, '', '/');
  say(`in as ${user.profile.email}, state ${user.state}`);
} else {
  const user = await manager.getUser();
  say(user === null ? 'signed out' : `in as ${user.profile.email}`);
}
