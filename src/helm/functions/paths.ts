/** sprig's functions of slash-separated paths and of web addresses. */
import { normalisePath } from '../../script/files.ts'
import { type Fields, goText } from '../template/values.ts'
import { type Functions, fn } from './contract.ts'

const base = (path: string): string => (path === '' ? '.' : path.replace(/\/+$/, '').split('/').pop() || '/')
const clean = (path: string): string => (path.startsWith('/') ? normalisePath(path) : normalisePath(`/${path}`).slice(1) || '.')

function urlParse(text: string): Fields {
  const found = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/(?:([^@/]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/i.exec(text)
  const [, scheme = '', userinfo = '', host = '', path = '', query = '', fragment = ''] = found ?? []
  return { scheme, userinfo, host, hostname: host.replace(/:\d+$/, ''), path, query, fragment, opaque: '' }
}

function urlJoin(parts: Fields): string {
  const get = (key: string): string => (parts[key] === undefined || parts[key] === null ? '' : goText(parts[key]))
  const user = get('userinfo') === '' ? '' : `${get('userinfo')}@`
  const authority = get('host') === '' ? '' : `//${user}${get('host')}`
  return `${get('scheme') === '' ? '' : `${get('scheme')}:`}${authority}${get('path')}${get('query') === '' ? '' : `?${get('query')}`}${get('fragment') === '' ? '' : `#${get('fragment')}`}`
}

export const pathFunctions: Functions = {
  base: fn('s', base),
  dir: fn('s', (path: string) => (path.includes('/') ? clean(path.slice(0, path.lastIndexOf('/')) || '/') : '.')),
  ext: fn('s', (path: string) => /\.[^./]*$/.exec(path)?.[0] ?? ''),
  clean: fn('s', clean),
  isAbs: fn('s', (path: string) => path.startsWith('/')),
  urlParse: fn('s', urlParse),
  urlJoin: fn('m', urlJoin),
}
