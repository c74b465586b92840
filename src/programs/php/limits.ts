/** The bounds of Apache and PHP from their files: mpm_prefork, ports.conf, php.ini. */
import type { ProcessContext } from '../contract.ts'
import { MiB, sizeInBytes } from '../text/context.ts'
import { namesIn, readText } from '../text/files.ts'

export interface Limits {
  readonly maxWorkers: number
  readonly startWorkers: number
  readonly maxSpare: number
  readonly memoryLimitBytes: number
  readonly listenPort: number
}

const CONF_DIRECTORIES = ['/etc/apache2/mods-enabled', '/etc/apache2/conf-enabled', '/etc/apache2/sites-enabled']
const limitsByText = new Map<string, Limits>()

/** The bounds in force when Apache starts: prefork's workers, PHP's memory_limit (0 or -1: none), the port. */
export function readLimits(ctx: ProcessContext): Limits {
  const apache = [
    '/etc/apache2/apache2.conf',
    '/etc/apache2/ports.conf',
    ...CONF_DIRECTORIES.flatMap((d) =>
      namesIn(ctx.files, d)
        .filter((n) => n.endsWith('.conf'))
        .map((n) => `${d}/${n}`),
    ),
  ]
  const php = [
    '/usr/local/etc/php/php.ini',
    ...namesIn(ctx.files, '/usr/local/etc/php/conf.d')
      .filter((n) => n.endsWith('.ini'))
      .map((n) => `/usr/local/etc/php/conf.d/${n}`),
  ]
  const text = apache.map((p) => readText(ctx.files, p) ?? '').join('\n')
  const ini = php
    .map((p) => readText(ctx.files, p) ?? '')
    .join('\n')
    .replace(/\$\{(\w+)\}/g, (_, name: string) => ctx.env[name] ?? '')
  const key = `${text}\0${ini}`
  const known = limitsByText.get(key)
  if (known !== undefined) return known
  const last = (name: string, otherwise: number): number => {
    const all = [...text.matchAll(new RegExp(String.raw`^\s*${name}\s+(\d+)\s*$`, 'gim'))]
    return all.length > 0 ? Number(all.at(-1)![1]) : otherwise
  }
  const memory = [...ini.matchAll(/^\s*memory_limit\s*=\s*(\S+)\s*$/gim)].at(-1)?.[1]
  const admin = [...text.matchAll(/^\s*php_(?:admin_)?value\s+memory_limit\s+(\S+)\s*$/gim)].at(-1)?.[1]
  const limitText = admin ?? memory ?? '128M'
  const limits: Limits = {
    maxWorkers: Math.max(1, Math.min(last('MaxRequestWorkers', last('MaxClients', 150)), last('ServerLimit', 256))),
    startWorkers: last('StartServers', 5),
    maxSpare: last('MaxSpareServers', 10),
    memoryLimitBytes: limitText === '-1' ? Number.POSITIVE_INFINITY : (sizeInBytes(limitText) ?? 128 * MiB),
    listenPort: last('Listen', 80),
  }
  if (limitsByText.size > 100) limitsByText.clear()
  limitsByText.set(key, limits)
  return limits
}
