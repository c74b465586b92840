/** What redis-server and valkey-server print, and the errors they answer. */
import { redisTime } from '../text/times.ts'

export interface Product {
  readonly name: 'Redis' | 'Valkey'
  readonly version: string
  readonly server: string
}

/** `role`: C while it starts, M as primary, S as replica. */
export const line = (nowMs: number, role: 'C' | 'M' | 'S', level: '*' | '#' | '-', text: string): string =>
  `1:${role} ${redisTime(nowMs)} ${level} ${text}`

export function starting(nowMs: number, p: Product, configured: boolean): string[] {
  const at = (level: '*' | '#', text: string): string => line(nowMs, 'C', level, text)
  return [
    at('*', `oO0OoO0OoO0Oo ${p.name} is starting oO0OoO0OoO0Oo`),
    at('*', `${p.name} version=${p.version}, bits=64, commit=00000000, modified=0, pid=1, just started`),
    configured
      ? at('*', 'Configuration loaded')
      : at(
          '#',
          `Warning: no config file specified, using the default config. In order to specify a config file use ${p.server} /path/to/${p.name.toLowerCase()}.conf`,
        ),
  ]
}

export const NOAUTH = 'NOAUTH Authentication required.'
export const WRONGPASS = 'WRONGPASS invalid username-password pair or user is disabled.'
export const NO_PASSWORD =
  'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?'
export const READONLY = "READONLY You can't write against a read only replica."
export const NOREPLICAS = 'NOREPLICAS Not enough good replicas to write.'
export const OOM = "OOM command not allowed when used memory > 'maxmemory'."
export const MISCONF =
  "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error."
export const AOF_MISCONF = (why: string): string => `MISCONF Errors writing to the AOF file: ${why}`
export const WRONGTYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value'
export const NOT_INTEGER = 'ERR value is not an integer or out of range'
export const SYNTAX = 'ERR syntax error'
export const MASTERDOWN = "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."

export const arity = (name: string): string => `ERR wrong number of arguments for '${name.toLowerCase()}' command`
export const unknownCommand = (name: string, args: readonly string[]): string =>
  `ERR unknown command '${name}', with args beginning with: ${args.map((a) => `'${a}' `).join('')}`
export const notSimulated = (name: string): string => `ERR ${name.toUpperCase()} is not simulated by clusterlab`
