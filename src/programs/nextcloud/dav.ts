/** WebDAV of an account's files, as Sabre answers it: PUT, GET, HEAD, PROPFIND, MKCOL, DELETE (into the trash). */
import { FileError } from '../../script/files.ts'
import type { Page } from '../php/server.ts'
import { kindAt, makeDirectory, readText } from '../text/files.ts'
import { httpDate } from '../text/times.ts'
import { type Cached, cached, DIRECTORY, FileCache, nameOf, parentOf } from './file-cache.ts'
import { davError } from './messages.ts'
import { ask, basicUser, page, signedIn, type Visit } from './visit.ts'

const PREFIX = /^\/remote\.php\/(?:(?:dav\/files\/([^/]+))|webdav)(\/.*)?$/

export const xml = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Page =>
  page(status, body, { 'content-type': 'application/xml; charset=utf-8', ...headers })
const error = (status: number, exception: string, message: string): Page => xml(status, davError(exception, message))

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** Answers a request below /remote.php. Throws PageError where the database or Redis does not answer. */
export function dav(v: Visit, path: string): Page {
  const match = PREFIX.exec(path)
  if (match === null) return error(404, 'NotFound', `File not found: ${path.replace(/^\/remote\.php\/dav\/?/, '')} in 'root'`)
  const user = basicUser(v) ?? signedIn(v)
  if (user === undefined)
    return xml(
      401,
      davError(
        'NotAuthenticated',
        "No public access to this resource., Username or password was incorrect, No 'Authorization: Bearer' header found. Either the client didn't send one, or the server is mis-configured",
      ),
      { 'www-authenticate': 'Basic realm="Nextcloud", charset="UTF-8"' },
    )
  const owner = match[1] === undefined ? user : decoded(match[1])
  if (owner !== user) return error(404, 'NotFound', `File not found: ${owner} in 'files'`)
  const parts = decoded(match[2] ?? '')
    .split('/')
    .filter((p) => p !== '' && p !== '.')
  if (parts.includes('..')) return error(403, 'Forbidden', 'Invalid path')
  const home = new FileCache(v.config, user)
  const inside = ['files', ...parts].join('/')
  try {
    const [root = []] = ask(v, [home.find('files')])
    if (root.length === 0) ask(v, home.begin(v.ctx.files, v.ctx.nowMs))
    return respond(v, home, inside, match[1] === undefined ? '/remote.php/webdav' : `/remote.php/dav/files/${match[1]}`)
  } catch (failure) {
    if (!(failure instanceof FileError)) throw failure
    if (failure.code === 'ENOSPC') return error(507, 'InsufficientStorage', 'Insufficient space in storage')
    return error(500, 'ServiceUnavailable', `Could not write file contents: ${failure.message}`)
  }
}

function respond(v: Visit, home: FileCache, path: string, base: string): Page {
  switch (v.request.method) {
    case 'GET':
    case 'HEAD':
      return get(v, home, path)
    case 'PUT':
      return put(v, home, path)
    case 'PROPFIND':
      return propfind(v, home, path, base)
    case 'MKCOL':
      return mkcol(v, home, path)
    case 'DELETE':
      return remove(v, home, path)
    case 'OPTIONS':
      return page(200, '', { dav: '1, 3, extended-mkcol', allow: 'OPTIONS, GET, HEAD, DELETE, PROPFIND, PUT, MKCOL' })
    default:
      return error(501, 'NotImplemented', `${v.request.method} is not simulated by clusterlab`)
  }
}

/** What the cache knows of a path; what lies on the disk unknown to it is noted when it is asked for by name. */
function known(v: Visit, home: FileCache, path: string): Cached | undefined {
  const [rows = []] = ask(v, [home.find(path)])
  if (rows[0] !== undefined) return cached(rows[0])
  const found = home.onDisk(v.ctx.files, path).get(path)
  if (found === undefined) return undefined
  ask(v, home.note(path, found.kind, found.size, found.mtimeMs))
  return cached(ask(v, [home.find(path)])[0]![0]!)
}

const located = (path: string): Page =>
  error(404, 'NotFound', `File with name ${path.slice('files'.length).replace(/^$/, '/')} could not be located`)

