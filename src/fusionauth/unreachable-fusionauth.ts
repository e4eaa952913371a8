import { certificateFault } from './certificate-fault.js';
import type { ProbeAnswer } from './probe-answer.js';

interface Explanation {
  readonly state: 'wrong' | 'unknown';
  readonly message: string;
}

/** Explains why the first call got no answer of FusionAuth, and what to do; null when it got one. */
export function explainUnreachable(answer: ProbeAnswer, baseUrl: string): Explanation | null {
  const where = `FUSIONAUTH_URL ${baseUrl}`;
  const wrong = (message: string): Explanation => ({ state: 'wrong', message });
  const unknown = (message: string): Explanation => ({ state: 'unknown', message });
  if (typeof answer === 'number') {
    if (answer >= 300 && answer < 400)
      return wrong(`${where} redirects (${answer}): use the address it redirects to, which may begin with https.`);
    if (answer === 404) return wrong(`${where} answers 404: it is no FusionAuth, or a path is missing or too much.`);
    if (answer === 429 || answer >= 500)
      return unknown(`${where} answers ${answer}: FusionAuth is starting, busy or down. The service tries again.`);
    if (answer > 401 && answer < 500) {
      return wrong(
        `${where} answers ${answer}, which FusionAuth does not: a proxy or a firewall before it does. Have it let the service's calls through.`,
      );
    }
    return null;
  }
  switch (answer.kind) {
    case 'undecodable':
      return wrong(foreign(answer.problem));
    case 'tooLarge':
      return wrong(foreign('answered with more than is read'));
    case 'broken':
      return explainBroken(answer.code, where);
    default:
      return unknown(`${where} does not answer in time. Check address, port and firewalls; the service tries again.`);
  }

  function foreign(how: string): string {
    return `${where} answers something other than FusionAuth does (${how}): use the address of FusionAuth itself, or have the proxy before it change nothing.`;
  }

  function explainBroken(code: string, place: string): Explanation {
    const fault = certificateFault(code);
    if (fault !== null) return wrong(`${place}: ${fault}`);
    switch (code) {
      case 'ENOTFOUND':
        return wrong(`${place} names a host that does not exist. Check the name.`);
      case 'EAI_AGAIN':
        return unknown(`${place}: the name cannot be looked up now. Check DNS; the service tries again.`);
      case 'ECONNREFUSED':
        return unknown(
          `${place}: nothing listens there. Start FusionAuth, or check host and port; the service tries again.`,
        );
      case 'ERR_SSL_WRONG_VERSION_NUMBER':
      case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      case 'EPROTO':
        return wrong(`${place} does not speak https on this port: write http, or use the port of https.`);
      case 'HPE_INVALID_CONSTANT':
        return wrong(`${place} does not speak http on this port: write https, or use the port of http.`);
      default:
        return unknown(
          `${place}: the connection breaks${code === '' ? '' : ` (${code})`}. Check address, port and scheme; the service tries again.`,
        );
    }
  }
}
