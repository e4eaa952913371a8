import { addressOf } from '../api/endpoint.js';
import { Mark } from '../frame.js';
import { CopyText } from '../parts/copy-text.js';
import { Notice } from '../parts/notice.js';
import { useTitle } from '../parts/title.js';
import { rememberPlace, signInReport } from '../state/place.js';
import { texts } from '../texts.js';

export function SignInPage({ wasSignedIn }: { readonly wasSignedIn: boolean }) {
  useTitle(texts.signIn.button);
  return (
    <main class="lone sign-in">
      <Mark />
      <h1>{texts.signIn.title}</h1>
      <p class="lead">{texts.signIn.lead}</p>
      {wasSignedIn && <Notice kind="info" role="alert" title={texts.signIn.signedOut} />}
      {signInReport !== null && !wasSignedIn && (
        <Notice kind="danger" role="alert" title={texts.signIn.problems[signInReport.problem]}>
          {signInReport.requestId !== null && (
            <p class="second">
              {texts.failure.requestId}: <CopyText text={signInReport.requestId} what={texts.history.requestId} />
            </p>
          )}
        </Notice>
      )}
      <a class="button primary large" href={addressOf('console/login').href} onClick={rememberPlace}>
        {texts.signIn.button}
      </a>
      <p class="second">{texts.signIn.note}</p>
    </main>
  );
}
