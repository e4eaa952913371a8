import type { Application } from '../store/records.js';

/**
 * Whether the application authorizes this redirect address: as it stands, or, where `authorizedURLValidationPolicy` is
 * `AllowWildcards`, by a pattern in which `*` stands for any characters but a slash. An address that is not absolute can
 * take no answer (RFC 6749 section 3.1.2); what FusionAuth does with one is not documented.
 */
export function isAuthorizedRedirect({ oauthConfiguration }: Application, address: string): boolean {
  const { authorizedRedirectURLs, authorizedURLValidationPolicy } = oauthConfiguration;
  return (
    URL.canParse(address) &&
    authorizedRedirectURLs.some(
      (authorized) =>
        authorized === address ||
        (authorizedURLValidationPolicy === 'AllowWildcards' && wildcard(authorized).test(address)),
    )
  );
}

function wildcard(pattern: string): RegExp {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
    .join('[^/?#]*');
  return new RegExp(`^${source}$`);
}
