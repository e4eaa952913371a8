import { describe, expect, it } from 'vitest';
import { parsePolicyValue } from '../../src/policy/parse-policy.js';
import { parsePolicyText } from '../../src/policy/policy-text.js';
import { problemText } from '../../src/policy/problem.js';
import { shop } from '../support/sessions.js';

const good = `# Limits of the shop
version: 1
mode: enforce
rules:
  - name: phones
    when: { applications: [${shop.toUpperCase()}] }
    counts: { deviceTypes: [MOBILE, TABLET] }
    allow: 2
  - name: everyone-else
    mode: observe
    allow: 5
    per: application
    overflow: deny-new
exempt: { roles: [service], whenMoreThan: 500 }
`;

function problemsOf(text: string): readonly string[] {
  const parsed = parsePolicyText(text);
  return parsed.ok ? [] : parsed.problems.map((problem) => problemText(problem, 'p.yaml'));
}

function policyOf(text: string) {
  const parsed = parsePolicyText(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

describe('a policy', () => {
  it('means what it says, with the defaults of what it leaves out', () => {
    const nobody = { roles: null, groupIds: null, userIds: null, tenantIds: null, userData: null };
    expect(policyOf(good)).toEqual({
      version: expect.stringMatching(/^[0-9a-f]{12}$/),
      mode: 'enforce',
      rules: [
        {
          name: 'phones',
          mode: 'enforce',
          when: { ...nobody, applicationIds: [shop] },
          deviceTypes: ['MOBILE', 'TABLET'],
          allow: 2,
          per: 'user',
          overflow: 'endOldest',
          sso: null,
        },
        {
          name: 'everyone-else',
          mode: 'observe',
          when: { ...nobody, applicationIds: null },
          deviceTypes: null,
          allow: 5,
          per: 'application',
          overflow: 'denyNew',
          sso: 'keepAll',
        },
      ],
      exempt: [{ applicationId: null, userIds: [], groupIds: [], roles: ['service'], whenMoreThan: 500 }],
      maxRevocationsPerMinute: 200,
    });
  });

  it('is the same in JSON, and has the same version whatever its comments and the order of its members', () => {
    const document = {
      rules: [{ allow: 1, name: 'one' }],
      mode: 'observe',
      version: 1,
    };
    const yaml = policyOf('version: 1 # of the language\nmode: observe\nrules: [{ name: one, allow: 1 }]');
    expect(policyOf(JSON.stringify(document, null, 2))).toEqual(yaml);
    expect(policyOf('version: 1\nmode: enforce\nrules: [{ name: one, allow: 1 }]').version).not.toBe(yaml.version);
  });

  it('ends nothing where it observes, whatever its rules say', () => {
    const { rules } = policyOf('version: 1\nmode: observe\nrules: [{ name: one, allow: 1, mode: enforce }]');
    expect(rules[0]?.mode).toBe('observe');
  });

  it('of an application is about its own sessions, under names of its own', () => {
    const value = { version: 1, mode: 'enforce', rules: [{ name: 'one', allow: 1 }], exempt: { whenMoreThan: 9 } };
    const parsed = parsePolicyValue(value, shop);
    expect(parsed).toMatchObject({
      ok: true,
      policy: {
        rules: [{ name: `one@${shop}`, when: { applicationIds: [shop] }, sso: null }],
        exempt: [{ applicationId: shop, whenMoreThan: 9 }],
      },
    });
    const elsewhere = { ...value, rules: [{ name: 'one', allow: 1, when: { applications: [shop] } }] };
    expect(parsePolicyValue(elsewhere, shop)).toMatchObject({
      ok: false,
      problems: [{ line: null, path: 'rules[0].when.applications' }],
    });
  });
});

describe('a policy with faults', () => {
  it('names each of them at once, with its line and what would be right', () => {
    const text = `version: 2
mode: enforced
rulez: []
rules:
  - name: Admins
    allow: 0
    overflow: deny-new
    sso: end-all
    when:
      applications: []
      role: [admin]
  - name: same
    allow: 1000
    counts: { deviceTypes: [UNKNOWN] }
  - name: same
    per: device
exempt:
  users: [alice]
maxRevocationsPerMinute: 1.5
`;
    expect(problemsOf(text)).toEqual([
      'p.yaml:1:10: version: must be 1',
      'p.yaml:2:7: mode: must be observe or enforce',
      'p.yaml:3:1: rulez: is not known here; version, mode, rules, exempt, maxRevocationsPerMinute are',
      'p.yaml:5:11: rules[0].name: must have 1 to 63 characters of a-z, 0-9 and -, and begin with no -',
      'p.yaml:6:12: rules[0].allow: must be from 1 to 999',
      'p.yaml:8:10: rules[0].sso: must be keep-all or left out under deny-new, which ends nothing',
      'p.yaml:10:21: rules[0].when.applications: must name at least one; leave it out for any',
      'p.yaml:11:7: rules[0].when.role: is not known here; applications, roles, groups, users, tenants, userData are',
      'p.yaml:13:12: rules[1].allow: must be from 1 to 999',
      'p.yaml:14:29: rules[1].counts.deviceTypes[0]: must not be UNKNOWN, which says as little as no type: such sessions fall to the rules without counts',
      'p.yaml:15:5: rules[2].allow: must be a whole number from 1 to 999',
      'p.yaml:15:11: rules[2].name: must be unique: rules[1] has it, too',
      'p.yaml:16:10: rules[2].per: must be user or application',
      'p.yaml:18:11: exempt.users[0]: must be the id of a user: a UUID',
      'p.yaml:19:26: maxRevocationsPerMinute: must be a whole number from 1 to 100000',
    ]);
  });

  it('is told apart from one that FusionAuth keeps as text', () => {
    expect(parsePolicyValue('{"version":1}', null)).toEqual({
      ok: false,
      problems: [
        {
          line: null,
          column: null,
          path: '',
          message: 'must be an object, and is a text: leave out the quotation marks around it',
        },
      ],
    });
  });

  it('is told apart from one that is not YAML, with the place', () => {
    expect(problemsOf('version: 1\nmode: [observe')).toEqual([expect.stringMatching(/^p\.yaml:2:\d+: is not YAML: /)]);
  });

  it('never means no limit: without rules, or without a mode, it is refused', () => {
    expect(problemsOf('version: 1\nmode: enforce\nrules: []')).toEqual([
      'p.yaml:3:8: rules: must hold at least one rule',
    ]);
    expect(problemsOf('version: 1\nrules: [{ name: one, allow: 1 }]')).toEqual([
      'p.yaml:1:1: mode: must be observe or enforce',
    ]);
  });
});

describe('a value that readers of YAML 1.1 take for another one', () => {
  const ruleWith = (members: string) => `version: 1\nmode: observe\nrules:\n  - { name: one, ${members} }`;

  it.each(['010', '0o10', '0x10', '0b1', '1_0', '1e1', '+1', '1.', '.5', '1:30'])(
    '(%s) is no number of a policy',
    (value) => {
      expect(problemsOf(ruleWith(`allow: ${value}`))).toEqual([expect.stringMatching(/^p\.yaml:4:25: /)]);
      const message =
        'is not the same number to all readers of YAML: write decimal digits, or a text in quotation marks';
      const ofUser = ruleWith(`allow: 1, when: { userData: { plan: ${value} } }`);
      expect(problemsOf(ofUser)).toEqual([`p.yaml:4:54: ${message}`]);
    },
  );

  it.each(['yes', 'No', 'on', 'OFF', 'y', 'n'])('(%s) is neither a truth nor a text', (value) => {
    const message = 'is a truth to some readers of YAML: write true or false, or a text in quotation marks';
    expect(problemsOf(ruleWith(`allow: 1, when: { userData: { vip: ${value} } }`))).toEqual([
      `p.yaml:4:53: ${message}`,
    ]);
    expect(problemsOf(ruleWith(`allow: 1, when: { roles: [${value}] }`))).toEqual([`p.yaml:4:44: ${message}`]);
  });

  it('is taken as a text in quotation marks, as are words and dates that look like nothing else', () => {
    const userData = `{ a: "010", b: 'yes', c: family, d: 2026-01-31, e: true, f: -1.5, g: 0, h: 10.0.0.1, i: 1-2 }`;
    expect(policyOf(ruleWith(`allow: 1, when: { userData: ${userData} }`)).rules[0]?.when.userData).toEqual({
      a: '010',
      b: 'yes',
      c: 'family',
      d: '2026-01-31',
      e: true,
      f: -1.5,
      g: 0,
      h: '10.0.0.1',
      i: '1-2',
    });
  });
});
