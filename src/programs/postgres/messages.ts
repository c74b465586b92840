/** What PostgreSQL, initdb and the image's entrypoint script print. */
import { dashedTime } from '../text/times.ts'

/** A line of the server's log. */
export function line(nowMs: number, pid: number, text: string): string {
  return `${dashedTime(nowMs)}.${String(Math.floor(nowMs % 1000)).padStart(3, '0')} UTC [${pid}] ${text}`
}

export const noPassword = `Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
       connections without a password. This is *not* recommended.

       See PostgreSQL documentation about "trust":
       https://www.postgresql.org/docs/current/auth-trust.html`

export const bothVariables = (name: string): string => `error: both ${name} and ${name}_FILE are set (but are exclusive)`

/** Since 18 the data lies in a directory of its version; a mount at the old place is a mistake. */
export const oldPlace = (path: string): string => `Error: in 18+, these Docker images are configured to store database data in a
       format which is compatible with "pg_ctlcluster" (specifically, using
       major-version-specific directory names).  This better reflects how
       PostgreSQL itself works, and how upgrades are to be performed.

       See also https://github.com/docker-library/postgres/pull/1259

       Counter to that, there appears to be PostgreSQL data in:
         ${path}

       This is usually the result of upgrading the Docker image without
       upgrading the underlying database using "pg_upgrade" (which requires both
       versions).

       The suggested container configuration for 18+ is to place a single mount
       at /var/lib/postgresql which will then place PostgreSQL data in a
       subdirectory, allowing usage of "pg_upgrade --link" without mount point
       boundary issues.

       See https://github.com/docker-library/postgres/issues/37 for a (long)
       discussion around this process, and suggestions for how to do so.`

export const initdbBegins = (dir: string): string => `The files belonging to this database system will be owned by user "postgres".
This user must also own the server process.

The database cluster will be initialized with locale "en_US.utf8".
The default database encoding has accordingly been set to "UTF8".
The default text search configuration will be set to "english".

Data page checksums are disabled.

fixing permissions on existing directory ${dir} ... ok
creating subdirectories ... ok
selecting dynamic shared memory implementation ... posix
selecting default "max_connections" ... 100
selecting default "shared_buffers" ... 128MB
selecting default time zone ... Etc/UTC
creating configuration files ... ok`

export const initdbEnds = (dir: string): string => `running bootstrap script ... ok
performing post-bootstrap initialization ... ok
syncing data to disk ... ok


Success. You can now start the database server using:

    pg_ctl -D ${dir} -l logfile start

waiting for server to start.... done
server started`

export function notEmpty(dir: string, lostAndFound: boolean, major: number): string {
  const first = `initdb: error: directory "${dir}" exists but is not empty`
  if (!lostAndFound)
    return major >= 15
      ? `${first}\ninitdb: hint: If you want to create a new database system, either remove or empty the directory "${dir}" or run initdb with an argument other than "${dir}".`
      : `${first}\nIf you want to create a new database system, either remove or empty\nthe directory "${dir}" or run initdb\nwith an argument other than "${dir}".`
  const [detail, hint] = [
    'It contains a lost+found directory, perhaps due to it being a mount point.',
    'Using a mount point directly as the data directory is not recommended.\nCreate a subdirectory under the mount point.',
  ]
  return major >= 15 ? `${first}\ninitdb: detail: ${detail}\ninitdb: hint: ${hint}` : `${first}\n${detail}\n${hint}`
}

export const initDone = '\nPostgreSQL init process complete; ready for start up.\n'
export const skippingInit = '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n'

const build = (version: string): string => `PostgreSQL ${version} (Debian ${version}-1.pgdg13+1)`
/** What `version()` answers. */
export const versionText = (version: string): string =>
  `${build(version)} on x86_64-pc-linux-gnu, compiled by gcc (Debian 14.2.0-19) 14.2.0, 64-bit`
/** How clients are told. */
export const shortVersion = (version: string): string => `${version} (Debian ${version}-1.pgdg13+1)`

export const starting = (nowMs: number, version: string, port: number, socket: string): string[] => [
  line(nowMs, 1, `LOG:  starting ${versionText(version)}`),
  line(nowMs, 1, `LOG:  listening on IPv4 address "0.0.0.0", port ${port}`),
  line(nowMs, 1, `LOG:  listening on IPv6 address "::", port ${port}`),
  line(nowMs, 1, `LOG:  listening on Unix socket "${socket}"`),
]

const STARTUP_PID = 29

export const wasShutDown = (nowMs: number, atMs: number): string[] => [
  line(nowMs, STARTUP_PID, `LOG:  database system was shut down at ${dashedTime(atMs)} UTC`),
]

export const recovering = (nowMs: number, atMs: number): string[] => [
  line(nowMs, STARTUP_PID, `LOG:  database system was interrupted; last known up at ${dashedTime(atMs)} UTC`),
  line(nowMs, STARTUP_PID, 'LOG:  database system was not properly shut down; automatic recovery in progress'),
  line(nowMs, STARTUP_PID, 'LOG:  redo starts at 0/1572028'),
]

export const recovered = (nowMs: number, seconds: number): string[] => [
  line(nowMs, STARTUP_PID, 'LOG:  invalid record length at 0/15AA1F8: expected at least 24, got 0'),
  line(
    nowMs,
    STARTUP_PID,
    `LOG:  redo done at 0/15AA1C0 system usage: CPU: user: 0.01 s, system: 0.00 s, elapsed: ${seconds.toFixed(2)} s`,
  ),
  line(nowMs, 27, 'LOG:  checkpoint starting: end-of-recovery immediate wait'),
]

export const ready = (nowMs: number): string => line(nowMs, 1, 'LOG:  database system is ready to accept connections')

export const incompatible = (nowMs: number, dataMajor: string, version: string): string[] => [
  line(nowMs, 1, 'FATAL:  database files are incompatible with server'),
  line(
    nowMs,
    1,
    `DETAIL:  The data directory was initialized by PostgreSQL version ${dataMajor}, which is not compatible with this version ${shortVersion(version)}.`,
  ),
]

/** A start on a directory whose initdb was interrupted. */
export const noControlFile = (dir: string): string => `postgres: could not find the database system
Expected to find it in the directory "${dir}",
but could not open file "${dir}/global/pg_control": No such file or directory`

export const shuttingDown = (nowMs: number, signal: string): string[] => [
  line(nowMs, 1, `LOG:  received ${signal === 'INT' ? 'fast' : signal === 'QUIT' ? 'immediate' : 'smart'} shutdown request`),
  ...(signal === 'INT' ? [line(nowMs, 1, 'LOG:  aborting any active transactions')] : []),
  ...(signal === 'QUIT'
    ? []
    : [
        line(nowMs, 1, 'LOG:  background worker "logical replication launcher" (PID 32) exited with exit code 1'),
        line(nowMs, 27, 'LOG:  shutting down'),
        line(nowMs, 27, 'LOG:  checkpoint starting: shutdown immediate'),
      ]),
  line(nowMs, 1, 'LOG:  database system is shut down'),
]
