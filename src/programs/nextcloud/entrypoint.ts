/**
 * The image's entrypoint: copies Nextcloud into its volume where that is empty or older, installs or upgrades it, then hands over to
 * Apache or PHP-FPM. One process at a time does so on a volume. Models nextcloud/docker's docker-entrypoint.sh.
 */
import type { ProcessContext } from '../contract.ts'
import { fileEnv } from '../text/context.ts'
import { makeDirectory, namesIn, readText, removeAll, writeText } from '../text/files.ts'
import { install, optionsFromEnv, upgrade } from './install.ts'
import * as say from './messages.ts'
import { occ } from './occ.ts'
import { codeVersion, compareVersions, ROOT, readConfig, redisOf, WWW_DATA, writeConfig } from './settings.ts'

/** Where the start stands; `tries` of the installation. */
export type Step =
  | { readonly kind: 'lock'; readonly told: boolean }
  | { readonly kind: 'copied'; readonly from: string }
  | { readonly kind: 'install'; readonly tries: number }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed' }

/** The next step and how much work or waiting comes before it. */
export interface Next {
  readonly step: Step
  readonly workMs: number
  readonly waitMs: number
}

const LOCK = `${ROOT}/nextcloud-init-sync.lock`
const POLL_MS = 1_000
/** Copying some 30,000 small files. */
const COPY_MS = 9_000
const INSTALL_MS = 10_000
const RETRY_MS = 10_000
const RETRIES = 10
/** The kernel frees a lock with its process; here its holder is believed for so long beyond what it announced. */
const GRACE_MS = 5_000

const next = (step: Step, workMs = 0, waitMs = 0): Next => ({ step, workMs, waitMs })
const imageVersion = (ctx: ProcessContext): string => ctx.env['NEXTCLOUD_CODE_VERSION'] ?? '0.0.0.0'
const holder = (ctx: ProcessContext): string => `${ctx.pod.uid}/${ctx.container}`

function lockedByOther(ctx: ProcessContext): boolean {
  const [who, untilMs] = (readText(ctx.files, LOCK) ?? '').split(' ')
  return who !== undefined && who !== '' && who !== holder(ctx) && Number(untilMs) > ctx.nowMs
}
const hold = (ctx: ProcessContext, forMs: number): void => writeText(ctx.files, LOCK, `${holder(ctx)} ${ctx.nowMs + forMs + GRACE_MS}`)
const release = (ctx: ProcessContext): void => writeText(ctx.files, LOCK, '')

/** What the image holds under /usr/src/nextcloud, of its 30,000 files those that matter here. */
const tree = (version: string): Readonly<Record<string, string>> => ({
  '.htaccess': 'RewriteEngine on\n',
  'index.php': "<?php\nrequire_once __DIR__ . '/lib/base.php';\n",
  'status.php': '<?php\n',
  'remote.php': '<?php\n',
  'cron.php': '<?php\n',
  'public.php': '<?php\n',
  occ: "#!/usr/bin/env php\n<?php\nrequire_once __DIR__ . '/console.php';\n",
  'console.php': '<?php\n',
  'robots.txt': 'User-agent: *\nDisallow: /\n',
  'lib/base.php': '<?php\n',
  'core/css/server.css': 'body { font-size: 15px }\n',
  'version.php': `<?php\n$OC_Version = array(${version.replaceAll('.', ',')});\n$OC_VersionString = '${version.split('.').slice(0, 3).join('.')}';\n`,
})
const CODE = ['3rdparty', 'apps', 'core', 'lib', 'ocs', 'dist']

/** rsync with --delete, but for what an instance has of its own. Throws FileError. */
function copy(ctx: ProcessContext): void {
  for (const directory of CODE) removeAll(ctx.files, `${ROOT}/${directory}`)
  for (const [path, text] of Object.entries(tree(imageVersion(ctx)))) writeText(ctx.files, `${ROOT}/${path}`, text)
  for (const directory of ['config', 'data', 'custom_apps', 'themes']) makeDirectory(ctx.files, `${ROOT}/${directory}`)
  writeText(ctx.files, `${ROOT}/data/.htaccess`, 'Require all denied\n')
}

function hooks(ctx: ProcessContext, name: string): void {
  const scripts = namesIn(ctx.files, `/docker-entrypoint-hooks.d/${name}`).filter((f) => f.endsWith('.sh'))
  ctx.log(scripts.length === 0 ? say.hooks(name) : say.hooksNotRun(name, scripts), scripts.length === 0 ? 'stdout' : 'stderr')
}

