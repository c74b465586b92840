/** What the WordPress image prints: its entrypoint, and the pages for errors. */

export const NOT_FOUND_COPYING = 'WordPress not found in /var/www/html - copying now...'
export const COPIED = 'Complete! WordPress has been successfully copied to /var/www/html'
export const copyingConfig = (names: readonly string[]): string =>
  `No 'wp-config.php' found in /var/www/html, but 'WORDPRESS_...' variables supplied; copying 'wp-config-docker.php' (${names.join(' ')})`
export const notEmpty = (names: readonly string[]): string =>
  `WARNING: /var/www/html is not empty! (copying anyhow)${names.length > 0 ? '' : ''}`

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
