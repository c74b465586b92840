/** What Nextcloud reads of itself: config/config.php, the image's further config files that follow the environment, and version.php. */
import { FileError, type FileView } from '../../script/files.ts'
import type { ProcessContext } from '../contract.ts'
import { fileEnv } from '../text/context.ts'
import { readText, writeText } from '../text/files.ts'
import { exported, type PhpArray, type PhpValue, readPhpArray } from './php-array.ts'

export const ROOT = '/var/www/html'
export const CONFIG = `${ROOT}/config/config.php`
/** www-data of Debian. */
export const WWW_DATA = 33

const KEPT = 200
const parsed = new Map<string, PhpArray | undefined>()

/** `$CONFIG` of config.php: empty where there is none, undefined where PHP would not read it. */
export function readConfig(files: FileView): PhpArray | undefined {
  const text = readText(files, CONFIG)
  if (text === undefined || text.trim() === '') return {}
  if (parsed.has(text)) return parsed.get(text)
  if (parsed.size > KEPT) parsed.clear()
  const value = readPhpArray(text)
  parsed.set(text, value)
  return value
}

/** Writes config.php, owned as before; of www-data when it is new. Throws FileError. */
export function writeConfig(files: FileView, config: PhpArray): void {
  const before = files.stat(CONFIG)
  writeText(files, CONFIG, `<?php\n$CONFIG = ${exported(config)};\n`)
  own(files, CONFIG, before?.uid ?? WWW_DATA)
}

function own(files: FileView, path: string, uid: number): void {
  if ((files.stat(path)?.uid ?? 0) === uid) return
  try {
    files.chown?.(path, uid, uid)
  } catch (error) {
    // Who is not root cannot give files away; then they are its own already.
    if (!(error instanceof FileError)) throw error
  }
}

/** A value below a path of keys. */
export function valueAt(config: PhpArray, path: readonly string[]): PhpValue | undefined {
  let at: PhpValue | undefined = config
  for (const key of path) at = typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? at[key] : undefined
  return at
}

/** The same configuration with that value, or without it. */
export function withValue(config: PhpArray, [key = '', ...rest]: readonly string[], value: PhpValue | undefined): PhpArray {
  const inner = Object.hasOwn(config, key) ? config[key]! : undefined
  const next = rest.length === 0 ? value : withValue(typeof inner === 'object' && inner !== null ? inner : {}, rest, value)
  const others = Object.entries(config)
  if (next === undefined) return Object.fromEntries(others.filter(([k]) => k !== key))
  return Object.fromEntries(inner === undefined ? [...others, [key, next]] : others.map(([k, v]) => [k, k === key ? next : v]))
}

export const textAt = (config: PhpArray, key: string, otherwise = ''): string => {
  const value = valueAt(config, [key])
  return typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise
}
export const isOn = (config: PhpArray, key: string): boolean => {
  const value = valueAt(config, [key])
  return value === true || value === 1 || value === '1' || value === 'true'
}
export const dataDirectory = (config: PhpArray): string => textAt(config, 'datadirectory', `${ROOT}/data`)

/** `31.0.9.1` of a version.php; undefined where there is none. */
export function codeVersion(files: FileView): string | undefined {
  const text = readText(files, `${ROOT}/version.php`)
  return text === undefined ? undefined : (/\$OC_Version\s*=\s*array\(([\d, ]+)\)/.exec(text)?.[1]?.replace(/,\s*/g, '.') ?? '0.0.0.0')
}

/** `31.0.9` of `31.0.9.1`. */
export const shortVersion = (version: string): string => version.split('.').slice(0, 3).join('.')

/** Compares two versions by their numbers. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [a.split('.').map(Number), b.split('.').map(Number)]
  for (let i = 0; i < 4; i++) if ((x[i] ?? 0) !== (y[i] ?? 0)) return (x[i] ?? 0) - (y[i] ?? 0)
  return 0
}

export interface RedisAt {
  readonly host: string
  readonly port: number
  readonly password?: string
}

/** Where locks and sessions lie: REDIS_HOST (config/redis.config.php of the image); undefined: files. */
export function redisOf(ctx: ProcessContext): RedisAt | undefined {
  const host = ctx.env['REDIS_HOST']
  if (host === undefined || host === '') return undefined
  const password = fileEnv(ctx, 'REDIS_HOST_PASSWORD')
  return { host, port: Number(ctx.env['REDIS_HOST_PORT'] ?? 6379) || 6379, ...(password && { password }) }
}

/** Whether a Host header is one of the trusted domains: without port, `*` matches within, the machine itself always. */
export function isTrusted(config: PhpArray, ctx: ProcessContext, host: string): boolean {
  if (ctx.env['OVERWRITEHOST'] || valueAt(config, ['overwritehost'])) return true
  const name = host.replace(/:\d+$/, '').toLowerCase()
  if (/^(127\.0\.0\.1|localhost|\[::1\])$/.test(name)) return true
  const trusted = valueAt(config, ['trusted_domains'])
  if (typeof trusted !== 'object' || trusted === null) return false
  return Object.values(trusted).some((domain) => {
    if (typeof domain !== 'string') return false
    const wanted = domain.toLowerCase()
    if (wanted === name || wanted === host.toLowerCase()) return true
    if (!wanted.includes('*')) return false
    const parts = wanted.split('*')
    return matchesParts(name, parts)
  })
}

/** `*.example.com` as pieces that must come one after another, the first and last at the ends. */
function matchesParts(name: string, parts: readonly string[]): boolean {
  const [first = '', last = ''] = [parts[0], parts.at(-1)]
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last)) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at)
    if (found < 0 || found + part.length > name.length - last.length) return false
    at = found + part.length
  }
  return true
}
