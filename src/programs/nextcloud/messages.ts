/** What Nextcloud answers and its entrypoint says. The pages are short; the words that matter are the real ones. */

const page = (title: string, body: string): string =>
  `<!DOCTYPE html>\n<html class="ng-csp" data-placeholder-focus="false" lang="en">\n<head>\n<meta charset="utf-8">\n<title>${title}</title>\n</head>\n<body id="body-login">\n<main>\n${body}</main>\n</body>\n</html>\n`

export const UNTRUSTED = page(
  'Nextcloud',
  '<h2>Access through untrusted domain</h2>\n<p>Please contact your administrator. If you are an administrator, edit the "trusted_domains" setting in config/config.php like the example in config.sample.php.</p>\n<p>Further information how to configure this can be found in the documentation.</p>\n',
)
export const UNTRUSTED_JSON = '{"error": "Trusted domain error.", "code": 15}'
export const MAINTENANCE = page(
  'Nextcloud',
  '<h2>Maintenance mode</h2>\n<p>This Nextcloud instance is currently in maintenance mode, which may take a while.</p>\n<p>This page will refresh itself when the instance is available again.</p>\n<p>Contact your system administrator if this message persists or appeared unexpectedly.</p>\n',
)
export const updateNeeded = (version: string): string =>
  page(
    'Nextcloud',
    `<h2>App update required</h2>\n<p>Nextcloud will be updated to version ${version}.</p>\n<p>Please make sure that the database, the config folder and the data folder have been backed up before proceeding.</p>\n`,
  )
export const INTERNAL = page(
  'Nextcloud',
  '<h2>Internal Server Error</h2>\n<p>The server encountered an internal error and was unable to complete your request.</p>\n<p>Please contact the server administrator if this error reappears multiple times, please include the technical details below in your report.</p>\n<p>More details can be found in the server log.</p>\n',
)
export const NO_FILES = page('Nextcloud', '<h2>File not found</h2>\n<p>The document could not be found on the server.</p>\n')
export const login = (note: string): string =>
  page(
    'Login – Nextcloud',
    `<h2>Log in to Nextcloud</h2>\n${note === '' ? '' : `<p class="warning">${note}</p>\n`}<form method="post" name="login" action="/login">\n<input type="text" name="user">\n<input type="password" name="password">\n<button type="submit">Log in</button>\n</form>\n`,
  )
export const WRONG_LOGIN = 'Wrong login or password.'
export const dashboard = (name: string, files: readonly string[]): string =>
  page('Files – Nextcloud', `<h2>All files</h2>\n<p>${name}</p>\n<ul>\n${files.map((f) => `<li>${f}</li>\n`).join('')}</ul>\n`)
export const setup = (errors: readonly string[], hints: string): string =>
  page(
    'Nextcloud',
    `<h2>Create an admin account</h2>\n${errors.map((e) => `<p class="error">${e}</p>\n`).join('')}<form action="index.php" method="post">\n<input type="hidden" name="install" value="true">\nadminlogin adminpass directory dbtype dbuser dbpass dbname dbhost\n${hints}<button type="submit">Install</button>\n</form>\n`,
  )

/** A WebDAV error of Sabre. */
export const davError = (exception: string, message: string): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">\n  <s:exception>Sabre\\DAV\\Exception\\${exception}</s:exception>\n  <s:message>${message}</s:message>\n</d:error>\n`

// ── the entrypoint ──

export const REDIS_SESSIONS = 'Configuring Redis as session handler'
export const WAITING = 'Another process is initializing Nextcloud. Waiting...'
export const downgrade = (data: string, image: string): string =>
  `Can't start Nextcloud because the version of the data (${data}) is higher than the docker image version (${image}) and downgrading is not supported. Are you sure you have pulled the newest image version?`
export const skipped = (from: string, to: string): string =>
  `Can't start Nextcloud because upgrading from ${from} to ${to} is not supported.\nIt is only possible to upgrade one major version at a time. For example, if you want to upgrade from version 14 to 16, you will have to upgrade from version 14 to 15, then from 15 to 16.`
export const hooks = (name: string): string =>
  `=> Searching for hook scripts (*.sh) to run, located in the folder "/docker-entrypoint-hooks.d/${name}"\n==> Skipped: the "${name}" folder is empty (or does not exist)`
export const hooksNotRun = (name: string, files: readonly string[]): string =>
  `clusterlab: hook scripts of Nextcloud are not run: /docker-entrypoint-hooks.d/${name}/${files.join(' ')}`
export const NEXT_STEP =
  'Next step: Access your instance to finish the web-based installation!\nHint: You can specify NEXTCLOUD_ADMIN_USER and NEXTCLOUD_ADMIN_PASSWORD and the database variables _prior to first launch_ to fully automate initial installation.'

// ── occ ──

export const occAsOther = (uid: number, owner: number): string =>
  `Console has to be executed with the user that owns the file config/config.php\nCurrent user id: ${uid}\nOwner id of config.php: ${owner}\nTry adding 'sudo -u #${owner}' to the beginning of the command (without the single quotes)\nIf running with 'docker exec' try adding the option '-u ${owner}' to the docker command (without the single quotes)\n`
export const OCC_NOT_INSTALLED = 'Nextcloud is not installed - only a limited number of commands are available\n'
export const OCC_MAINTENANCE = 'Nextcloud is in maintenance mode, no apps are loaded.\nCommands provided by apps are unavailable.\n'
export const OCC_UPGRADE =
  'Nextcloud or one of the apps require upgrade - only a limited number of commands are available\nYou may use your browser or the occ upgrade command to do the upgrade\n'
