import { createServer } from 'node:http';
import { type ListeningServer, listen } from '../support/listening-server.js';

/**
 * How FusionAuth's question gets to the replicas: to one; to both at once; to the other one besides, when the session is
 * there; to one whose answer is lost; to none.
 */
export type Asked = 'once' | 'twice' | 'later' | 'unanswered' | 'unseen';

interface SignInRelay extends ListeningServer {
  /** Delivers the second copies of what was asked `later`. */
  deliverLate(): Promise<void>;
}

interface SignInRelayOptions {
  /** Of a replica, by any number. */
  readonly urlOf: (replica: number) => string;
  /** Called when a replica has let a user in. */
  readonly onAdmitted: (userId: string, eventId: string) => void;
}

interface Delivered {
  readonly event: {
    readonly type: string;
    readonly id: string;
    readonly info?: { readonly deviceName?: string };
    readonly user?: { readonly id: string };
  };
}

/** Stands between FusionAuth and replicas. The name of the device of a sign-in says how it is asked, and whom. */
export async function startSignInRelay({ urlOf, onAdmitted }: SignInRelayOptions): Promise<SignInRelay> {
  const late: (() => Promise<number>)[] = [];
  let others = 0;
  const relay = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', async () => {
      const body = Buffer.concat(chunks).toString();
      const { connection: _connection, host: _host, 'content-length': _length, ...given } = incoming.headers;
      const headers = given as Record<string, string>;
      const { event } = JSON.parse(body) as Delivered;
      const isSignIn = event.type === 'user.login.success';
      const forward = async (replica: number) => {
        const url = `${urlOf(replica)}/webhooks/fusionauth`;
        const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => null);
        await answer?.arrayBuffer();
        if (answer?.status === 200 && isSignIn && event.user !== undefined) onAdmitted(event.user.id, event.id);
        return answer?.status ?? 502;
      };
      const [asked, number] = (event.info?.deviceName ?? '').split(' ');
      const replica = Number(number);
      const answer = async (): Promise<number> => {
        switch (isSignIn ? asked : null) {
          case 'unseen':
            return 500;
          case 'unanswered':
            await forward(replica);
            return 500;
          case 'twice': {
            const [status] = await Promise.all([forward(replica), forward(replica + 1)]);
            return status;
          }
          case 'later':
            late.push(() => forward(replica + 1));
            return forward(replica);
          case 'once':
            return forward(replica);
          default:
            return forward(others++);
        }
      };
      outgoing.writeHead(await answer()).end();
    });
  });
  return {
    ...(await listen(relay)),
    async deliverLate() {
      await Promise.all(late.splice(0).map((deliver) => deliver()));
    },
  };
}
