/** What MariaDB, MySQL and their entrypoint scripts print. */
import { dashedTime, isoTime, mariadbTime } from '../text/times.ts'

/** Which of the two servers an image holds. */
export interface Flavour {
  readonly name: 'mariadb' | 'mysql'
  /** `11.4.2-MariaDB-ubu2404`, `8.4.2`. */
  readonly version: string
}

const label = (f: Flavour): string => (f.name === 'mariadb' ? 'MariaDB' : 'MySQL')

export const entrypoint = (f: Flavour, nowMs: number, text: string, level: 'Note' | 'Warn' | 'ERROR' = 'Note'): string =>
  `${dashedTime(nowMs)}+00:00 [${level}] [Entrypoint]: ${text.replaceAll('%', label(f))}`

export const started = (f: Flavour): string =>
  f.name === 'mariadb'
    ? `Entrypoint script for MariaDB Server 1:${f.version.split('-')[0]}+maria~ubu2404 started.`
    : `Entrypoint script for MySQL Server ${f.version}-1.el9 started.`

export const noPassword = (f: Flavour): string =>
  f.name === 'mariadb'
    ? 'Database is uninitialized and password option is not specified\n\tYou need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD'
    : 'Database is uninitialized and password option is not specified\n    You need to specify one of the following as an environment variable:\n    - MYSQL_ROOT_PASSWORD\n    - MYSQL_ALLOW_EMPTY_PASSWORD\n    - MYSQL_RANDOM_ROOT_PASSWORD'

export const rootUser = (f: Flavour): string =>
  f.name === 'mariadb'
    ? 'MARIADB_USER/MYSQL_USER="root"'
    : `MYSQL_USER="root", MYSQL_USER and MYSQL_PASSWORD are for configuring a regular user and cannot be used for the root user\n    Remove MYSQL_USER="root" and use one of the following to control the root user password:\n    - MYSQL_ROOT_PASSWORD\n    - MYSQL_ALLOW_EMPTY_PASSWORD\n    - MYSQL_RANDOM_ROOT_PASSWORD`

/** A line of the server's own log. */
export function server(f: Flavour, nowMs: number, level: 'Note' | 'Warning' | 'ERROR', text: string): string {
  if (f.name === 'mariadb') return `${mariadbTime(nowMs)} 0 [${level}] ${text}`
  return `${isoTime(nowMs).replace('Z', '000Z')} 0 [${level === 'Note' ? 'System' : level}] [MY-010000] [Server] ${text}`
}

export const programName = (f: Flavour): string => (f.name === 'mariadb' ? 'mariadbd' : 'mysqld')

export const ready = (f: Flavour, nowMs: number, port: number): string[] =>
  f.name === 'mariadb'
    ? [
        server(f, nowMs, 'Note', `Server socket created on IP: '0.0.0.0', port: '${port}'.`),
        server(f, nowMs, 'Note', 'mariadbd: ready for connections.'),
        `Version: '${f.version}'  socket: '/run/mysqld/mysqld.sock'  port: ${port}  mariadb.org binary distribution`,
      ]
    : [
        server(
          f,
          nowMs,
          'Note',
          `/usr/sbin/mysqld: ready for connections. Version: '${f.version}'  socket: '/var/run/mysqld/mysqld.sock'  port: ${port}  MySQL Community Server - GPL.`,
        ),
      ]

export const starting = (f: Flavour, nowMs: number, poolBytes: number): string[] => [
  f.name === 'mariadb'
    ? server(f, nowMs, 'Note', `Starting MariaDB ${f.version} source revision 3fca5ed772fb75e3e57c507edef2985f8eba5b12 as process 1`)
    : server(f, nowMs, 'Note', `/usr/sbin/mysqld (mysqld ${f.version}) starting as process 1`),
  server(
    f,
    nowMs,
    'Note',
    `InnoDB: Initializing buffer pool, total size = ${(poolBytes / 1024 / 1024).toFixed(3)}MiB, chunk size = 2.000MiB`,
  ),
  server(f, nowMs, 'Note', 'InnoDB: Completed initialization of buffer pool'),
]

export const recovery = (f: Flavour, nowMs: number): string[] => [
  server(f, nowMs, 'Note', 'InnoDB: Starting crash recovery from checkpoint LSN=46590'),
  server(f, nowMs, 'Note', 'InnoDB: End of log at LSN=56743'),
  server(f, nowMs, 'Note', 'InnoDB: To recover: 1 pages'),
]

export const lockRetry = (f: Flavour, nowMs: number, dir: string): string =>
  f.name === 'mariadb'
    ? server(
        f,
        nowMs,
        'Warning',
        `mariadbd: Can't lock aria control file '${dir}/aria_log_control' for exclusive use, error: 11. Will retry for 30 seconds`,
      )
    : server(f, nowMs, 'ERROR', 'InnoDB: Unable to lock ./ibdata1 error: 11')

export const lockFailed = (f: Flavour, nowMs: number, dir: string): string[] => [
  ...(f.name === 'mariadb'
    ? [
        server(
          f,
          nowMs,
          'ERROR',
          `mariadbd: Got error 'Could not get an exclusive lock; file is probably in use by another process' when trying to use aria control file '${dir}/aria_log_control'`,
        ),
        server(f, nowMs, 'ERROR', "Plugin 'Aria' registration as a STORAGE ENGINE failed."),
      ]
    : []),
  server(f, nowMs, 'ERROR', 'InnoDB: Unable to lock ./ibdata1 error: 11'),
  server(
    f,
    nowMs,
    'Note',
    `InnoDB: Check that you do not already have another ${programName(f)} process using the same InnoDB data or log files.`,
  ),
  server(f, nowMs, 'ERROR', "Plugin 'InnoDB' registration as a STORAGE ENGINE failed."),
  server(f, nowMs, 'ERROR', 'Unknown/unsupported storage engine: InnoDB'),
  server(f, nowMs, 'ERROR', 'Aborting'),
]

export const corrupt = (f: Flavour, nowMs: number): string[] => [
  server(f, nowMs, 'ERROR', "Fatal error: Can't open and lock privilege tables: Table 'mysql.db' doesn't exist"),
  server(f, nowMs, 'ERROR', 'Aborting'),
]

export const diskError = (f: Flavour, nowMs: number, path: string, text: string): string[] => [
  server(f, nowMs, 'ERROR', `InnoDB: Operating system error in a file operation on ${path}: ${text}`),
  server(f, nowMs, 'ERROR', 'Aborting'),
]

export const unknownVariable = (f: Flavour, nowMs: number, option: string): string[] => [
  server(f, nowMs, 'ERROR', `${f.name === 'mariadb' ? 'mariadbd' : '/usr/sbin/mysqld'}: unknown variable '${option}'`),
  server(f, nowMs, 'ERROR', 'Aborting'),
]

export const shutdown = (f: Flavour, nowMs: number): string[] => [
  server(
    f,
    nowMs,
    'Note',
    f.name === 'mariadb'
      ? 'mariadbd (initiated by: unknown): Normal shutdown'
      : 'Received SHUTDOWN from user <via user signal>. Shutting down mysqld',
  ),
  server(f, nowMs, 'Note', 'InnoDB: Starting shutdown...'),
  server(f, nowMs, 'Note', `${programName(f)}: Shutdown complete`),
]

export const deniedLog = (f: Flavour, nowMs: number, message: string): string =>
  f.name === 'mariadb'
    ? `${mariadbTime(nowMs)} 3 [Warning] ${message}`
    : `${isoTime(nowMs).replace('Z', '000Z')} 8 [Note] [MY-010926] [Server] ${message}`
