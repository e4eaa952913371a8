export type ParsedTarget =
  | { readonly ok: true; readonly url: string; readonly apiKey: string }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Which instance to run the contract against. */
export function parseTarget(env: Readonly<Record<string, string | undefined>>): ParsedTarget {
  const url = env['FUSIONAUTH_URL'] ?? '';
  const apiKey = env['FUSIONAUTH_API_KEY'] ?? '';
  const problems = [
    ...(/^https?:\/\//.test(url) && URL.canParse(url) ? [] : ['FUSIONAUTH_URL: must be the http or https URL to try']),
    ...(apiKey === ''
      ? ['FUSIONAUTH_API_KEY: must be an API key of that FusionAuth, see test/contract/README.md']
      : []),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, url: url.replace(/\/+$/, ''), apiKey };
}
