import { INDEX } from '../../written.ts';
import { HEADERS } from '../guard.ts';

/** The policy of the studio without what browsers take from a head of HTTP alone. */
const POLICY = HEADERS['content-security-policy']
  .split('; ')
  .filter((rule) => !rule.startsWith('frame-ancestors'))
  .join('; ');

/** The built page as a web server of files shows it: it carries its own policy, and says where its answers are. */
export const htmlOf = (html: string): string =>
  html.replace(
    '<meta charset="utf-8">',
    `$&
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="studio-answers" content="${INDEX}">`,
  );
