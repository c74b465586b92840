/**
 * WordPress under Apache prefork and PHP, as the official image runs it. State is what Apache holds in memory; posts live in the
 * database, files under /var/www/html. Models wordpress:6.x-apache.
 */
import { FileError } from '../../script/files.ts'
import type { ProcessContext, Program } from '../contract.ts'
import { type ApacheState, beforeApache, beginApache, onApache, type PhpApplication } from '../php/server.ts'
import { MiB, slowdown } from '../text/context.ts'
import { exists, makeDirectory, namesIn, writeText } from '../text/files.ts'
import * as say from './messages.ts'
import { visit } from './pages.ts'
import { ROOT } from './settings.ts'

const COPY_MS = 1_200
const START_MS = 900

const application: PhpApplication = {
  php: '8.2.29',
  visit,
  exhausted: { where: '/var/www/html/wp-includes/class-wpdb.php on line 2349', body: say.CRITICAL },
}

/** The entrypoint's work: files where there are none. */
function copy(ctx: ProcessContext): boolean {
  const { files, env } = ctx
  makeDirectory(files, ROOT)
  const fresh = !exists(files, `${ROOT}/index.php`) && !exists(files, `${ROOT}/wp-includes/version.php`)
  if (fresh) {
    ctx.log(say.NOT_FOUND_COPYING, 'stderr')
    if (namesIn(files, ROOT).length > 0) ctx.log(say.notEmpty([]), 'stderr')
    for (const [path, text] of Object.entries(TREE)) writeText(files, `${ROOT}/${path}`, text)
    makeDirectory(files, `${ROOT}/wp-content/uploads`)
    ctx.log(say.COPIED, 'stderr')
  }
  const variables = Object.keys(env)
    .filter((n) => n.startsWith('WORDPRESS_'))
    .sort()
  if (!exists(files, `${ROOT}/wp-config.php`) && variables.length > 0) {
    ctx.log(say.copyingConfig(variables), 'stderr')
    writeText(files, `${ROOT}/wp-config.php`, say.WP_CONFIG)
  }
  return fresh
}

/** The files that matter here, of the 3,000 there are. */
const TREE: Readonly<Record<string, string>> = {
  'index.php': "<?php\ndefine( 'WP_USE_THEMES', true );\nrequire __DIR__ . '/wp-blog-header.php';\n",
  'wp-includes/version.php': "<?php\n$wp_version = '6.8.3';\n",
  'wp-login.php': '<?php\n',
  'wp-admin/install.php': '<?php\n',
  'wp-comments-post.php': '<?php\n',
  'wp-config-docker.php': say.WP_CONFIG,
  'wp-content/index.php': '<?php\n// Silence is golden.\n',
  'wp-content/themes/twentytwentyfive/style.css': '/*\nTheme Name: Twenty Twenty-Five\n*/\n',
  'license.txt': 'WordPress - Web publishing software\n',
  'readme.html': '<!DOCTYPE html>\n<html lang="en">\n<head><title>WordPress &rsaquo; ReadMe</title></head>\n</html>\n',
}

export const wordpress: Program<ApacheState> = {
  name: 'wordpress',
  executables: ['apache2-foreground', 'apache2'],
  start(ctx) {
    ctx.memory(40 * MiB)
    try {
      const fresh = copy(ctx)
      ctx.cpu(500)
      ctx.timer('start', ((fresh ? COPY_MS : 0) + START_MS) * slowdown(ctx))
      return beforeApache(ctx)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      ctx.log(`tar: ./wp-content: Cannot mkdir: ${error.message}`, 'stderr')
      ctx.exit(2)
      return beforeApache(ctx, 'stopped')
    }
  },
  on: (state, event, ctx) => (event.type === 'timer' ? beginApache(ctx, application) : onApache(state, event, ctx, application)),
}