const finished = (ctx: ProcessContext): Next => {
  release(ctx)
  hooks(ctx, 'before-starting')
  return next({ kind: 'ready' })
}
const ended = (ctx: ProcessContext): Next => {
  release(ctx)
  ctx.exit(1)
  return next({ kind: 'failed' })
}

/** The first step. */
export function enter(ctx: ProcessContext): Next {
  if (redisOf(ctx) !== undefined) ctx.log(say.REDIS_SESSIONS)
  return onStep({ kind: 'lock', told: false }, ctx)
}

/** What comes after a step whose time has passed. Throws FileError where the volume takes nothing. */
export function onStep(step: Step, ctx: ProcessContext): Next {
  switch (step.kind) {
    case 'lock':
      if (!lockedByOther(ctx)) return compared(ctx)
      if (!step.told) ctx.log(say.WAITING)
      return next({ kind: 'lock', told: true }, 0, POLL_MS)
    case 'copied':
      return step.from === '0.0.0.0' ? fresh(ctx) : upgraded(ctx)
    case 'install':
      return attempt(step.tries, ctx)
    default:
      return next(step)
  }
}

function compared(ctx: ProcessContext): Next {
  const [installed, image] = [codeVersion(ctx.files) ?? '0.0.0.0', imageVersion(ctx)]
  const order = compareVersions(image, installed)
  if (order < 0) {
    ctx.log(say.downgrade(installed, image))
    return ended(ctx)
  }
  if (order === 0) return finished(ctx)
  ctx.log(`Initializing nextcloud ${image} ...`)
  if (installed !== '0.0.0.0') {
    if (Number(image.split('.')[0]) > Number(installed.split('.')[0]) + 1) {
      ctx.log(say.skipped(installed, image))
      return ended(ctx)
    }
    ctx.log(`Upgrading nextcloud from ${installed} ...`)
  }
  hold(ctx, COPY_MS * 100)
  copy(ctx)
  return next({ kind: 'copied', from: installed }, COPY_MS)
}

function fresh(ctx: ProcessContext): Next {
  ctx.log('New nextcloud instance')
  const options = optionsFromEnv(ctx, (name) => fileEnv(ctx, name) || undefined)
  if (options === undefined) {
    ctx.log(say.NEXT_STEP)
    ctx.log('Initializing finished')
    return finished(ctx)
  }
  ctx.log(`Installing with ${options.title} database`)
  hooks(ctx, 'pre-installation')
  ctx.log('Starting nextcloud installation')
  hold(ctx, INSTALL_MS * 100)
  return next({ kind: 'install', tries: 0 }, INSTALL_MS)
}

function attempt(tries: number, ctx: ProcessContext): Next {
  const refused = install(optionsFromEnv(ctx, (name) => fileEnv(ctx, name) || undefined)!, ctx)
  if (refused !== undefined) {
    ctx.log(refused)
    ctx.log('Retrying install...')
    hold(ctx, (INSTALL_MS + RETRY_MS) * 100)
    if (tries < RETRIES) return next({ kind: 'install', tries: tries + 1 }, INSTALL_MS, RETRY_MS)
    ctx.log('Installing of nextcloud failed!')
    return ended(ctx)
  }
  ctx.log('Nextcloud was successfully installed')
  const domains = (ctx.env['NEXTCLOUD_TRUSTED_DOMAINS'] ?? '').split(/\s+/).filter((d) => d !== '')
  if (ctx.env['NEXTCLOUD_TRUSTED_DOMAINS'] !== undefined) ctx.log('Setting trusted domains…')
  for (const [i, domain] of domains.entries())
    ctx.log(occ(['config:system:set', 'trusted_domains', String(i + 1), `--value=${domain}`], ctx, WWW_DATA).stdout!.trimEnd())
  hooks(ctx, 'post-installation')
  ctx.log('Initializing finished')
  return finished(ctx)
}

function upgraded(ctx: ProcessContext): Next {
  hooks(ctx, 'pre-upgrade')
  const config = readConfig(ctx.files)
  if (config?.['installed'] === true) writeConfig(ctx.files, config)
  ctx.log(say.OCC_UPGRADE.trimEnd())
  const { lines, ok } = upgrade(ctx)
  for (const line of lines) ctx.log(line)
  if (!ok) return ended(ctx)
  ctx.log('The following apps have been disabled:')
  hooks(ctx, 'post-upgrade')
  ctx.log('Initializing finished')
  return finished(ctx)
}
