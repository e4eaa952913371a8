// The page of an application that uses FusionAuth's React SDK as its documentation shows it. The query of the page's
// first address names the emulator and the client.
import { FusionAuthProvider, useFusionAuth } from '@fusionauth/react-sdk';
import { createElement, useState } from 'react';
import { createRoot } from 'react-dom/client';

const remembered = new URLSearchParams(location.search);
if (remembered.has('serverUrl')) localStorage.setItem('settings', remembered.toString());
const settings = new URLSearchParams(localStorage.getItem('settings') ?? '');

function Account() {
  const { isLoggedIn, userInfo, startLogin, startRegister, startLogout, refreshToken } = useFusionAuth();
  const [refreshed, setRefreshed] = useState('');
  const refresh = () =>
    refreshToken().then(
      (answer) => setRefreshed(`refreshed ${answer.status}`),
      (error) => setRefreshed(`not refreshed ${JSON.parse(error.message).status}`),
    );
  const button = (text, onClick) => createElement('button', { key: text, type: 'button', onClick }, text);
  return createElement('main', null, [
    createElement('p', { key: 'who', id: 'who' }, isLoggedIn ? `in as ${userInfo?.email ?? '...'}` : 'signed out'),
    createElement('p', { key: 'refreshed', id: 'refreshed' }, refreshed),
    button('Login', () => startLogin('a state of the page')),
    button('Register', () => startRegister('a state of the page')),
    button('Logout', () => startLogout()),
    button('Refresh', refresh),
  ]);
}

const provider = {
  clientId: settings.get('clientId'),
  serverUrl: settings.get('serverUrl'),
  redirectUri: location.origin,
  scope: 'openid email profile offline_access',
  shouldAutoFetchUserInfo: true,
  onRedirect: (state) => document.body.setAttribute('data-state', state),
};
createRoot(document.getElementById('root')).render(createElement(FusionAuthProvider, provider, createElement(Account)));
