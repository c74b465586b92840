/** Nextcloud's pages in the order in which its lib/base.php decides: configuration, trusted domain, maintenance, upgrade, installer, then the page itself. */
import type { HttpRequest } from '../../network/contract.ts'
import type { ProcessContext } from '../contract.ts'
import { apacheError } from '../php/apache-messages.ts'
import type { Page } from '../php/server.ts'
import { kindAt, readText } from '../text/files.ts'
import { formValues } from '../text/http.ts'
import { dav, xml } from './dav.ts'
import { cached, FileCache } from './file-cache.ts'
import { type InstallOptions, install } from './install.ts'
import * as say from './messages.ts'
import { codeVersion, compareVersions, isOn, isTrusted, ROOT, readConfig, shortVersion, textAt } from './settings.ts'
import { ask, checked, failed, openSession, PageError, page, redirect, signedIn, signIn, type Visit } from './visit.ts'

const MAINTENANCE_HEADERS = { 'retry-after': '120', 'x-nextcloud-maintenance-mode': '1' }

/** Files that Apache serves by itself, and what .htaccess keeps from visitors. */
function withoutPhp(request: HttpRequest, ctx: ProcessContext, path: string): Page | undefined {
  const plain = (status: number, headers: Record<string, string>, body: string): Page => ({
    status,
    headers,
    body,
    php: false,
    databaseMs: 0,
  })
  if (/^\/(data|config)(\/|$)/.test(path) || /^\/\.ht/.test(path))
    return plain(
      403,
      { 'content-type': 'text/html' },
      apacheError(403, 'Forbidden', "You don't have permission to access this resource.", request.host, 80),
    )
  if (!/^\/(core|apps|dist|themes|robots\.txt)/.test(path) || kindAt(ctx.files, `${ROOT}${path}`) !== 'file' || path.endsWith('.php'))
    return undefined
  return plain(200, { 'content-type': 'text/plain' }, readText(ctx.files, `${ROOT}${path}`) ?? '')
}

/** Answers one request. */
export function visit(request: HttpRequest, ctx: ProcessContext, client: string): Page {
  const path = request.path.split('?')[0]!
  const file = withoutPhp(request, ctx, path)
  if (file !== undefined) return file
  const code = codeVersion(ctx.files)
  if (code === undefined)
    return {
      ...page(403, apacheError(403, 'Forbidden', "You don't have permission to access this resource.", request.host, 80)),
      php: false,
    }
  const config = readConfig(ctx.files)
  if (config === undefined) return page(500, '')
  const v: Visit = { ctx, request, client, config, ms: 0 }
  const answer = guarded(v, () => decide(v, path.replace(/^\/index\.php(?=\/|$)/, '') || '/', code))
  return { ...answer, databaseMs: v.ms }
}

function guarded(v: Visit, act: () => Page): Page {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof PageError)) throw error
    return failed(v, error.message)
  }
}

function decide(v: Visit, path: string, code: string): Page {
  const { config } = v
  const installed = isOn(config, 'installed')
  const maintenance = isOn(config, 'maintenance')
  const needsUpgrade = installed && compareVersions(code, textAt(config, 'version', code)) > 0
  openSession(v)
  if (installed && !isTrusted(config, v.ctx, v.request.headers['host'] ?? v.request.host))
    return path.endsWith('/status.php') ? page(400, say.UNTRUSTED_JSON, { 'content-type': 'application/json' }) : page(400, say.UNTRUSTED)
  if (path.endsWith('/status.php')) return status(v, code, installed, maintenance, needsUpgrade)
  if (installed && maintenance) return closed(path, say.MAINTENANCE, 'System is in maintenance mode.')
  if (needsUpgrade) return closed(path, say.updateNeeded(shortVersion(code)), 'Upgrade needed')
  if (!installed) return setup(v)
  if (path.startsWith('/remote.php')) return dav(v, path)
  return own(v, path)
}

/** 503 for browsers, and in Sabre's words for WebDAV. */
function closed(path: string, body: string, words: string): Page {
  return path.startsWith('/remote.php')
    ? xml(503, say.davError('ServiceUnavailable', words), MAINTENANCE_HEADERS)
    : page(503, body, MAINTENANCE_HEADERS)
}

