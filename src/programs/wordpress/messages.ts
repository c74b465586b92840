/** What the WordPress image prints: its entrypoint, Apache's logs, and the pages for errors. */
import { apacheTime, commonLogTime } from '../text/times.ts'

export const NOT_FOUND_COPYING = 'WordPress not found in /var/www/html - copying now...'
export const COPIED = 'Complete! WordPress has been successfully copied to /var/www/html'
export const copyingConfig = (names: readonly string[]): string =>
  `No 'wp-config.php' found in /var/www/html, but 'WORDPRESS_...' variables supplied; copying 'wp-config-docker.php' (${names.join(' ')})`
export const notEmpty = (names: readonly string[]): string =>
  `WARNING: /var/www/html is not empty! (copying anyhow)${names.length > 0 ? '' : ''}`

export const serverName = (ip: string): string =>
  `AH00558: apache2: Could not reliably determine the server's fully qualified domain name, using ${ip}. Set the 'ServerName' directive globally to suppress this message`
export const portTaken = (port: number): string =>
  [
    `(98)Address already in use: AH00072: make_sock: could not bind to address [::]:${port}`,
    `(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:${port}`,
    'no listening sockets available, shutting down',
    'AH00015: Unable to open logs',
  ].join('\n')
export const configured = (nowMs: number, php: string): string =>
  `[${apacheTime(nowMs)}] [mpm_prefork:notice] [pid 1:tid 1] AH00163: Apache/2.4.65 (Debian) PHP/${php} configured -- resuming normal operations`
export const commandLine = (nowMs: number): string =>
  `[${apacheTime(nowMs)}] [core:notice] [pid 1:tid 1] AH00094: Command line: 'apache2 -D FOREGROUND'`
export const stopping = (nowMs: number): string =>
  `[${apacheTime(nowMs)}] [mpm_prefork:notice] [pid 1:tid 1] AH00170: caught SIGWINCH, shutting down gracefully`
export const terminated = (nowMs: number): string =>
  `[${apacheTime(nowMs)}] [mpm_prefork:notice] [pid 1:tid 1] AH00169: caught SIGTERM, shutting down`
export const maxWorkers = (nowMs: number): string =>
  `[${apacheTime(nowMs)}] [mpm_prefork:error] [pid 1:tid 1] AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting`
export const phpError = (nowMs: number, text: string, client: string): string =>
  `[${apacheTime(nowMs)}] [php:error] [pid 42:tid 42] [client ${client}] PHP ${text}`
export const phpWarning = (nowMs: number, text: string, client: string): string =>
  `[${apacheTime(nowMs)}] [php:warn] [pid 42:tid 42] [client ${client}] PHP Warning:  ${text}`
export const exhausted = (limitBytes: number): string =>
  `Fatal error:  Allowed memory size of ${limitBytes} bytes exhausted (tried to allocate 4096 bytes) in /var/www/html/wp-includes/class-wpdb.php on line 2349`

export const access = (
  nowMs: number,
  ip: string,
  method: string,
  path: string,
  status: number,
  bytes: number,
  referer: string,
  agent: string,
): string => `${ip} - - [${commonLogTime(nowMs)}] "${method} ${path} HTTP/1.1" ${status} ${bytes} "${referer}" "${agent}"`

const die = (title: string, body: string): string =>
  `<!DOCTYPE html>\n<html lang="en-US">\n<head>\n\t<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />\n\t<meta name='robots' content='max-image-preview:large, noindex, follow' />\n\t<title>${title}</title>\n</head>\n<body id="error-page">\n\t<div class="wp-die-message">${body}</div></body>\n</html>\n`

export const DATABASE_ERROR = die('Database Error', '<h1>Error establishing a database connection</h1>')
/** The installer says more, as it does in life. */
export const databaseErrorDetails = (host: string): string =>
  die(
    'Database Error',
    `<h1>Error establishing a database connection</h1>\n<p>This either means that the username and password information in your <code>wp-config.php</code> file is incorrect or that contact with the database server at <code>${host}</code> could not be established. This could mean your host&#8217;s database server is down.</p>\n<ul>\n<li>Are you sure you have the correct username and password?</li>\n<li>Are you sure you have typed the correct hostname?</li>\n<li>Are you sure the database server is running?</li>\n</ul>`,
  )
export const cannotSelect = (name: string): string =>
  die(
    'Database Error',
    `<h1>Cannot select database</h1>\n<p>The database server could be connected to (which means your username and password is okay) but the <code>${name}</code> database could not be selected.</p>`,
  )
export const MAINTENANCE = die('Maintenance', '<h1>Briefly unavailable for scheduled maintenance. Check back in a minute.</h1>')
export const CRITICAL = die(
  'WordPress &rsaquo; Error',
  '<p>There has been a critical error on this website.</p><p><a href="https://wordpress.org/documentation/article/faq-troubleshooting/">Learn more about troubleshooting WordPress.</a></p>',
)
export const NO_CONFIG = die(
  'WordPress &rsaquo; Error',
  '<p>There doesn&#8217;t seem to be a <code>wp-config.php</code> file. It is needed before the installation can continue.</p>',
)

export const apacheError = (status: number, title: string, text: string, host: string, port: number): string =>
  `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${title}</title>\n</head><body>\n<h1>${title}</h1>\n<p>${text}</p>\n<hr>\n<address>Apache/2.4.65 (Debian) Server at ${host} Port ${port}</address>\n</body></html>\n`

export const WP_CONFIG = `<?php
// a helper function to lookup "env_FILE", "env", then fallback
define( 'DB_NAME', getenv_docker('WORDPRESS_DB_NAME', 'wordpress') );

/** Database username */
define( 'DB_USER', getenv_docker('WORDPRESS_DB_USER', 'example username') );

/** Database password */
define( 'DB_PASSWORD', getenv_docker('WORDPRESS_DB_PASSWORD', 'example password') );

/** Database hostname */
define( 'DB_HOST', getenv_docker('WORDPRESS_DB_HOST', 'mysql') );

$table_prefix = getenv_docker('WORDPRESS_TABLE_PREFIX', 'wp_');

define( 'WP_DEBUG', !!getenv_docker('WORDPRESS_DEBUG', '') );

require_once ABSPATH . 'wp-settings.php';
`
