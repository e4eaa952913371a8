/**
 * Pages of FusionAuth to which applications and e-mails link, and exports for operators, which only its documentation
 * has. The emulator has none of them and says so: an empty 404 reads as a mistake in the link.
 */
export const fusionAuthPages: Readonly<Record<string, string>> = {
  '/account': 'GET',
  '/api/prometheus/metrics': 'GET',
  '/api/system/audit-log/export': 'POST',
  '/api/system/log/export': 'POST',
  '/email/verify/:verificationId': 'GET',
  '/oauth2/device': 'GET',
  '/oauth2/passwordless/:code': 'GET',
  '/password/change/:changePasswordId': 'GET',
  '/password/forgot': 'GET',
  '/registration/verify/:verificationId': 'GET',
};
