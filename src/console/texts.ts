import type { SessionEndReason, SessionEventType } from '../operations/operations.js';

const otherVersion =
  'The session service has been updated since this page was opened. Reload the page to go on; while the update is under way, that may take some tries.';

const number = new Intl.NumberFormat('en');
const list = new Intl.ListFormat('en');

/** A count with its noun: `1 session`, `1,200 sessions`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${number.format(count)} ${count === 1 ? one : many}`;
}

/** Reasons for which a person ends sessions, the usual ones first, in the words of the people who choose them. */
export const reasonsOfPeople: readonly SessionEndReason[] = [
  'ADMIN_REQUEST',
  'SUSPECTED_COMPROMISE',
  'CREDENTIAL_CHANGED',
  'INCIDENT_RESPONSE',
  'ACCOUNT_DISABLED',
  'OTHER',
];

export const reasonTexts: Readonly<Record<SessionEndReason, string>> = {
  ADMIN_REQUEST: 'Support request',
  USER_REQUEST: 'Ended by the user elsewhere',
  SUSPECTED_COMPROMISE: 'Suspected compromise',
  CREDENTIAL_CHANGED: 'Password or other credential changed',
  INCIDENT_RESPONSE: 'Part of an incident',
  ACCOUNT_DISABLED: 'Account locked or closed',
  SESSION_LIMIT_EXCEEDED: 'Over the session limit',
  SINGLE_SESSION_POLICY: 'Only one session is allowed',
  USER_LOGOUT: 'The user signed out',
  OTHER: 'Another reason',
};

export const initiatorTexts = {
  ADMIN: 'an administrator',
  POLICY: 'a session limit',
  SYSTEM: 'FusionAuth or a system',
  USER: 'the user',
} as const;

export const eventTexts: Readonly<Record<SessionEventType, string>> = {
  SESSION_STARTED: 'Signed in',
  SESSION_REFRESHED: 'Used',
  SESSION_REVOKED: 'Ended',
  SESSION_LIMIT_EXCEEDED: 'Over the limit',
};

export const outcomeTexts = { REVOKED: 'Ended', ALREADY_ENDED: 'Was over already', FAILED: 'Failed' } as const;

