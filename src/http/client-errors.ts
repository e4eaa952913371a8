import { randomUUID } from 'node:crypto';
import { maxHeaderSize, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { errorBody } from './errors.js';
import { closeAfterAnswer } from './lingering-close.js';
import { OfConnection } from './of-connection.js';
import { otherProtocolOf } from './other-protocol.js';
import { securityHeaders } from './security-headers.js';
import type { HttpTelemetry } from './telemetry.js';

/** Answers bytes that are no HTTP request, which never reach a route, in the form of all other errors. */
export function answerClientErrors(server: Server, telemetry: HttpTelemetry): void {
  const answering = new OfConnection<ServerResponse>();
  server.on('request', ({ socket }, response) => {
    response.once('close', answering.add(socket, response));
  });
  server.removeAllListeners('clientError');
  server.on('clientError', (error: ClientError, duplex) => {
    // A plain HTTP server has only sockets.
    const socket = duplex as Socket;
    if (error.code === 'ECONNRESET' || !socket.writable || isUnused(socket)) {
      socket.destroy();
      return;
    }
    const answers = answering.of(socket);
    if (!mayAnswer(answers)) {
      closeAfterLast(socket, answers);
      return;
    }
    const requestId = randomUUID();
    const other = otherProtocolOf(error.rawPacket);
    const { status, message } = other === null ? problemOf(error.code) : { status: 400, message: other.remedy };
    const { code } = error;
    telemetry.requestNotUnderstood({
      requestId,
      status,
      err: { code },
      ...(other === null ? {} : { protocol: other.name, remedy: other.remedy }),
      ...(socket.remoteAddress === undefined ? {} : { peer: socket.remoteAddress }),
    });
    socket.write(answerText(status, message, requestId));
    closeAfterAnswer(socket);
  });
  server.on('connect', (_request, duplex) => {
    const requestId = randomUUID();
    telemetry.requestNotUnderstood({ requestId, status: 400, method: 'CONNECT' });
    duplex.write(answerText(400, 'This is no proxy.', requestId));
    closeAfterAnswer(duplex as Socket);
  });
}

interface ClientError extends NodeJS.ErrnoException {
  /** The bytes that the parser was given last. */
  readonly rawPacket?: Uint8Array;
}

/**
 * Closes the connection after the answers to the requests before the invalid bytes, which may have changed something.
 */
function closeAfterLast(socket: Socket, answers: readonly ServerResponse[]): void {
  const last = answers.at(-1);
  if (last === undefined || answers.some(({ req }) => !req.complete)) {
    socket.destroy();
    return;
  }
  // Adds `connection: close` to the answer, if its headers have not left.
  last.shouldKeepAlive = false;
  if (last.writableFinished) closeAfterAnswer(socket);
  else last.once('finish', () => closeAfterAnswer(socket));
}

/**
 * Whether an error can be answered: between or within the answers to other requests, a client would take it for theirs.
 */
function mayAnswer([first, ...others]: readonly ServerResponse[]): boolean {
  if (first === undefined) return true;
  return others.length === 0 && !first.req.complete && !first.headersSent;
}

/** Whether the client has sent nothing yet: it would take an answer for that to its first request. */
function isUnused({ bytesRead }: Socket): boolean {
  return bytesRead === 0;
}

function problemOf(code: string | undefined): { readonly status: number; readonly message: string } {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, message: 'The request did not arrive in time.' };
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        message: `The target and the headers of the request have more than ${maxHeaderSize} bytes. Send a long query by POST.`,
      };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, message: 'The chunk extensions of the request are too large.' };
    default:
      return { status: 400, message: 'The request is not valid HTTP.' };
  }
}

function answerText(status: number, message: string, requestId: string): string {
  const body = errorBody('BAD_REQUEST', message, requestId);
  const headers = {
    ...securityHeaders,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}