function get(v: Visit, home: FileCache, path: string): Page {
  const file = known(v, home, path)
  if (file === undefined) return located(path)
  if (file.mimetype === DIRECTORY)
    return page(200, 'This is the WebDAV interface. It can only be accessed by WebDAV clients such as the Nextcloud desktop sync client.')
  const text = readText(v.ctx.files, home.disk(path))
  // The database knows a file that this server's data directory does not hold.
  if (text === undefined) return error(503, 'ServiceUnavailable', `Could not open file: ${file.name}, file doesn&#039;t seem to exist`)
  return page(200, text, {
    'content-type': file.mimetype,
    'content-disposition': `attachment; filename="${file.name}"`,
    etag: `"${file.etag}"`,
    'last-modified': httpDate(file.mtime * 1000),
  })
}

function put(v: Visit, home: FileCache, path: string): Page {
  if (path === 'files') return error(405, 'MethodNotAllowed', 'PUT is only allowed on files.')
  const parent = known(v, home, parentOf(path))
  if (parent === undefined) return error(409, 'Conflict', 'Files cannot be created in non-existent collections')
  const before = known(v, home, path)
  if (before?.mimetype === DIRECTORY) return error(409, 'Conflict', 'PUT is only allowed on files.')
  // A home is made where it is missing, folders in it are not.
  makeDirectory(v.ctx.files, home.disk('files'))
  if (kindAt(v.ctx.files, home.disk(parentOf(path))) !== 'directory') return error(500, 'Exception', 'Could not write file contents')
  const body = v.request.body ?? ''
  v.ctx.files.write(home.disk(path), body)
  ask(v, home.note(path, 'file', Buffer.byteLength(body), v.ctx.nowMs))
  return page(before === undefined ? 201 : 204, '', { 'oc-fileid': path.length.toString().padStart(8, '0') })
}

function mkcol(v: Visit, home: FileCache, path: string): Page {
  if (known(v, home, path) !== undefined) return error(405, 'MethodNotAllowed', 'The resource you tried to create already exists')
  if (known(v, home, parentOf(path)) === undefined) return error(409, 'Conflict', 'Parent node does not exist')
  makeDirectory(v.ctx.files, home.disk(path))
  ask(v, home.note(path, 'directory', 0, v.ctx.nowMs))
  return page(201, '')
}

function remove(v: Visit, home: FileCache, path: string): Page {
  if (path === 'files') return error(403, 'Forbidden', 'Forbidden')
  if (known(v, home, path) === undefined) return located(path)
  const { files } = v.ctx
  if (files.stat(home.disk(path)) !== undefined) {
    makeDirectory(files, home.disk('files_trashbin/files'))
    files.rename(home.disk(path), home.disk(`files_trashbin/files/${nameOf(path)}.d${Math.floor(v.ctx.nowMs / 1000)}`))
  }
  ask(v, home.forget(path))
  return page(204, '')
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

function propfind(v: Visit, home: FileCache, path: string, base: string): Page {
  const one = known(v, home, path)
  if (one === undefined) return located(path)
  const deep = one.mimetype === DIRECTORY && v.request.headers['depth'] !== '0'
  const below = deep ? ask(v, [home.children(path)])[0]!.map(cached) : []
  const shown = [one, ...below].map((c) => {
    const folder = c.mimetype === DIRECTORY
    const way = c.path.slice('files'.length).split('/').map(encodeURIComponent).join('/')
    const href = `${base}${way}${folder ? '/' : ''}`
    const own = folder
      ? '<d:resourcetype><d:collection/></d:resourcetype>'
      : `<d:getcontentlength>${c.size}</d:getcontentlength><d:resourcetype/><d:getcontenttype>${c.mimetype}</d:getcontenttype>`
    return `<d:response><d:href>${escaped(href)}</d:href><d:propstat><d:prop><d:getlastmodified>${httpDate(c.mtime * 1000)}</d:getlastmodified>${own}<d:getetag>&quot;${c.etag}&quot;</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`
  })
  return xml(
    207,
    `<?xml version="1.0"?>\n<d:multistatus xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns" xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns">${shown.join('')}</d:multistatus>\n`,
  )
}
