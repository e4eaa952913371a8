import { hash } from 'node:crypto';

export interface GraphiQLPageOptions {
  /** Whether callers may read the schema. Without it GraphiQL has no documentation and no completion. */
  readonly introspection: boolean;
  /** The user in the prepared requests, from the demo data; null to leave the id open. */
  readonly exampleUserId: string | null;
}

interface PageInput extends GraphiQLPageOptions {
  /** The prefix of the path of the API; empty for none. */
  readonly basePath: string;
  /** The key that is filled in; null to ask for one. */
  readonly key: string | null;
  readonly scriptUrl: string;
  readonly styleUrl: string;
}

/**
 * The parts of GraphiQL's ready-made page: its style, and its script without the call that starts it.
 * @throws an Error when the library has changed the form of its page.
 */
export function graphiqlParts(page: string): { readonly script: string; readonly style: string } {
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1];
  const whole = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1];
  const start = whole?.lastIndexOf('YogaGraphiQL.renderYogaGraphiQL(') ?? -1;
  if (style === undefined || whole === undefined || start < 0)
    throw new Error('GraphiQL has not the form that is known');
  return { style, script: whole.slice(0, start) };
}

const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="24" height="24"><rect width="32" height="32" rx="7" fill="#f58320"/><circle cx="12" cy="16" r="5" fill="none" stroke="#fff" stroke-width="3"/><path d="M17 16h9m-4 0v4" stroke="#fff" stroke-width="3" fill="none"/></svg>';

/** The prepared requests of GraphiQL, one for each tab. */
function tabsOf(exampleUserId: string | null): readonly { readonly query: string; readonly variables?: string }[] {
  const variables = JSON.stringify({ userId: exampleUserId ?? 'the id of a user' }, null, 2);
  return [
    { query: 'query WhoAmI {\n  viewer {\n    name\n    kind\n    permissions\n  }\n}\n' },
    {
      query:
        'query Sessions($userId: ID!) {\n  sessions(userId: $userId) {\n    id\n    kind\n    createdAt\n    device {\n      name\n    }\n    application {\n      name\n    }\n  }\n}\n',
      variables,
    },
    {
      query:
        '# What a limit of one session would end. Without dryRun the sessions end.\nmutation Enforce($userId: ID!) {\n  enforceSingleSession(userId: $userId, dryRun: true) {\n    outcome\n    keptSession {\n      id\n    }\n    revokedSessions {\n      sessionId\n    }\n    warnings {\n      code\n      message\n    }\n  }\n}\n',
      variables,
    },
    {
      query:
        '# Events arrive here as they happen: end a session in another tab.\nsubscription Events {\n  sessionEvents {\n    type\n    userId\n    sessionId\n    reason\n    occurredAt\n  }\n}\n',
    },
  ];
}

/** Keeps the key for the tab only, because GraphiQL's own storage outlives the tab. */
const boot = `
const { key, endpoint, introspection, tabs, logo } = JSON.parse(document.getElementById('settings').textContent);
const place = 'fusionauth-sessions:key';
const field = document.getElementById('key');
const kept = sessionStorage.getItem(place) ?? key ?? '';
field.value = kept;
document.getElementById('access').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem(place, field.value.trim().replace(/^Bearer +/i, ''));
  location.reload();
});
document.getElementById('state').textContent = kept === ''
  ? 'Without a key nothing is asked. It is kept until this tab is closed.'
  : key !== null && kept === key ? 'The key of this demo.' : 'Kept until this tab is closed.';
if (kept === '') field.focus();
YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), {
  title: 'fusionauth-sessions',
  logo,
  endpoint,
  method: 'POST',
  shouldPersistHeaders: false,
  defaultEditorToolsVisibility: 'variables',
  defaultTabs: tabs,
  onEditQuery() {},
  ...(kept === '' || !introspection ? { schema: null } : {}),
  ...(kept === '' ? {} : { additionalHeaders: { authorization: 'Bearer ' + kept } }),
});
`;

const layout = `
html, body { overflow: hidden; }
body { margin: 0; width: 100vw; display: flex; flex-direction: column; height: 100vh; }
#access { display: flex; gap: 8px; align-items: center; padding: 8px 16px; font: 14px system-ui, sans-serif; border-bottom: 1px solid #8884; }
#access input { flex: 0 1 26em; padding: 4px 8px; font: 13px ui-monospace, monospace; }
#access button { padding: 4px 12px; }
#state { color: #667; }
#root { flex: 1; min-height: 0; width: 100%; overflow: hidden; }
#root .graphiql-container { height: 100%; width: 100%; }
@media (prefers-color-scheme: dark) { #access { background: #212a3b; color: #dde; } #state { color: #9aa; } }
`;

/**
 * The page, and the Content-Security-Policy under which it works.
 * @see https://www.w3.org/TR/CSP3/#source-list-syntax
 */
export function graphiqlPage({ introspection, exampleUserId, basePath, key, scriptUrl, styleUrl }: PageInput): {
  readonly html: string;
  readonly policy: string;
} {
  const settings = { key, endpoint: `${basePath}/graphql`, introspection, tabs: tabsOf(exampleUserId), logo: icon };
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>fusionauth-sessions</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
<link rel="stylesheet" href="${styleUrl}">
<style>${layout}</style>
</head>
<body>
<form id="access" autocomplete="off">
<label for="key">Service key or access token</label>
<input id="key" type="password" autocomplete="off" spellcheck="false">
<button>Use</button>
<span id="state"></span>
</form>
<div id="root"></div>
<script type="application/json" id="settings">${JSON.stringify(settings).replaceAll('<', '\\u003c')}</script>
<script src="${scriptUrl}"></script>
<script>${boot}</script>
</body>
</html>
`;
  return { html, policy };
}

/** Only the page's own scripts run. The editor starts workers from blobs, and writes styles. */
const policy = [
  "default-src 'none'",
  `script-src 'sha256-${hash('sha256', boot, 'base64')}' 'self'`,
  'worker-src blob:',
  "style-src 'self' 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
