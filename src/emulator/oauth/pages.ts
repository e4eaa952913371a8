import type { OneClickPerson } from '../context.js';

/** What a page asks the user for; never carried along from the request. */
const answeredFields = new Set([
  'loginId',
  'password',
  'rememberDevice',
  'user.email',
  'user.firstName',
  'user.lastName',
]);

/** What a login page offers beside its form. */
export interface LoginChoices {
  readonly canRegister: boolean;
  readonly oneClickPeople: readonly OneClickPerson[];
}

/** The login form. It carries the parameters of the authorization request along in hidden fields. */
export function loginPage(
  parameters: URLSearchParams,
  message: string | undefined,
  { canRegister, oneClickPeople }: LoginChoices,
): string {
  const register = canRegister
    ? `\n<p><a href="/oauth2/register?${escapeHtml(carried(parameters).toString())}">Create an account</a></p>`
    : '';
  const people = oneClickPeople.map(
    ({ label, loginId, password }) => `<form method="post" action="/oauth2/authorize">
${hiddenFields(new URLSearchParams([...carried(parameters), ['loginId', loginId], ['password', password]]))}
<p><button>Sign in as ${escapeHtml(label)}</button></p>
</form>
`,
  );
  const demo =
    people.length === 0
      ? ''
      : `<p class="note">This is an emulated FusionAuth. Choose one of its made-up people:</p>
${people.join('')}<p class="or">or sign in as somebody else</p>
`;
  return page(
    'Sign in',
    message,
    `${demo}<form method="post" action="/oauth2/authorize">
${hiddenFields(carried(parameters))}
<p><label>Email or user name <input name="loginId" autocomplete="username" required></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
<p><label><input name="rememberDevice" type="checkbox" value="true"> Keep me signed in</label></p>
<p><button>Sign in</button></p>
</form>${register}`,
  );
}

/** The registration form, with the parameters of the authorization request in hidden fields. */
export function registerPage(parameters: URLSearchParams, message: string | undefined): string {
  return page(
    'Create an account',
    message,
    `<form method="post" action="/oauth2/register">
${hiddenFields(carried(parameters))}
<p><label>Email <input name="user.email" type="email" autocomplete="email" required></label></p>
<p><label>Password <input name="password" type="password" autocomplete="new-password" required></label></p>
<p><label>First name <input name="user.firstName" autocomplete="given-name"></label></p>
<p><label>Last name <input name="user.lastName" autocomplete="family-name"></label></p>
<p><label><input name="rememberDevice" type="checkbox" value="true"> Keep me signed in</label></p>
<p><button>Create the account</button></p>
</form>
<p><a href="/oauth2/authorize?${escapeHtml(carried(parameters).toString())}">Sign in instead</a></p>`,
  );
}

/** A scope that the user may allow. */
interface ConsentQuestion {
  readonly name: string;
  readonly text: string;
  readonly required: boolean;
}

/** Asks the user what a third party may have. */
export function consentPage(
  parameters: URLSearchParams,
  consentId: string,
  application: string,
  questions: readonly ConsentQuestion[],
): string {
  const boxes = questions.map(
    ({ name, text, required }) =>
      `<p><label><input type="checkbox" name="consentedScopes" value="${escapeHtml(name)}" checked${
        required ? ' disabled' : ''
      }> ${escapeHtml(text)}</label></p>`,
  );
  return page(
    `${application} asks for access`,
    undefined,
    `<form method="post" action="/oauth2/consent">
${hiddenFields(carried(parameters))}
<input type="hidden" name="consentId" value="${escapeHtml(consentId)}">
${boxes.join('\n')}
<p><button name="consent" value="allow">Allow</button> <button name="consent" value="cancel">Cancel</button></p>
</form>`,
  );
}

/** A form that submits itself to the client (OAuth 2.0 Form Post Response Mode). */
export function formPostPage(redirectUri: string, members: Readonly<Record<string, string>>): string {
  return page(
    'Signed in',
    undefined,
    `<form method="post" action="${escapeHtml(redirectUri)}">
${hiddenFields(new URLSearchParams(members))}
<noscript><p><button>Go on</button></p></noscript>
</form>
<script>document.forms[0].submit()</script>`,
  );
}

/** What went wrong, for the user: FusionAuth answers errors of pages with a page. */
export function errorPage(message: string): string {
  return page('An error has occurred', message, '');
}

function page(title: string, message: string | undefined, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${message === undefined ? '' : `<p role="alert">${escapeHtml(message)}</p>`}
${content}
</main>
</body>
</html>
`;
}

/** Plain and pleasant, in light and in dark. Nothing is loaded. */
const style = `
:root { color-scheme: light dark; --line: light-dark(#8a93a6, #6b7488); --strong: light-dark(#2b4acb, #9db2ff); }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#f4f6f9, #12151c); color: light-dark(#171a21, #e8ebf2); }
main { box-sizing: border-box; max-width: 26rem; margin: 8vh auto; padding: 2rem; border-radius: 12px; background: light-dark(#fff, #1b202b); box-shadow: 0 1px 4px light-dark(#0003, #000a); overflow-wrap: break-word; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.2; }
p { margin: 0 0 1rem; }
form:last-child p:last-child { margin-bottom: 0; }
[role='alert'] { padding: 0.5rem 0.75rem; border-left: 4px solid light-dark(#b3261e, #ff9b93); background: light-dark(#fdecea, #3a1f1d); }
input:not([type='checkbox']) { display: block; box-sizing: border-box; width: 100%; margin-top: 0.25rem; padding: 0.5rem 0.75rem; font: inherit; color: inherit; background: light-dark(#fff, #12151c); border: 1px solid var(--line); border-radius: 8px; }
input[type='checkbox'] { width: 1.25rem; height: 1.25rem; margin: 0 0.5rem 0 0; vertical-align: -0.2rem; }
button { box-sizing: border-box; width: 100%; margin: 0 0 0.25rem; padding: 0.6rem 1rem; font: inherit; font-weight: 600; border: 1px solid #2b4acb; border-radius: 8px; background: #2b4acb; color: #fff; cursor: pointer; }
.note + form button, form + form button { background: none; border-color: var(--strong); color: var(--strong); }
.or + form button { background: #2b4acb; border-color: #2b4acb; color: #fff; }
.note + form p, form + form p { margin-bottom: 0.5rem; }
.or + form p { margin-bottom: 1rem; }
.or { margin: 1.25rem 0 1rem; padding-top: 1rem; border-top: 1px solid var(--line); color: light-dark(#525a6b, #aab2c3); }
a { color: var(--strong); }
:focus-visible { outline: 3px solid var(--strong); outline-offset: 2px; }
`;

function carried(parameters: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...parameters].filter(([name]) => !answeredFields.has(name)));
}

function hiddenFields(parameters: URLSearchParams): string {
  return [...parameters]
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`)
    .join('\n');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
