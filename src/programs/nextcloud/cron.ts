/** Nextcloud's background jobs: `cron.php` once, and the image's `/cron.sh`, busybox' crond, which runs it every five minutes. */
import type { ProcessContext, Program } from '../contract.ts'
import { MiB } from '../text/context.ts'
import { exists } from '../text/files.ts'
import { run } from './database.ts'
import type { Said } from './occ.ts'
import { isOn, ROOT, readConfig } from './settings.ts'

const EVERY_MS = 5 * 60_000
const UPDATE = (nowMs: number): string =>
  `UPDATE oc_appconfig SET configvalue = '${Math.floor(nowMs / 1000)}' WHERE appid = 'core' AND configkey = 'lastcron'`

/** One run; it says nothing when it goes well. */
export function runCron(ctx: ProcessContext): Said {
  if (!exists(ctx.files, `${ROOT}/cron.php`)) return { exitCode: 1, stdout: 'Could not open input file: /var/www/html/cron.php\n' }
  const config = readConfig(ctx.files) ?? {}
  if (!isOn(config, 'installed') || isOn(config, 'maintenance')) return { exitCode: 0 }
  const done = run(config, [UPDATE(ctx.nowMs)], ctx)
  return done.ok ? { exitCode: 0 } : { exitCode: 1, stdout: `${done.error}\n` }
}

/** `busybox crond -f -L /dev/stdout`. */
export const nextcloudCron: Program<null> = {
  name: 'nextcloud-cron',
  executables: ['cron.sh'],
  start(ctx) {
    ctx.memory(8 * MiB)
    ctx.log('crond: crond (busybox 1.37.0) started, log level 8')
    ctx.timer('minute', EVERY_MS - (ctx.nowMs % EVERY_MS))
    return null
  },
  on(state, event, ctx) {
    if (event.type === 'timer') {
      ctx.log('crond: USER www-data pid  12 cmd php -f /var/www/html/cron.php')
      const { stdout } = runCron(ctx)
      if (stdout) ctx.log(stdout.trimEnd())
      ctx.timer('minute', EVERY_MS)
    }
    if (event.type === 'request') ctx.reset()
    if (event.type === 'signal' && ['TERM', 'INT'].includes(event.signal)) ctx.exit(0)
    return state
  },
}