/** Every English text of the console. */
export const texts = {
  product: 'Session console',
  titleOf: (page: string) => `${page} · Session console`,
  skip: 'Skip to the content',
  nav: { label: 'Pages', users: 'Users', activity: 'Activity', history: 'History', setUp: 'Set-up' },
  account: {
    label: 'Your account',
    signOut: 'Sign out',
    mayEnd: 'Can end sessions',
    readOnly: 'Read only',
    own: 'Own sessions only',
  },
  loading: 'Loading…',
  retry: 'Try again',
  close: 'Close',
  cancel: 'Cancel',
  copyId: (what: string) => `Copy ${what}`,
  copied: 'Copied',
  marked: 'Not copied, but marked: copy it by keyboard',
  unknownUser: 'Unknown user',
  nobody: 'Not known',
  none: '–',
  rule: (name: string) => `Rule ${name}`,
  service: (name: string) => `${name} (service)`,

  live: {
    connecting: 'Connecting…',
    live: 'Live',
    reconnecting: 'Reconnecting…',
    paused: 'Paused',
    'not-permitted': 'Not live',
    hint: {
      connecting: 'The page is asking for events.',
      live: 'This page changes as things happen.',
      reconnecting: 'The connection was lost. What you see may be out of date until it is back.',
      paused: 'New events are kept back until you go on.',
      'not-permitted': 'You lack the permission event:subscribe, so this page shows what was so when it was loaded.',
    },
  },

  reach: {
    noFusionAuth:
      'FusionAuth cannot be reached. Nothing can be looked up or ended until it answers; this page tries again by itself.',
    notReady:
      'The session service is not ready: it cannot reach FusionAuth, or cannot write its log. What you look up or end may fail; this page tries again by itself.',
    noDatabase:
      'The database of the session service cannot be reached. Sessions can be looked up and ended; who ended them, and what others do meanwhile, may be missing here until it is back.',
    outdated: otherVersion,
    reload: 'Reload the page',
    noService: 'The session service cannot be reached. This page tries again by itself.',
  },

  failure: {
    title: 'That did not work',
    requestId: 'Request id for your administrator',
    messages: {
      UNREACHABLE: 'The session service did not answer. Check your connection and try again.',
      UPSTREAM_UNAVAILABLE: 'FusionAuth cannot be reached at the moment. Try again in a minute.',
      DATABASE_UNAVAILABLE:
        'The database of the session service cannot be reached at the moment. Try again in a minute.',
      UPSTREAM_TIMEOUT: 'FusionAuth did not answer in time. Try again.',
      RATE_LIMITED: 'Too many requests were made. Wait a moment, then try again.',
      FORBIDDEN: 'You do not have the permission for this.',
      PERSISTED_QUERY_NOT_FOUND: otherVersion,
      PERSISTED_QUERY_NOT_SUPPORTED: otherVersion,
      INTERNAL_SERVER_ERROR: 'The service could not do this. An administrator finds the cause under the request id.',
      UNREADABLE: 'The answer could not be read. Reload the page; if that does not help, ask your administrator.',
    } as Readonly<Record<string, string>>,
  },

  signIn: {
    title: 'Session console',
    lead: 'See where people are signed in, and end the sessions that should not be there.',
    button: 'Sign in',
    signedOut:
      'You are signed out: nothing happened for a while, or your session was ended. Sign in to go on where you were.',
    problems: {
      failed: 'The sign-in was not completed, or took too long. Try again.',
      refused:
        'FusionAuth knows you, but this console does not accept your sign-in. An administrator finds the cause under the request id.',
      unavailable: 'FusionAuth cannot be reached at the moment. Try again in a minute.',
    },
    note: 'You sign in with your FusionAuth account. What you may do here depends on your roles there.',
  },

  person: {
    hint: 'E-mail or name',
    hintOrService: 'Name or service',
    hits: (label: string) => `${label}: who is meant`,
    found: (count: number) =>
      count === 0
        ? 'No user matches.'
        : count > 5
          ? `5 of ${number.format(count)}: type more.`
          : counted(count, 'user'),
    failed: 'Users cannot be searched at the moment.',
    clear: (label: string, name: string) => `${label}: ${name}. Clear`,
  },

  find: {
    title: 'Users',
    label: 'Find a user',
    placeholder: 'E-mail, name, user id or session id',
    hint: 'Type an e-mail address, a name, or paste a user id or session id.',
    headerLabel: 'Find a user or a session',
    tooShort: 'Type at least two letters.',
    tooMuch: 'Type less: an e-mail address, or a few words of a name.',
    token: 'This is a token, and a secret: nothing is looked up. Type the e-mail address of the user instead.',
    empty: 'Start with the e-mail address',
    emptyHelp:
      'It is the quickest way to the right person. Part of a name does, too. A session id from a log or a token leads to its user.',
    sessionOnly: 'One session has this id.',
    noneTitle: (text: string) => `Nobody matches “${text}”`,
    noneHelp: 'Check the spelling, or try less of it. New users can take a few seconds to appear.',
    results: (count: number) => counted(count, 'user'),
    resultsMany: 'More than 10,000 users',
    caption: 'Users found',
    columns: { user: 'User', status: 'Status', sessions: 'Sessions', lastSignIn: 'Last sign-in', tenant: 'Tenant' },
    more: 'Show more',
    never: 'Never',
    sessionFound: (user: string) => `A live session of ${user}`,
    sessionEnded: (user: string) => `An ended session of ${user}`,
    noPermission: 'You lack the permission session:read, so you can see your own sessions only.',
    own: 'Show my sessions',
  },

  user: {
    active: 'Active',
    inactive: 'Deactivated',
    verified: 'E-mail verified',
    unverified: 'E-mail not verified',
    notFoundTitle: 'There is no such user',
    notFoundHelp: 'The user was deleted, or is not one of those that you may see.',
    find: 'Find another user',
    id: 'User id',
    tenant: 'Tenant',
    registrations: 'Registered for',
    noRegistrations: 'No application',
    lastSignIn: 'Last sign-in',
    limits: 'Session limit',
    tabs: { label: 'About this user', sessions: 'Sessions', 'sign-ins': 'Sign-ins', history: 'History' },
    summary: (sessions: number, applications: number | null) =>
      applications === null
        ? counted(sessions, 'live session')
        : `${counted(sessions, 'live session')} in ${counted(applications, 'application')}`,
    noSessions: 'Not signed in',
  },

  sessions: {
    caption: (user: string) => `Sessions of ${user}`,
    columns: {
      select: 'Select',
      device: 'Device',
      application: 'Application',
      address: 'Address',
      signedIn: 'Signed in',
      lastUsed: 'Last used',
      expires: 'Expires',
      action: 'Action',
    },
    sso: 'Single sign-on',
    ssoHelp: 'Signs in to all applications',
    unnamed: 'Unnamed device',
    ssoDevice: 'Browser',
    badges: {
      current: 'This is you',
      newest: 'Newest',
      expired: 'Expired',
      limit: 'Over the limit',
      ends: 'Would be ended by the limit',
    },
    selectRow: (name: string) => `Select ${name}`,
    selectAll: (count: number) => `Select all ${count} shown`,
    end: 'End',
    endRow: (name: string) => `End ${name}`,
    endSelected: (count: number) => `End ${counted(count, 'session')}`,
    endAll: (count: number) => `End all ${number.format(count)}`,
    selected: (count: number) => `${number.format(count)} selected`,
    clear: 'Clear selection',
    shown: (shown: number, total: number) =>
      shown < total ? `${number.format(shown)} of ${number.format(total)}` : counted(total, 'session'),
    more: 'Show more',
    cap: 'FusionAuth lists the newest 1,000 sessions of a user. There may be older ones that nobody can see here.',
    ended: (when: string, by: string, reason: string) => `Ended ${when} by ${by}, ${reason}`,
    endedShort: (when: string) => `Ended ${when}`,
    arrived: (count: number) => `${counted(count, 'new session')}. Show`,
    emptyTitle: 'No sessions',
    emptyHelp:
      'Somebody may be signed in all the same: an application that uses no refresh tokens has no session in FusionAuth, and its access tokens work until they expire.',
    filteredTitle: 'No session matches these filters',
    clearFilters: 'Clear filters',
    noRevoke: 'You can look but not end sessions: the permission session:revoke is missing.',
    noBulk: 'You can end sessions one at a time: the permission session:bulk is missing.',
    filters: {
      label: 'Filter sessions',
      application: 'Application',
      anyApplication: 'All applications',
      kind: 'Kind',
      anyKind: 'All kinds',
      kinds: { APPLICATION: 'Application', SSO: 'Single sign-on' },
      deviceType: 'Device type',
      anyDeviceType: 'All devices',
      unused: 'Last used',
      anyUse: 'Any time',
      unusedFor: (days: number) => `Not for ${counted(days, 'day')}`,
      expired: 'Include expired',
    },
  },

  limits: {
    atMost: (count: number, devices: readonly string[], perApplication: boolean) => {
      const on = devices.length === 0 ? '' : ` on ${list.format(devices)}`;
      return `At most ${counted(count, 'session')}${on}${perApplication ? ' in each application' : ''}`;
    },
    byRule: (rule: string, surplus: number) =>
      `by rule ${rule}${surplus === 0 ? '' : `: ${number.format(surplus)} too many`}`,
    over: (count: number, rule: string) =>
      `${counted(count, 'session is', 'sessions are')} over the limit of rule ${rule}.`,
    ends: 'They end when the limit is enforced next, such as at the next sign-in.',
    observes: 'The rule only observes, so it ends nothing.',
    asks: 'The rule stops new sign-ins, so it ends nothing.',
  },

  signIns: {
    caption: (user: string) => `Sign-ins of ${user}`,
    columns: { when: 'When', application: 'Application', address: 'Address' },
    emptyTitle: 'No sign-ins on record',
    emptyHelp: 'FusionAuth keeps login records only for as long as it is set up to.',
    unavailableTitle: 'Sign-ins cannot be shown',
    unavailableHelp:
      'The service’s API key may not read login records. An administrator can add POST on /api/system/login-record/search to it.',
    more: 'Show more',
    noApplication: 'No application',
  },

  end: {
    title: (count: number, user: string) => `End ${counted(count, 'session')} of ${user}?`,
    looking: 'Looking up what would end…',
    nothing: 'There is nothing left to end: these sessions are over already.',
    list: 'These sessions will end',
    session: (id: string, application: string) => `Session ${id}, ${application}`,
    own: 'One of them is the session that you are using: ending it signs you out here.',
    more: (count: number) => `and ${number.format(count)} more`,
    reason: 'Reason',
    comment: 'Comment',
    commentRequired: 'Comment (required)',
    commentHint: 'For the record, such as a ticket number. The user never sees it.',
    sso: 'Also end the single sign-on session',
    ssoHint: 'Otherwise the same browser can sign in again without a password.',
    noUndo: 'This cannot be undone. The user has to sign in again.',
    tokens: (until: string) => `Access tokens already issued keep working until ${until} where no guard is used.`,
    typeLabel: (count: number) => `Type ${count} to confirm`,
    confirm: (count: number) => `End ${counted(count, 'session')}`,
    running: (done: number, total: number) => `${number.format(done)} of ${number.format(total)} ended`,
    part: (percent: number) => (percent === 0 ? '' : `${percent} percent ended`),
    runningHint: 'You can close this and look at other pages. Keep this tab open until it is done.',
    waiting: 'The session service does not answer. This goes on by itself when it does.',
    unanswered: (count: number) =>
      `${counted(count, 'more session was', 'more sessions were')} over when the session service was back. History says who ended them.`,
    mayHaveEnded: 'An answer was lost, so more sessions may have ended. The page of the user shows which are left.',
    cutOff: (count: number, user: string) => `Ending ${counted(count, 'session')} of ${user} was cut off`,
    cutOffHelp: 'The page was left, or you were signed out, before it was done. What was done stays done.',
    cutOffLeft: 'Sessions that are left',
    cutOffDone: 'What was ended',
    failedShort: (count: number) => `${number.format(count)} could not be ended`,
    stoppedShort: 'stopped before the end',
    brokenShort: 'broken off before the end',
    leave: 'Go on in the background',
    stop: 'Stop',
    stopping: 'Stopping…',
    nothingEnded: 'Nothing has ended: these sessions were over already, or you may not end them any more.',
    done: (count: number) => `${counted(count, 'session')} ended`,
    doneOne: 'The session has ended',
    already: (count: number) => `${counted(count, 'session')} had ended already, by somebody else or by time.`,
    alreadyBy: (by: string, when: string) => `Already ended by ${by} at ${when}.`,
    failedTitle: (count: number) => `${counted(count, 'session')} could not be ended`,
    stopped: 'Stopped. The sessions that are left go on living.',
    retry: (count: number) => `Try ${counted(count, 'session')} again`,
    goOn: 'Go on',
    jobs: 'Endings under way',
    job: (user: string) => `Ending sessions of ${user}`,
    result: (user: string) => `Sessions of ${user}`,
    details: 'Details',
    dismiss: 'Dismiss',
    warnings: {
      SSO_SESSIONS_REMAIN:
        'A single sign-on session may be left: the same browser can sign in again without a password then.',
      LISTING_TRUNCATED: 'The user has more than 1,000 sessions. Older ones may live on: look again.',
      NOT_PUBLISHED_YET:
        'The sessions have ended. Servers that check tokens learn of it once the service’s database is back.',
      AUDIT_NOT_WRITTEN: 'The audit record could not be written yet. Tell your administrator.',
    } as Readonly<Record<string, string>>,
  },

  activity: {
    title: 'Activity',
    lead: 'What happens to sessions, as it happens.',
    caption: 'Latest events, the newest first',
    columns: {
      when: 'Time',
      what: 'What',
      user: 'User',
      application: 'Application',
      device: 'Device',
      by: 'By',
      reason: 'Reason',
    },
    pause: 'Pause',
    goOn: (count: number) => (count === 0 ? 'Go on' : `Go on, ${number.format(count)} waiting`),
    filterLabel: 'Filter activity',
    filter: 'Show',
    all: 'Everything',
    emptyTitle: 'Nothing has happened yet',
    emptyHelp:
      'Sign-ins and endings appear here at once. If they do not, FusionAuth’s webhook is not connected: see Set-up.',
    filteredTitle: 'Nothing of this kind yet',
    gapSure: (from: string, to: string) => `Connection lost from ${from} to ${to}. Nothing is missing.`,
    gapUnsure: (from: string, to: string) =>
      `Connection lost from ${from} to ${to}. Events of that time may be missing here; History has the endings.`,
    everyUser: 'Every user',
    noPermission: 'You lack the permission event:subscribe, so you see events of your own sessions only.',
  },

  history: {
    title: 'History',
    lead: 'Who ended which session, when and why.',
    caption: 'Ended sessions, the newest first',
    columns: {
      when: 'When',
      by: 'By',
      user: 'User',
      session: 'Session',
      device: 'Device',
      reason: 'Reason',
      comment: 'Comment',
      outcome: 'Outcome',
    },
    filters: {
      label: 'Filter history',
      user: 'User',
      by: 'Ended by',
      reason: 'Reason',
      anyReason: 'Any reason',
      since: 'From',
      until: 'To',
      clear: 'Clear filters',
      ignored: (parts: readonly string[]) =>
        `The address holds what is no filter here, so the list is not narrowed by it: ${parts.join(', ')}`,
    },
    export: 'Export CSV',
    exporting: 'Exporting…',
    exportCapped: (count: number) =>
      `The file holds the newest ${number.format(count)} entries. Narrow the dates for older ones.`,
    entries: ['entry', 'entries'] as const,
    keptSince: (since: string) => `Kept since ${since}.`,
    more: 'Show more',
    emptyTitle: 'No session was ended',
    emptyHelp: 'Sessions that people, services or limits end appear here with their reason.',
    filteredTitle: 'Nothing matches these filters',
    filteredHelp: 'Widen the dates, or clear the filters.',
    noPermission: 'You cannot see who ended sessions: the permission audit:read is missing.',
    details: (when: string) => `Details of the ending at ${when}`,
    sameRequest: (count: number) =>
      count === 0
        ? 'The same request ended nothing else.'
        : `The same request also ended ${counted(count, 'session')}:`,
    requestId: 'Request id',
    sessionId: 'Session id',
    replacedBy: 'Session that stayed',
    reported: 'Reported by FusionAuth',
    csv: [
      'ended at',
      'ended by',
      'kind of actor',
      'user id',
      'user',
      'session id',
      'device',
      'application id',
      'reason',
      'comment',
      'request id',
      'outcome',
    ],
  },

  setUp: {
    title: 'Set-up',
    lead: 'How this service is doing, and what holds for sessions.',
    findings: {
      title: 'What is to be mended',
      looking: 'Looking at FusionAuth, the configuration and the database…',
      checkedAt: 'Looked at',
      again: 'Look again',
      noPermission: 'You lack the permission setup:read, so what is wrong with the set-up is not shown.',
      summary: (problems: number, warnings: number, unchecked: number) =>
        [
          problems === 0 ? 'No problem' : problems === 1 ? '1 problem' : `${problems} problems`,
          ...(warnings === 0 ? [] : [warnings === 1 ? '1 warning' : `${warnings} warnings`]),
          ...(unchecked === 0 ? [] : [`${unchecked} not checked`]),
        ].join(', '),
      right: (count: number) => (count === 1 ? '1 thing is as it should be' : `${count} things are as they should be`),
      states: { PROBLEM: 'Problem', WARNING: 'Warning', NOT_CHECKED: 'Not checked', OK: 'OK' },
    },
    health: 'Service',
    fusionAuth: 'FusionAuth',
    reach: {
      all: 'Reachable, and its API key works',
      'no-fusionauth': 'Cannot be reached, or refuses the API key',
      'not-ready': 'Cannot be reached or refuses the API key, or the service cannot write its log',
      'no-service': 'Not known: the session service cannot be reached',
    },
    warnings: 'Warnings',
    noWarnings: 'None',
    warningTexts: {
      CLOCK_SKEW: 'The clocks of the service and of FusionAuth differ. Set both by NTP.',
      POLICY_NOT_USABLE:
        'The session policy cannot be used as it is written now. The last good one stays in force; the log says what to mend.',
      SERVICE_KEYS_NOT_USABLE:
        'The file of service keys cannot be used as it is written now. Keys that are gone from it are refused, and nothing else has changed; the log says what to mend.',
      DATABASE_UNAVAILABLE:
        'The database that replicas share cannot be reached. Sessions can be listed and ended; other replicas learn of it later.',
    } as Readonly<Record<string, string>>,
    state: {
      webhook: 'FusionAuth’s webhook',
      off: 'Off',
      noWebhook: 'Sessions that end elsewhere are not noticed. What is to be mended, above, says how to connect it.',
      lastEvent: 'Last event',
      noEvent: 'None yet',
      noEventHelp: 'FusionAuth sends one when somebody signs in. If it does not, see what is to be mended.',
      taken: 'Events taken',
      refused: 'Refused',
      refusedHelp: 'Whoever sent them; the log says why. Last at',
      since: 'Counted here since',
      feed: 'Replicas and followers',
      replicas: 'Replicas that act as one',
      replicasUnknown: 'Not known: the database cannot be reached',
      lag: 'Behind what replicas publish',
      guards: 'Guards and other services that follow events',
      noGuards: 'None. Access tokens already issued work until they expire.',
      stream: 'stream',
      ofReplica: 'At the replica that answered; others have their own.',
      people: 'Pages that people have open',
    },
    policy: {
      title: 'Session policy',
      mode: 'Mode',
      modes: { ENFORCE: 'Enforces', OBSERVE: 'Observes' },
      modeHelp: {
        ENFORCE: 'Sessions above a limit end.',
        OBSERVE: 'Nothing ends; Activity shows what would.',
      },
      version: 'Version',
      none: 'None is configured: no limit holds by itself.',
      noPermission: 'You lack the permission policy:read, so the policy is not shown.',
    },
    revocations: 'Record of revocations',
    completeSince: 'Complete since',
    completeHelp:
      'Revocations before this time may be missing: the service started then, or a report of FusionAuth was lost.',
    lifetimes: 'Lifetimes',
    idle: 'A session ends unused after',
    absolute: 'A session ends at the latest after',
    accessToken: 'An access token works for',
    noLimit: 'No limit',
    unknown: 'Not known',
    you: 'You',
    permissions: 'Your permissions',
    noPermissions: 'None: you can see and end your own sessions',
    tenants: 'Tenants',
    anyTenant: 'All',
    policyMissing: 'You lack the permission policy:read, so lifetimes are not shown.',
  },

  shortcuts: {
    title: 'Keyboard shortcuts',
    on: 'Use single-key shortcuts',
    onHint: 'Switch them off if you dictate, or if keys are pressed by accident. Tab, Enter and Esc always work.',
    open: 'Keyboard shortcuts',
    list: [
      [['/'], 'Find a user or a session'],
      [['↑', '↓'], 'Move between rows'],
      [['x'], 'Select the row'],
      [['e'], 'End the selected sessions, or the one of the row'],
      [['g', 'u'], 'Go to Users'],
      [['g', 'a'], 'Go to Activity'],
      [['g', 'h'], 'Go to History'],
      [['?'], 'Show this list'],
    ] as readonly (readonly [readonly string[], string])[],
  },

  notFound: { title: 'There is no such page', help: 'The address may be mistyped.', link: 'Go to Users' },
  zone: (zone: string) => `Times are in ${zone}.`,
  duration: { seconds: 'second', minutes: 'minute', hours: 'hour', days: 'day' },
  justNow: 'Just now',
  noTime: 'Not at all',
};
