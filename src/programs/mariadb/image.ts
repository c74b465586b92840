/** The official images of MariaDB and MySQL. */
import { type ImageRecord, MB, versions } from '../images/define.ts'

const CLIENTS = ['mariadb', 'mysql', 'mariadb-admin', 'mysqladmin', 'mariadb-dump', 'mysqldump', 'getent']

export const mariadbImage: ImageRecord = {
  repositories: ['mariadb'],
  version: versions({
    latest: '11.8.3',
    series: {
      '10.2': 44,
      '10.3': 39,
      '10.4': 34,
      '10.5': 29,
      '10.6': 23,
      '10.7': 8,
      '10.8': 8,
      '10.9': 8,
      '10.10': 7,
      '10.11': 14,
      '11.0': 6,
      '11.1': 6,
      '11.2': 6,
      '11.3': 2,
      '11.4': 8,
      '11.5': 2,
      '11.6': 2,
      '11.7': 2,
      '11.8': 3,
      '12.0': 2,
    },
    variants: ['lts', 'jammy', 'noble', 'focal', 'ubi', 'ubi9'],
  }),
  scriptRuns: 'mariadbd',
  image: (version) => ({
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['mariadbd'],
    env: {
      MARIADB_VERSION: `1:${version}+maria~ubu2404`,
      MARIADB_MAJOR: version.split('.').slice(0, 2).join('.'),
      LANG: 'C.UTF-8',
      GOSU_VERSION: '1.17',
    },
    exposedPorts: [3306],
    sizeBytes: 107 * MB,
    base: 'debian',
    executables: ['mariadbd', 'mysqld', 'mariadbd-safe', 'mysqld_safe', 'healthcheck.sh', ...CLIENTS],
    users: { mysql: [999, 999] },
    owned: { '/var/lib/mysql': 'mysql', '/run/mysqld': 'mysql' },
    serves: 'mysql',
    files: {
      '/etc/mysql/mariadb.cnf': '[client-server]\nsocket = /run/mysqld/mysqld.sock\n',
      '/etc/mysql/conf.d/.keep': '',
      '/docker-entrypoint-initdb.d/.keep': '',
      '/var/lib/mysql/.keep': '',
      '/run/mysqld/.keep': '',
    },
  }),
}

export const mysqlImage: ImageRecord = {
  repositories: ['mysql'],
  version: versions({
    latest: '9.4.0',
    series: { '5.6': 51, '5.7': 44, '8.0': 43, '8.1': 0, '8.2': 0, '8.3': 0, '8.4': 6, '9.0': 1, '9.1': 0, '9.2': 0, '9.3': 0, '9.4': 0 },
    variants: ['lts', 'debian', 'oracle', 'oraclelinux9', 'innovation'],
  }),
  scriptRuns: 'mysqld',
  image: (version) => ({
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['mysqld'],
    env: { MYSQL_MAJOR: version.split('.').slice(0, 2).join('.'), MYSQL_VERSION: `${version}-1.el9`, GOSU_VERSION: '1.17' },
    exposedPorts: [3306, 33060],
    sizeBytes: 233 * MB,
    base: 'debian',
    executables: ['mysqld', 'mysqld_safe', 'mysql', 'mysqladmin', 'mysqldump', 'getent', 'curl'],
    users: { mysql: [999, 999] },
    owned: { '/var/lib/mysql': 'mysql', '/run/mysqld': 'mysql' },
    serves: 'mysql',
    files: { '/etc/mysql/conf.d/.keep': '', '/docker-entrypoint-initdb.d/.keep': '', '/var/lib/mysql/.keep': '', '/run/mysqld/.keep': '' },
  }),
}
