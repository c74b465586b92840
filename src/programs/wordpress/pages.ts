/** WordPress' pages: the front page, posts, the REST API, login, comments, uploads and the installer. Each page that PHP makes asks the database. */

import { civilFromMs } from '../../api/rfc3339.ts'
import { sha256 } from '../../lib/hash.ts'
import type { HttpRequest } from '../../network/contract.ts'
import type { ProcessContext } from '../contract.ts'
import { apacheError, phpWarning } from '../php/apache-messages.ts'
import { objects, type Queried, query, text } from '../php/mysql.ts'
import type { Page } from '../php/server.ts'
import type { Value } from '../sql/contract.ts'
import { kindAt, readText, writeText } from '../text/files.ts'
import { formValues } from '../text/http.ts'
import { dashedTime } from '../text/times.ts'
import { cannotSelect, DATABASE_ERROR, databaseErrorDetails, MAINTENANCE, NO_CONFIG } from './messages.ts'
import { schema } from './schema.ts'
import { ROOT, readWordPressConfig, type WordPressConfig } from './settings.ts'

interface Visit {
  readonly ctx: ProcessContext
  readonly request: HttpRequest
  readonly path: string
  readonly params: ReadonlyMap<string, string>
  readonly config: WordPressConfig
  readonly client: string
}

const html = (status: number, body: string, more: Partial<Page> = {}): Page => ({
  status,
  body,
  php: true,
  databaseMs: 0,
  ...more,
  headers: { 'content-type': 'text/html; charset=UTF-8', 'x-powered-by': 'PHP/8.2.29', ...more.headers },
})
const json = (status: number, value: unknown, more: Partial<Page> = {}): Page => ({
  ...html(status, JSON.stringify(value), more),
  headers: { 'content-type': 'application/json; charset=UTF-8', 'x-powered-by': 'PHP/8.2.29', ...more.headers },
})
const redirect = (to: string, more: Partial<Page> = {}): Page => html(302, '', { ...more, headers: { location: to } })
const escaped = (v: Value): string =>
  String(v ?? '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')

const TYPES: Record<string, string> = {
  css: 'text/css',
  js: 'application/javascript',
  html: 'text/html',
  txt: 'text/plain',
  png: 'image/png',
  jpg: 'image/jpeg',
  svg: 'image/svg+xml',
  pdf: 'application/pdf',
}

const forbidden = (request: HttpRequest): Page => ({
  status: 403,
  headers: { 'content-type': 'text/html' },
  body: apacheError(403, 'Forbidden', "You don't have permission to access this resource.", request.host, 80),
  php: false,
  databaseMs: 0,
})

