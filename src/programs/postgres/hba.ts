/** pg_hba.conf: who may come from where, and how they show who they are. The first line that fits decides. */
import { cidrContains } from '../../lib/cidr.ts'

export interface HbaLine {
  readonly line: number
  readonly text: string
  readonly type: string
  readonly databases: readonly string[]
  readonly users: readonly string[]
  /** CIDR or `all`, of host lines. */
  readonly address: string
  readonly method: string
}

/** What initdb writes, and the image's entrypoint adds. */
export const defaultHba = (method: string): string => `# PostgreSQL Client Authentication Configuration File
# TYPE  DATABASE        USER            ADDRESS                 METHOD

# "local" is for Unix domain socket connections only
local   all             all                                     trust
# IPv4 local connections:
host    all             all             127.0.0.1/32            trust
# IPv6 local connections:
host    all             all             ::1/128                 trust
# Allow replication connections from localhost, by a user with the
# replication privilege.
local   replication     all                                     trust
host    replication     all             127.0.0.1/32            trust
host    replication     all             ::1/128                 trust

host all all all ${method}
`

/** The lines of the file. */
export function parseHba(text: string): HbaLine[] {
  return text.split('\n').flatMap((raw, i) => {
    const words = raw.replace(/#.*/, '').trim().split(/\s+/)
    const [type = '', databases = '', users = '', third = '', fourth = '', fifth = ''] = words
    if (words.length < 4) return []
    const local = type === 'local'
    const masked = /^\d+(\.\d+){3}$/.test(fourth)
    return [
      {
        line: i + 1,
        text: words.join(' '),
        type,
        databases: databases.split(','),
        users: users.split(','),
        address: local ? '' : masked ? `${third}/${prefixOf(fourth)}` : third,
        method: local ? third : masked ? fifth : fourth,
      },
    ]
  })
}

const prefixOf = (mask: string): number =>
  mask
    .split('.')
    .map((b) => Number(b).toString(2).replaceAll('0', '').length)
    .reduce((a, b) => a + b, 0)

/** The first line that fits; `from` is undefined on the socket. */
export const ruleFor = (lines: readonly HbaLine[], user: string, database: string, from: string | undefined): HbaLine | undefined =>
  lines.find(
    (l) =>
      (from === undefined ? l.type === 'local' : l.type === 'host' || l.type === 'hostnossl') &&
      l.databases.some((d) => d === 'all' || d === database || (d === 'sameuser' && user === database)) &&
      l.users.some((u) => u === 'all' || u === user) &&
      (from === undefined || fits(l.address, from)),
  )

const fits = (address: string, ip: string): boolean => {
  if (address === 'all' || address === '0.0.0.0/0') return true
  if (address === 'samehost') return ip === '127.0.0.1'
  return address === ip || (/^[\d.]+\/\d+$/.test(address) && cidrContains(address, ip))
}
