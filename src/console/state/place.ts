const key = 'fusionauth-sessions-console:place';

/** Keeps what stands behind the `#` over a sign-in, which the addresses of other pages lose. */
export function rememberPlace(): void {
  try {
    sessionStorage.setItem(key, location.hash);
  } catch {
    // Signing in then leads to the first page.
  }
}

/** Goes back there, once. */
function returnToPlace(): void {
  try {
    const place = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    if (place?.startsWith('#/') === true && location.hash.length < 2) history.replaceState(null, '', place);
  } catch {
    // Nothing was kept.
  }
}

returnToPlace();

type SignInProblem = 'failed' | 'refused' | 'unavailable';

interface SignInReport {
  readonly problem: SignInProblem;
  readonly requestId: string | null;
}

/** As the service gives and takes them: an address could hold any text, which would stand in the service's name. */
const idOfRequest = /^[\w.:-]{1,64}$/;

/** How the last sign-in went wrong, as the service says in the address. It is said once. */
export const signInReport = takeReport();

function takeReport(): SignInReport | null {
  const parameters = new URLSearchParams(location.search);
  const problem = (['failed', 'refused', 'unavailable'] as const).find((one) => one === parameters.get('sign-in'));
  if (problem === undefined) return null;
  history.replaceState(null, '', `${location.pathname}${location.hash}`);
  const requestId = parameters.get('request');
  return { problem, requestId: requestId !== null && idOfRequest.test(requestId) ? requestId : null };
}