/** Answers one request as Apache with mod_php would. */
export function visit(request: HttpRequest, ctx: ProcessContext, client: string): Page {
  const [path = '/', queryText = ''] = request.path.split('?')
  const file = path === '/' ? undefined : kindAt(ctx.files, `${ROOT}${path.replace(/\/$/, '')}`)
  if (/^\/(\.ht|\.maintenance)/.test(path)) return forbidden(request)
  if (file === 'file' && !path.endsWith('.php')) {
    return {
      status: 200,
      headers: { 'content-type': TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream' },
      body: readText(ctx.files, `${ROOT}${path}`) ?? '',
      php: false,
      databaseMs: 0,
    }
  }
  if (readText(ctx.files, `${ROOT}/index.php`) === undefined) return forbidden(request)
  const maintenance = maintenancePage(ctx)
  if (maintenance !== undefined) return maintenance
  const config = readWordPressConfig(ctx)
  if (config === undefined)
    return path.startsWith('/wp-admin/setup-config.php')
      ? html(200, NO_CONFIG)
      : redirect(`http://${request.host}/wp-admin/setup-config.php`)
  const params = formValues(queryText)
  return route({ ctx, request, path: path.replace(/(.)\/$/, '$1'), params, config, client })
}

/** wp_is_maintenance_mode: a `.maintenance` file whose `$upgrading` is less than ten minutes old. */
function maintenancePage(ctx: ProcessContext): Page | undefined {
  const source = readText(ctx.files, `${ROOT}/.maintenance`)
  if (source === undefined) return undefined
  const match = /\$upgrading\s*=\s*(?:(\d+)|(time\(\)))/.exec(source)
  const since = match?.[2] ? ctx.nowMs / 1000 : Number(match?.[1] ?? 0)
  return ctx.nowMs / 1000 - since >= 600 ? undefined : html(503, MAINTENANCE, { headers: { 'retry-after': '600' } })
}

function route(v: Visit): Page {
  const { path, params, request } = v
  if (path === '/wp-admin/install.php') return install(v)
  if (path.startsWith('/wp-json') || params.has('rest_route')) return rest(v, params.get('rest_route') ?? path.slice('/wp-json'.length))
  if (path === '/wp-login.php') return login(v)
  if (path === '/wp-comments-post.php') return request.method === 'POST' ? comment(v) : html(405, 'Method Not Allowed')
  if (path.startsWith('/wp-admin'))
    return request.headers['cookie']?.includes('wordpress_logged_in')
      ? admin(v)
      : redirect(`http://${request.host}/wp-login.php?redirect_to=${encodeURIComponent(request.path)}`)
  if (path === '/' || path === '/index.php')
    return params.has('p') || params.has('page_id') ? post(v, Number(params.get('p') ?? params.get('page_id'))) : front(v)
  if (path.endsWith('.php')) return html(404, 'File not found.\n')
  return bySlug(v, path.slice(1))
}

/** A query, or the page to show instead. */
function ask(v: Visit, sql: readonly string[], then: (done: Queried & { ok: true }) => Page): Page {
  const done = query(v.config, sql, v.ctx)
  if (!done.ok) {
    if (v.config.debug)
      v.ctx.log(phpWarning(v.ctx.nowMs, `${done.reason} in /var/www/html/wp-includes/class-wpdb.php on line 1988`, v.client), 'stderr')
    return html(500, done.noDatabase ? cannotSelect(v.config.name) : DATABASE_ERROR, { databaseMs: done.ms })
  }
  if (done.missingTable) return redirect(`http://${v.request.host}/wp-admin/install.php`, { databaseMs: done.ms })
  if (done.error !== undefined) return html(500, DATABASE_ERROR, { databaseMs: done.ms })
  return { ...then(done), databaseMs: done.ms }
}

const options = (p: string): string =>
  `SELECT option_name, option_value FROM ${p}options WHERE option_name IN ('siteurl', 'home', 'blogname', 'blogdescription')`

const shell = (title: string, site: string, body: string): string =>
  `<!DOCTYPE html>\n<html lang="en-US">\n<head>\n\t<meta charset="UTF-8" />\n<meta name="generator" content="WordPress 6.8.3" />\n<title>${title}</title>\n</head>\n<body class="home blog wp-embed-responsive">\n<header><p class="wp-block-site-title"><a href="/">${site}</a></p></header>\n<main>\n${body}</main>\n</body>\n</html>\n`

const article = (row: Record<string, Value>): string =>
  `<article id="post-${row['ID']}">\n<h2 class="wp-block-post-title"><a href="/?p=${row['ID']}">${escaped(row['post_title'] ?? '')}</a></h2>\n<time>${row['post_date']}</time>\n<div class="entry-content">${row['post_content']}</div>\n</article>\n`

const siteName = (done: Queried & { ok: true }): string =>
  escaped(objects(done.results[0]).find((o) => o['option_name'] === 'blogname')?.['option_value'] ?? '')

function front(v: Visit): Page {
  const { prefix } = v.config
  const search = v.params.get('s')
  const where = search === undefined ? '' : ` AND (post_title LIKE ${text(`%${search}%`)} OR post_content LIKE ${text(`%${search}%`)})`
  return ask(
    v,
    [
      options(prefix),
      `SELECT ID, post_title, post_content, post_date FROM ${prefix}posts WHERE post_type = 'post' AND post_status = 'publish'${where} ORDER BY ID DESC LIMIT 10`,
    ],
    (done) => {
      const posts = objects(done.results[1])
      const site = siteName(done)
      const body = posts.length > 0 ? posts.map(article).join('') : '<p>Nothing found</p>\n'
      return html(200, shell(site, site, body), { ...(search !== undefined && { heavy: true }) })
    },
  )
}

function post(v: Visit, id: number): Page {
  const { prefix } = v.config
  const wanted = Number.isInteger(id) ? id : 0
  return ask(
    v,
    [
      options(prefix),
      `SELECT ID, post_title, post_content, post_date FROM ${prefix}posts WHERE ID = ${wanted} AND post_status = 'publish'`,
      `SELECT comment_ID, comment_author, comment_date, comment_content FROM ${prefix}comments WHERE comment_post_ID = ${wanted} ORDER BY comment_ID`,
    ],
    (done) => {
      const found = objects(done.results[1])[0]
      const site = siteName(done)
      if (found === undefined) return html(404, shell(`Page not found &#8211; ${site}`, site, '<h1>Page not found</h1>\n'))
      const comments = objects(done.results[2]).map(
        (c) =>
          `<li id="comment-${c['comment_ID']}"><b>${escaped(c['comment_author'] ?? '')}</b> <p>${escaped(c['comment_content'] ?? '')}</p></li>\n`,
      )
      return html(
        200,
        shell(
          `${escaped(found['post_title'] ?? '')} &#8211; ${site}`,
          site,
          `${article(found)}<ol class="wp-block-comment-template">\n${comments.join('')}</ol>\n`,
        ),
      )
    },
  )
}

function bySlug(v: Visit, path: string): Page {
  const { prefix } = v.config
  const slug = path.split('/').at(-1) ?? ''
  return ask(
    v,
    [
      options(prefix),
      `SELECT ID, post_title, post_content, post_date FROM ${prefix}posts WHERE post_name = ${text(slug)} AND post_status = 'publish'`,
    ],
    (done) => {
      const found = objects(done.results[1])[0]
      const site = siteName(done)
      return found === undefined
        ? html(404, shell(`Page not found &#8211; ${site}`, site, '<h1>Page not found</h1>\n'))
        : html(200, shell(escaped(found['post_title'] ?? ''), site, article(found)))
    },
  )
}

// ── people ──

export const hashPass = (password: string): string => `$wp$2y$10$${sha256(`wordpress/${password}`).slice(0, 53)}`

function login(v: Visit): Page {
  const { prefix } = v.config
  const form = v.request.method === 'POST' ? formValues(v.request.body ?? '') : undefined
  const page = (note: string): string =>
    `<!DOCTYPE html>\n<html lang="en-US">\n<head><title>Log In &lsaquo; WordPress</title></head>\n<body class="login">\n${note}<form name="loginform" id="loginform" action="/wp-login.php" method="post">\n<input type="text" name="log" id="user_login" />\n<input type="password" name="pwd" id="user_pass" />\n<input type="submit" name="wp-submit" value="Log In" />\n</form>\n</body>\n</html>\n`
  const name = form?.get('log') ?? ''
  return ask(v, [options(prefix), `SELECT ID, user_login, user_pass FROM ${prefix}users WHERE user_login = ${text(name)}`], (done) => {
    if (form === undefined) return html(200, page(''))
    const user = objects(done.results[1])[0]
    if (user === undefined)
      return html(
        200,
        page(
          `<div id="login_error"><strong>Error:</strong> The username <strong>${escaped(name)}</strong> is not registered on this site.</div>\n`,
        ),
      )
    if (user['user_pass'] !== hashPass(form.get('pwd') ?? ''))
      return html(
        200,
        page(
          `<div id="login_error"><strong>Error:</strong> The password you entered for the username <strong>${escaped(name)}</strong> is incorrect.</div>\n`,
        ),
      )
    return {
      ...redirect('/wp-admin/'),
      headers: {
        location: '/wp-admin/',
        'set-cookie': `wordpress_logged_in_${sha256(name).slice(0, 32)}=${encodeURIComponent(name)}; path=/; HttpOnly`,
      },
    }
  })
}

function admin(v: Visit): Page {
  return ask(v, [options(v.config.prefix), `SELECT COUNT(*) AS n FROM ${v.config.prefix}posts WHERE post_type = 'post'`], (done) =>
    html(200, shell('Dashboard', siteName(done), `<h1>Dashboard</h1>\n<p>${objects(done.results[1])[0]?.['n']} Posts</p>\n`), {
      heavy: true,
    }),
  )
}

function comment(v: Visit): Page {
  const form = formValues(v.request.body ?? '')
  const id = Number(form.get('comment_post_ID') ?? 0)
  const [author, email, content] = [form.get('author') ?? '', form.get('email') ?? '', form.get('comment') ?? '']
  if (content.trim() === '') return html(200, '<p><strong>Error:</strong> Please type your comment text.</p>\n')
  if (author === '' || email === '') return html(200, '<p><strong>Error:</strong> Please fill the required fields.</p>\n')
  const { prefix } = v.config
  const found = ask(
    v,
    [
      `SELECT ID FROM ${prefix}posts WHERE ID = ${Number.isInteger(id) ? id : 0}`,
      `INSERT INTO ${prefix}comments (comment_post_ID, comment_author, comment_author_email, comment_date, comment_content) VALUES (${Number.isInteger(id) ? id : 0}, ${text(author)}, ${text(email)}, NOW(), ${text(content)})`,
    ],
    (done) => redirect(`http://${v.request.host}/?p=${id}#comment-${done.results[1]?.insertId}`),
  )
  return found
}

// ── the REST API ──

const restError = (status: number, code: string, message: string): Page => json(status, { code, message, data: { status } })

const postJson = (row: Record<string, Value>, host: string): unknown => ({
  id: row['ID'],
  date: String(row['post_date']).replace(' ', 'T'),
  slug: row['post_name'] ?? '',
  status: row['post_status'] ?? 'publish',
  type: row['post_type'] ?? 'post',
  link: `http://${host}/?p=${row['ID']}`,
  title: { rendered: row['post_title'] },
  content: { rendered: row['post_content'], protected: false },
  author: row['post_author'] ?? 1,
})

function rest(v: Visit, path: string): Page {
  const { prefix } = v.config
  if (path === '' || path === '/')
    return ask(v, [options(prefix)], (done) => json(200, { name: siteName(done), namespaces: ['oembed/1.0', 'wp/v2'] }))
  const one = /^\/wp\/v2\/posts\/(\d+)$/.exec(path)
  const { method } = v.request
  if (path === '/wp/v2/posts' && method === 'GET') {
    const per = Math.min(100, Math.max(1, Number(v.params.get('per_page') ?? 10) || 10))
    const page = Math.max(1, Number(v.params.get('page') ?? 1) || 1)
    const search = v.params.get('search')
    const where = `post_type = 'post' AND post_status = 'publish'${search === undefined ? '' : ` AND (post_title LIKE ${text(`%${search}%`)} OR post_content LIKE ${text(`%${search}%`)})`}`
    return ask(
      v,
      [
        `SELECT COUNT(*) AS n FROM ${prefix}posts WHERE ${where}`,
        `SELECT * FROM ${prefix}posts WHERE ${where} ORDER BY ID DESC LIMIT ${(page - 1) * per}, ${per}`,
      ],
      (done) => {
        const total = Number(objects(done.results[0])[0]?.['n'] ?? 0)
        return json(
          200,
          objects(done.results[1]).map((r) => postJson(r, v.request.host)),
          { headers: { 'x-wp-total': String(total), 'x-wp-totalpages': String(Math.ceil(total / per)) } },
        )
      },
    )
  }
  if (one && method === 'GET')
    return ask(v, [`SELECT * FROM ${prefix}posts WHERE ID = ${one[1]}`], (done) => {
      const row = objects(done.results[0])[0]
      return row === undefined ? restError(404, 'rest_post_invalid_id', 'Invalid post ID.') : json(200, postJson(row, v.request.host))
    })
  if (path === '/wp/v2/posts' && method === 'POST')
    return signedIn(v, 'rest_cannot_create', 'Sorry, you are not allowed to create posts as this user.', (user) => createPost(v, user))
  if (one && method === 'DELETE')
    return signedIn(v, 'rest_cannot_delete', 'Sorry, you are not allowed to delete this post.', () =>
      ask(v, [`DELETE FROM ${prefix}posts WHERE ID = ${one[1]}`], (done) =>
        done.results[0]?.affected ? json(200, { deleted: true }) : restError(404, 'rest_post_invalid_id', 'Invalid post ID.'),
      ),
    )
  if (path === '/wp/v2/media' && method === 'POST')
    return signedIn(v, 'rest_cannot_create', 'Sorry, you are not allowed to upload files as this user.', () => upload(v))
  return restError(404, 'rest_no_route', 'No route was found matching the URL and request method.')
}

/** Basic authentication with the user's password (application passwords are not told apart). */
function signedIn(v: Visit, code: string, message: string, then: (userId: Value) => Page): Page {
  const basic = /^Basic (.+)$/i.exec(v.request.headers['authorization'] ?? '')?.[1]
  if (basic === undefined) return ask(v, [options(v.config.prefix)], () => restError(401, code, message))
  const [name = '', ...rest] = Buffer.from(basic, 'base64').toString('utf8').split(':')
  const done = query(v.config, [`SELECT ID, user_pass FROM ${v.config.prefix}users WHERE user_login = ${text(name)}`], v.ctx)
  if (!done.ok || done.missingTable || done.error !== undefined)
    return ask(v, [options(v.config.prefix)], () => restError(401, code, message))
  const user = objects(done.results[0])[0]
  if (user === undefined) return restError(401, 'invalid_username', 'Unknown username. Check again or try your email address.')
  if (user['user_pass'] !== hashPass(rest.join(':')))
    return restError(401, 'incorrect_password', 'The provided password is an invalid application password.')
  const page = then(user['ID'] ?? 1)
  return { ...page, databaseMs: page.databaseMs + done.ms }
}

function bodyValues(v: Visit): Record<string, unknown> {
  const body = v.request.body ?? ''
  if (!(v.request.headers['content-type'] ?? '').includes('json')) return Object.fromEntries(formValues(body))
  try {
    const value = JSON.parse(body) as unknown
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

const slugOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

function createPost(v: Visit, user: Value): Page {
  const values = bodyValues(v)
  const [title, content, status] = [String(values['title'] ?? ''), String(values['content'] ?? ''), String(values['status'] ?? 'draft')]
  if (title === '' && content === '') return restError(400, 'empty_content', 'Content, title, and excerpt are empty.')
  const { prefix } = v.config
  const sql = `INSERT INTO ${prefix}posts (post_author, post_date, post_content, post_title, post_status, post_name, post_type) VALUES (${Number(user)}, NOW(), ${text(content)}, ${text(title)}, ${text(status)}, ${text(slugOf(title))}, 'post')`
  return ask(v, [sql], (done) => {
    const id = done.results[0]?.insertId ?? 0
    const row = {
      ID: id,
      post_title: title,
      post_content: content,
      post_status: status,
      post_name: slugOf(title),
      post_date: dashedTime(v.ctx.nowMs),
      post_author: user,
    }
    return json(201, postJson(row, v.request.host), { headers: { location: `http://${v.request.host}/wp-json/wp/v2/posts/${id}` } })
  })
}

function upload(v: Visit): Page {
  const name = /filename="?([\w.-]+)"?/.exec(v.request.headers['content-disposition'] ?? '')?.[1]
  if (name === undefined) return restError(400, 'rest_upload_no_content_disposition', 'No Content-Disposition supplied.')
  const now = civilFromMs(v.ctx.nowMs)
  const path = `/wp-content/uploads/${now.year}/${String(now.month).padStart(2, '0')}/${name}`
  try {
    writeText(v.ctx.files, `${ROOT}${path}`, v.request.body ?? '')
  } catch {
    return restError(500, 'rest_upload_unknown_error', 'The uploaded file could not be moved to wp-content/uploads.')
  }
  return json(201, { id: 1, source_url: `http://${v.request.host}${path}` }, { heavy: true })
}

// ── the installer ──

function install(v: Visit): Page {
  const { prefix } = v.config
  const seen = query(v.config, [`SELECT option_value FROM ${prefix}options WHERE option_name = 'siteurl'`], v.ctx)
  if (!seen.ok)
    return html(500, seen.noDatabase ? cannotSelect(v.config.name) : databaseErrorDetails(v.config.host), { databaseMs: seen.ms })
  if (!seen.missingTable && objects(seen.results[0]).length > 0)
    return html(
      200,
      shell(
        'WordPress &rsaquo; Installation',
        'WordPress',
        '<h1>Already Installed</h1><p>You appear to have already installed WordPress. To reinstall please clear your old database tables first.</p>\n',
      ),
      { databaseMs: seen.ms },
    )
  if (v.request.method !== 'POST')
    return html(
      200,
      shell(
        'WordPress &rsaquo; Installation',
        'WordPress',
        '<h1>Welcome</h1>\n<form id="setup" method="post" action="install.php?step=2">weblog_title user_name admin_password admin_password2 admin_email</form>\n',
      ),
      { databaseMs: seen.ms },
    )
  const form = formValues(v.request.body ?? '')
  const [user, password] = [form.get('user_name') ?? '', form.get('admin_password') ?? form.get('pass1') ?? '']
  if (user === '' || password === '')
    return html(200, shell('WordPress &rsaquo; Installation', 'WordPress', '<p class="message">Please provide a valid username.</p>\n'))
  const site = v.config.home ?? `http://${v.request.host}`
  const values: [string, string][] = [
    ['siteurl', site],
    ['home', site],
    ['blogname', form.get('weblog_title') ?? 'My Site'],
    ['blogdescription', ''],
    ['admin_email', form.get('admin_email') ?? ''],
  ]
  const sql = [
    ...schema(prefix),
    `INSERT INTO ${prefix}options (option_name, option_value) VALUES ${values.map(([n, o]) => `(${text(n)}, ${text(o)})`).join(', ')}`,
    `INSERT INTO ${prefix}users (user_login, user_pass, user_email, display_name) VALUES (${text(user)}, ${text(hashPass(password))}, ${text(form.get('admin_email') ?? '')}, ${text(user)})`,
    `INSERT INTO ${prefix}posts (post_author, post_date, post_content, post_title, post_name, post_type) VALUES (1, NOW(), 'Welcome to WordPress. This is your first post. Edit or delete it, then start writing!', 'Hello world!', 'hello-world', 'post'), (1, NOW(), 'This is an example page.', 'Sample Page', 'sample-page', 'page')`,
  ]
  const done = query(v.config, sql, v.ctx)
  if (!done.ok) return html(500, DATABASE_ERROR, { databaseMs: done.ms })
  if (done.error !== undefined)
    return html(500, shell('WordPress &rsaquo; Installation', 'WordPress', `<p>WordPress database error: [${escaped(done.error)}]</p>\n`), {
      databaseMs: done.ms,
    })
  return html(
    200,
    shell(
      'WordPress &rsaquo; Installation',
      'WordPress',
      `<h1>Success!</h1>\n<p>WordPress has been installed. Thank you, and enjoy!</p>\n<p>Username: ${escaped(user)}</p>\n`,
    ),
    { databaseMs: done.ms },
  )
}
