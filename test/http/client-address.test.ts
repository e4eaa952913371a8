import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClientAddresses, limitedNetwork } from '../../src/http/client-address.js';
import { startTestService } from '../support/service.js';

const proxies = new ClientAddresses(['10.0.0.0/8', '192.0.2.1', '2001:db8:1::/48', '::1']);

/** The address of a request that came from this peer with this header. */
const addressOf = (peer: string, forwarded?: string) =>
  proxies.of({ socket: { remoteAddress: peer } as never, headers: { 'x-forwarded-for': forwarded } });

describe('the address of a client', () => {
  it.each<[what: string, peer: string, forwarded: string | undefined, expected: string]>([
    ['is the peer without a proxy', '198.51.100.7', undefined, '198.51.100.7'],
    ['is the peer whatever a client says that is no proxy', '198.51.100.7', '203.0.113.5', '198.51.100.7'],
    ['is what a proxy says', '10.1.2.3', '203.0.113.5', '203.0.113.5'],
    ['is what the last proxy says, not the client before it', '10.1.2.3', '1.1.1.1, 203.0.113.5', '203.0.113.5'],
    ['is what the first of several proxies says', '10.1.2.3', '203.0.113.5, 10.9.9.9, 192.0.2.1', '203.0.113.5'],
    ['is the first proxy where all are proxies', '10.1.2.3', '10.4.4.4', '10.4.4.4'],
    ['is the proxy where it says nothing', '10.1.2.3', undefined, '10.1.2.3'],
    ['is the proxy where it says what is no address', '10.1.2.3', 'unknown', '10.1.2.3'],
    ['is the proxy where it says nothing last', '10.1.2.3', '203.0.113.5, ', '10.1.2.3'],
    ['is believed as far as it can be read', '10.1.2.3', 'garbage, 10.4.4.4', '10.4.4.4'],
    ['has no port', '10.1.2.3', '203.0.113.5:4711', '203.0.113.5'],
    ['has no port in IPv6 either', '10.1.2.3', '[2001:db8::7]:4711', '2001:db8::7'],
    ['is one of IPv4 however it is written', '::ffff:10.1.2.3', '::FFFF:203.0.113.5', '203.0.113.5'],
    ['has no zone', 'fe80::1%eth0', undefined, 'fe80::1'],
    ['is what a proxy of IPv6 says', '2001:db8:1::5', '2001:DB8:2::5', '2001:db8:2::5'],
    ['is the peer beside a subnet of proxies', '2001:db8:2::5', '203.0.113.5', '2001:db8:2::5'],
  ])('%s', (_what, peer, forwarded, expected) => {
    expect(addressOf(peer, forwarded)).toBe(expected);
  });

  it('is never what a client has written itself, whatever that is', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.ipV4(), { maxLength: 3 }), (text, others) => {
        const written = [text, ...others].join(', ');
        expect(addressOf('10.1.2.3', `${written}, 203.0.113.5`)).toBe('203.0.113.5');
        expect(addressOf('198.51.100.7', written)).toBe('198.51.100.7');
      }),
    );
  });
});

describe('a limit by address', () => {
  it.each([
    ['203.0.113.5', '203.0.113.5'],
    ['2001:db8::7', '2001:db8:0:0::/64'],
    ['2001:0db8:0000:0000:ffff:1:2:3', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::', '2001:db8:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4::/64'],
  ])('is about the network of %s: %s', (address, network) => {
    expect(limitedNetwork(address)).toBe(network);
  });
});

it('the client stands in the lines of requests, refusals and audit records', async () => {
  await using service = await startTestService({ env: { TRUSTED_PROXIES: '127.0.0.0/8, ::1' } });
  const user = service.user({ sessions: 2 });
  const headers = { 'x-forwarded-for': '198.51.100.9, 203.0.113.5' };
  await service.query(
    'mutation($id: ID!) { enforceSingleSession(userId: $id) { outcome } }',
    { id: user.id },
    { headers },
  );
  await service.query('{ viewer { name } }', {}, { key: 'wrong', headers });
  await expect.poll(() => service.logs.filter(({ msg }) => msg === 'request')).toHaveLength(2);
  const lineOf = (wanted: string) => service.logs.find(({ msg }) => msg === wanted);
  for (const msg of ['request', 'credentials refused'])
    expect(lineOf(msg)).toMatchObject({ clientAddress: '203.0.113.5' });
  expect(lineOf('audit')).toMatchObject({ audit: { clientAddress: '203.0.113.5' } });
});
