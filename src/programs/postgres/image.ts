/** The official image of PostgreSQL. */
import { type ImageRecord, MB, versions } from '../images/define.ts'

const CLIENTS = ['psql', 'pg_isready', 'pg_dump', 'pg_dumpall', 'pg_restore', 'createdb', 'dropdb', 'getent']

export const postgresImage: ImageRecord = {
  repositories: ['postgres'],
  version: versions({
    latest: '18.0',
    series: { '9.6': 24, '10': 23, '11': 22, '12': 22, '13': 22, '14': 19, '15': 14, '16': 10, '17': 6, '18': 0 },
    variants: ['alpine', 'bookworm', 'trixie', 'bullseye', 'alpine3.21', 'alpine3.22'],
  }),
  scriptRuns: 'postgres',
  image: (version, tag) => {
    const major = version.split('.')[0]!
    const dataDir = Number(major) >= 18 ? `/var/lib/postgresql/${major}/docker` : '/var/lib/postgresql/data'
    return {
      entrypoint: ['docker-entrypoint.sh'],
      cmd: ['postgres'],
      env: { PG_MAJOR: major, PG_VERSION: `${version}-1.pgdg13+1`, PGDATA: dataDir, LANG: 'en_US.utf8', GOSU_VERSION: '1.18' },
      exposedPorts: [5432],
      sizeBytes: tag.includes('alpine') ? 105 * MB : 155 * MB,
      base: tag.includes('alpine') ? 'busybox' : 'debian',
      executables: ['postgres', ...CLIENTS],
      users: { postgres: tag.includes('alpine') ? [70, 70] : [999, 999] },
      owned: { '/var/run/postgresql': 'postgres', [Number(major) >= 18 ? '/var/lib/postgresql' : '/var/lib/postgresql/data']: 'postgres' },
      serves: 'postgres',
      files: {
        '/docker-entrypoint-initdb.d/.keep': '',
        '/var/run/postgresql/.keep': '',
        ...(Number(major) >= 18 ? { '/var/lib/postgresql/.keep': '' } : { '/var/lib/postgresql/data/.keep': '' }),
      },
    }
  },
}
