const credentialFields = new Set(['loginId', 'password', 'rememberDevice']);

/** The login form. It carries the parameters of the authorization request along in hidden fields. */
export function loginPage(parameters: URLSearchParams, message: string | undefined): string {
  const hidden = [...parameters]
    .filter(([name]) => !credentialFields.has(name))
    .map(([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign in</title></head>
<body>
<h1>Sign in</h1>
${message === undefined ? '' : `<p role="alert">${escapeHtml(message)}</p>`}
<form method="post" action="/oauth2/authorize">
${hidden.join('\n')}
<p><label>Email or user name <input name="loginId" autocomplete="username" required></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
<p><label><input name="rememberDevice" type="checkbox" value="true"> Keep me signed in</label></p>
<p><button>Sign in</button></p>
</form>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