function status(v: Visit, code: string, installed: boolean, maintenance: boolean, needsDbUpgrade: boolean): Page {
  // What the defaults and the version check read lies in the database.
  if (installed && !maintenance) ask(v, [`SELECT configvalue FROM oc_appconfig WHERE appid = 'core' AND configkey = 'vendor'`])
  const values = {
    installed,
    maintenance,
    needsDbUpgrade,
    version: code,
    versionstring: shortVersion(code),
    edition: '',
    productname: 'Nextcloud',
    extendedSupport: false,
  }
  return page(200, JSON.stringify(values), { 'content-type': 'application/json', 'access-control-allow-origin': '*' })
}

// ── the installer ──

const TYPES = new Set<string>(['sqlite3', 'mysql', 'pgsql'])

function setup(v: Visit): Page {
  const { env } = v.ctx
  const hinted = ['MYSQL', 'POSTGRES'].find((p) => env[`${p}_HOST`] !== undefined)
  const hints = hinted === undefined ? '' : `<p>${env[`${hinted}_HOST`]}</p>\n`
  const form = v.request.method === 'POST' ? formValues(v.request.body ?? '') : undefined
  if (form?.get('install') !== 'true') return page(200, say.setup([], hints))
  const get = (name: string, otherwise = ''): string => form.get(name) ?? otherwise
  const dbtype = get('dbtype', 'sqlite3').replace(/^sqlite$/, 'sqlite3')
  if (!TYPES.has(dbtype)) return page(200, say.setup(['The database type is not supported.'], hints))
  if (get('adminlogin') === '' || get('adminpass') === '') return page(200, say.setup(['Set an admin Login and password.'], hints))
  const options: InstallOptions = {
    adminUser: get('adminlogin'),
    adminPassword: get('adminpass'),
    dbtype: dbtype as InstallOptions['dbtype'],
    dbname: get('dbname', 'owncloud'),
    dbuser: get('dbuser'),
    dbpassword: get('dbpass'),
    dbhost: get('dbhost', 'localhost'),
    dataDirectory: get('directory', `${ROOT}/data`),
    host: v.request.headers['host'] ?? v.request.host,
  }
  const refused = install(options, v.ctx)
  return refused === undefined ? redirect(302, `http://${v.request.host}/login`) : page(200, say.setup([refused], hints))
}

// ── pages of its own ──

function own(v: Visit, path: string): Page {
  const at = (to: string): string => `http://${v.request.headers['host'] ?? v.request.host}${to}`
  if (path === '/login') return login(v, at)
  if (path === '/cron.php')
    return page(200, '{"data":{"message":"Background jobs are using system cron!"},"status":"error"}', {
      'content-type': 'application/json',
    })
  const user = signedIn(v)
  if (path === '/') return redirect(302, at(user === undefined ? '/login' : '/apps/files/'))
  if (!path.startsWith('/apps/')) return page(404, say.NO_FILES)
  if (user === undefined) return redirect(302, at(`/login?redirect_url=${encodeURIComponent(path)}`))
  const home = new FileCache(v.config, user)
  const [files = []] = ask(v, [home.children('files')])
  return page(
    200,
    say.dashboard(
      user,
      files.map((r) => cached(r).name),
    ),
  )
}

function login(v: Visit, at: (to: string) => string): Page {
  if (v.request.method !== 'POST') {
    ask(v, [`SELECT configvalue FROM oc_appconfig WHERE appid = 'core' AND configkey = 'vendor'`])
    return page(200, say.login(v.request.path.includes('direct=1') ? say.WRONG_LOGIN : ''))
  }
  const form = formValues(v.request.body ?? '')
  const name = form.get('user') ?? ''
  const user = checked(v, name, form.get('password') ?? '')
  if (user === undefined) return redirect(303, at(`/login?direct=1&user=${encodeURIComponent(name)}`))
  return redirect(303, at('/apps/files/'), signIn(v, user))
}
